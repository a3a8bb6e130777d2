package tabular

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// charset is how a text file writes its letters.
type charset string

const (
	utf8Text    charset = "UTF-8"
	windows1252 charset = "Windows-1252"
	utf16Text   charset = "UTF-16"
)

// detectCharset reads the text once: what is valid UTF-8 is that, everything
// else was written by a program that asked Windows.
func detectCharset(text io.Reader) (charset, error) {
	in := bufio.NewReaderSize(text, 1<<16)
	if head, _ := in.Peek(2); bytes.Equal(head, []byte("\xff\xfe")) || bytes.Equal(head, []byte("\xfe\xff")) {
		return utf16Text, nil
	}
	buffer, kept := make([]byte, 1<<16), 0
	for {
		n, err := in.Read(buffer[kept:])
		chunk := buffer[:kept+n]
		end := errors.Is(err, io.EOF)
		rest := incomplete(chunk)
		if end {
			rest = nil
		}
		if !utf8.Valid(chunk[:len(chunk)-len(rest)]) {
			return windows1252, nil
		}
		if end {
			return utf8Text, nil
		}
		if err != nil {
			return "", err
		}
		kept = copy(buffer, rest)
	}
}

// incomplete returns the end of a chunk that may be the beginning of a letter.
func incomplete(chunk []byte) []byte {
	for i := 1; i <= min(utf8.UTFMax-1, len(chunk)); i++ {
		tail := chunk[len(chunk)-i:]
		if utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return nil
			}
			return tail
		}
	}
	return nil
}

// decoded returns the text in UTF-8, without a byte order mark.
func (c charset) decoded(text io.Reader) io.Reader {
	switch c {
	case windows1252:
		return transform.NewReader(text, charmap.Windows1252.NewDecoder())
	case utf16Text:
		return transform.NewReader(text, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder())
	default:
		return transform.NewReader(text, unicode.BOMOverride(transform.Nop))
	}
}
