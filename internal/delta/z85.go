package delta

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// z85 is the alphabet of ZeroMQ's base 85 (rfc.zeromq.org/spec/32).
const z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"

// decodeZ85 reads groups of five characters as four bytes each.
func decodeZ85(text string) ([]byte, error) {
	if len(text)%5 != 0 {
		return nil, fmt.Errorf("%w: %d characters are no Z85", ErrDamaged, len(text))
	}
	data := make([]byte, 0, len(text)/5*4)
	for ; text != ""; text = text[5:] {
		value := uint64(0)
		for i := range 5 {
			digit := strings.IndexByte(z85, text[i])
			if digit < 0 {
				return nil, fmt.Errorf("%w: %q is no Z85", ErrDamaged, text[:5])
			}
			value = value*85 + uint64(digit)
		}
		if value > 1<<32-1 {
			return nil, fmt.Errorf("%w: %q is no Z85", ErrDamaged, text[:5])
		}
		data = binary.BigEndian.AppendUint32(data, uint32(value))
	}
	return data, nil
}
