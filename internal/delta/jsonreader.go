package delta

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// jsonReader reads JSON values one after the other. It does what encoding/json
// does, but for the names of members: it takes them as they are written, where
// encoding/json would take "ADD" for "add". And it passes over a value once
// instead of three times: logs have hundreds of thousands of them.
type jsonReader struct {
	data    []byte
	at      int
	scratch []byte // of the string that is being read
}

// jsonObject is what the members of a JSON object are read into.
type jsonObject interface {
	// member returns where to put the value of a member, as a pointer; nil for
	// one that does not matter. It is not asked where the value is null.
	member(name string) any
}

var errJSON = errors.New("it is no JSON")

// next returns the next byte that is no white space, 0 at the end.
func (r *jsonReader) next() byte {
	for ; r.at < len(r.data); r.at++ {
		switch c := r.data[r.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// ended reports whether no value comes any more.
func (r *jsonReader) ended() bool { return r.next() == 0 && r.at == len(r.data) }

// take reads over c if it comes next.
func (r *jsonReader) take(c byte) bool {
	if r.next() != c {
		return false
	}
	r.at++
	return true
}

// value reads the next value into what into points to; nil is for a value that
// is only to be read over.
func (r *jsonReader) value(into any) error {
	r.next()
	if done, err := r.common(into); done {
		return err
	}
	raw, err := r.raw()
	switch {
	case err != nil:
		return err
	case into != nil:
		return json.Unmarshal(raw, into)
	case !json.Valid(raw):
		return errJSON
	}
	return nil
}

// common reads the value that comes next if it is of a kind that is frequent.
func (r *jsonReader) common(into any) (done bool, err error) {
	switch into := into.(type) {
	case jsonObject:
		if done = r.next() == '{'; done {
			err = r.object(into)
		}
	case *string:
		if done = r.next() == '"'; done {
			*into, err = r.text()
		}
	case *int64:
		done = r.digits(into)
	case *bool:
		*into = r.word("true")
		done = *into || r.word("false")
	case *map[string]*string:
		if done = r.word("{}"); done && *into == nil { // as most are
			*into = map[string]*string{}
		}
	}
	return done, err
}

func (r *jsonReader) object(o jsonObject) error {
	r.at++
	if r.take('}') {
		return nil
	}
	for {
		if r.next() != '"' {
			return r.unexpected()
		}
		name, err := r.text()
		if err != nil {
			return err
		}
		if !r.take(':') {
			return r.unexpected()
		}
		var into any
		if r.next() != 'n' {
			into = o.member(name)
		}
		if err := r.value(into); err != nil {
			return fmt.Errorf("member %q: %w", name, err)
		}
		if r.take('}') {
			return nil
		}
		if !r.take(',') {
			return r.unexpected()
		}
	}
}

// unexpected says that something else has to come next.
func (r *jsonReader) unexpected() error {
	if r.ended() {
		return io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%w at byte %d", errJSON, r.at)
}

// word reads over w if it comes next.
func (r *jsonReader) word(w string) bool {
	rest := r.data[r.at:]
	if len(rest) <= len(w) || string(rest[:len(w)]) != w || !endsNumber(rest[len(w)]) {
		return false
	}
	r.at += len(w)
	return true
}

// digits reads a number that is nothing but digits, and few enough of them.
func (r *jsonReader) digits(into *int64) bool {
	n, i := int64(0), r.at
	for i < len(r.data) && '0' <= r.data[i] && r.data[i] <= '9' {
		n = n*10 + int64(r.data[i]-'0')
		i++
	}
	if i == r.at || i-r.at > 18 || i == len(r.data) || r.data[r.at] == '0' && i > r.at+1 || !endsNumber(r.data[i]) {
		return false
	}
	*into, r.at = n, i
	return true
}

func endsNumber(c byte) bool { return c == ',' || c == '}' || c == ']' || c <= ' ' }

// text reads the string that comes next.
func (r *jsonReader) text() (string, error) {
	for i := r.at + 1; i < len(r.data); i++ {
		switch c := r.data[i]; {
		case c == '"':
			s := string(r.data[r.at+1 : i])
			r.at = i + 1
			return s, nil
		case c == '\\':
			return r.escaped(i)
		case c < ' ':
			return "", errJSON
		}
	}
	return "", io.ErrUnexpectedEOF
}

// escaped reads the string that comes next, which has its first backslash at i.
func (r *jsonReader) escaped(i int) (string, error) {
	read, plain := r.scratch[:0], r.at+1
	for ; i < len(r.data); i++ {
		switch c := r.data[i]; {
		case c == '"':
			read = append(read, r.data[plain:i]...)
			r.scratch, r.at = read, i+1
			return string(r.scratch), nil
		case c == '\\' && i+1 < len(r.data):
			one, ok := unescape(r.data[i+1])
			if !ok {
				return r.slowText()
			}
			read = append(append(read, r.data[plain:i]...), one)
			i++
			plain = i + 1
		case c < ' ':
			return "", errJSON
		}
	}
	return "", io.ErrUnexpectedEOF
}

// unescape returns what a backslash and c stand for, if c says it alone.
func unescape(c byte) (byte, bool) {
	switch c {
	case '"', '\\', '/':
		return c, true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	}
	return 0, false
}

// slowText reads a string with escapes of any kind.
func (r *jsonReader) slowText() (s string, err error) {
	raw, err := r.raw()
	if err == nil {
		err = json.Unmarshal(raw, &s)
	}
	return s, err
}

// bare returns the number or the word that comes next.
func (r *jsonReader) bare() []byte {
	start := r.at
	for r.at < len(r.data) && !endsNumber(r.data[r.at]) && r.data[r.at] != '{' {
		r.at++
	}
	return r.data[start:r.at]
}

// raw returns the next value as it is written. It finds its end, and leaves it
// to others to say whether it is valid.
func (r *jsonReader) raw() ([]byte, error) {
	if c := r.next(); c != '"' && c != '{' && c != '[' {
		return r.bare(), nil
	}
	start, depth := r.at, 0
	for r.at < len(r.data) {
		switch r.data[r.at] {
		case '"':
			if err := r.skipText(); err != nil {
				return nil, err
			}
			r.at-- // its last quote
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if r.at++; depth <= 0 {
			return r.data[start:r.at], nil
		}
	}
	return nil, io.ErrUnexpectedEOF
}

func (r *jsonReader) skipText() error {
	for r.at++; r.at < len(r.data); r.at++ {
		switch r.data[r.at] {
		case '"':
			r.at++
			return nil
		case '\\':
			r.at++
		}
	}
	return io.ErrUnexpectedEOF
}
