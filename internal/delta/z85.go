package delta

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// z85 is the alphabet of ZeroMQ's base 85 (rfc.zeromq.org/spec/32).
const z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"

// padding begins the last group of who writes fewer than four bytes there, once
// for each that is missing. No group of four bytes begins with it.
const padding = '#'

// decodeZ85 reads groups of five characters as four bytes each; of a last group
// that is padded, as delta-kernel-rs reads it, as fewer.
func decodeZ85(text string) ([]byte, error) {
	if len(text)%5 != 0 {
		return nil, fmt.Errorf("%w: %d characters are no Z85", ErrDamaged, len(text))
	}
	data := make([]byte, 0, len(text)/5*4)
	for ; text != ""; text = text[5:] {
		missing := 0
		for len(text) == 5 && missing < 3 && text[missing] == padding {
			missing++
		}
		value := uint64(0)
		for _, c := range []byte(text[missing:5]) {
			digit := strings.IndexByte(z85, c)
			if digit < 0 {
				return nil, fmt.Errorf("%w: %q is no Z85", ErrDamaged, text[:5])
			}
			value = value*85 + uint64(digit)
		}
		if value>>(8*(4-missing)) != 0 {
			return nil, fmt.Errorf("%w: %q is no Z85", ErrDamaged, text[:5])
		}
		data = append(data, binary.BigEndian.AppendUint32(nil, uint32(value))[missing:]...)
	}
	return data, nil
}
