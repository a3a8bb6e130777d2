package parquet

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
)

// The types of Thrift's compact protocol that matter here.
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftInt32  = 5
	thriftInt64  = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftSet    = 10
	thriftStruct = 12
)

// maxDepth bounds how deep a footer can make us go.
const maxDepth = 200

var errTooDeep = errors.New("it is too deep")

type thrift struct{ in *bufio.Reader }

// field reads the type and the id of a field behind the one with the id last;
// the type is 0 at the end of the struct.
func (t thrift) field(last int64) (kind byte, id int64, err error) {
	b, err := t.in.ReadByte()
	if err != nil || b == 0 {
		return 0, 0, err
	}
	if step := int64(b >> 4); step > 0 {
		return b & long, last + step, nil
	}
	id, err = t.number()
	return b & long, id, err
}

func (t thrift) number() (int64, error) { return binary.ReadVarint(t.in) }

// skip reads over a value.
func (t thrift) skip(kind byte, depth int) (err error) {
	switch {
	case depth > maxDepth:
		return errTooDeep
	case kind <= thriftFalse: // the value is in the type
	case kind == thriftByte:
		_, err = t.in.Discard(1)
	case kind <= thriftInt64:
		_, err = t.number()
	case kind == thriftDouble:
		_, err = t.in.Discard(8)
	case kind == thriftBinary:
		var n uint64
		if n, err = binary.ReadUvarint(t.in); err == nil && n < 1<<30 {
			_, err = t.in.Discard(int(n))
		}
	case kind <= thriftSet:
		err = t.skipList(depth)
	case kind == thriftStruct:
		err = t.skipStruct(depth)
	default:
		err = fmt.Errorf("type %d", kind)
	}
	return err
}

func (t thrift) skipList(depth int) error {
	var of byte
	n, err := t.listHeader(&of)
	for i := uint64(0); err == nil && i < n; i++ {
		if of <= thriftFalse { // in a list these have a byte of their own
			_, err = t.in.Discard(1)
		} else {
			err = t.skip(of, depth+1)
		}
	}
	return err
}

// listHeader reads the type of a list's items and how many there are.
func (t thrift) listHeader(of *byte) (n uint64, err error) {
	b, err := t.in.ReadByte()
	*of = b & long
	if n = uint64(b >> 4); err == nil && n == long {
		n, err = binary.ReadUvarint(t.in)
	}
	return n, err
}

func (t thrift) skipStruct(depth int) error {
	for id := int64(0); ; {
		kind, next, err := t.field(id)
		if err != nil || kind == 0 {
			return err
		}
		if err := t.skip(kind, depth+1); err != nil {
			return err
		}
		id = next
	}
}
