package parquet

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

// The fields that matter here, by the structs of Parquet's format.
const (
	fileSchema     = 2 // FileMetaData
	fileGroups     = 4
	fileWriter     = 6
	fileEncryption = 8

	elementName     = 4 // SchemaElement
	elementChildren = 5

	groupChunks     = 1 // RowGroup
	groupBytes      = 2
	groupRows       = 3
	groupSorting    = 4
	groupOffset     = 5
	groupCompressed = 6

	chunkOffset     = 2 // ColumnChunk
	chunkMeta       = 3
	chunkPageIndex  = 4 // to 7
	chunkAfterIndex = 8
	metaPath        = 3 // ColumnMetaData
	metaBytes       = 6
	metaCompressed  = 7
	metaDataPage    = 9
	metaIndexPage   = 10
	metaDictionary  = 11
	metaStats       = 12
	metaBloom       = 14
	metaBloomLength = 15

	statsNulls    = 3 // Statistics
	statsMax      = 5
	statsMin      = 6
	statsMaxExact = 7
	statsMinExact = 8
)

// long is what does not fit beside the kind in one byte: a step between the ids
// of fields that is greater, a length that is as great.
const long = 15

// value is a value of Thrift's compact protocol, kept as it was read.
type value struct {
	kind   byte
	number int64   // an integer
	bytes  []byte  // a text, or what is only copied
	fields []field // of a struct
	of     byte    // the kind of the items
	items  []value // of a list
}

type field struct {
	id int64
	value
}

// value reads a value of a kind.
func (t thrift) value(kind byte, depth int) (v value, err error) {
	v.kind = kind
	switch {
	case depth > maxDepth:
		return v, errTooDeep
	case kind == thriftTrue || kind == thriftFalse: // the value is in the kind
	case kind == thriftByte:
		v.bytes, err = t.bytes(1)
	case kind <= thriftInt64:
		v.number, err = t.number()
	case kind == thriftDouble:
		v.bytes, err = t.bytes(8)
	case kind == thriftBinary:
		var n uint64
		if n, err = binary.ReadUvarint(t.in); err == nil {
			v.bytes, err = t.bytes(n)
		}
	case kind <= thriftSet:
		err = t.items(&v, depth)
	case kind == thriftStruct:
		err = t.fields(&v, depth)
	default:
		err = fmt.Errorf("type %d", kind)
	}
	return v, err
}

// bytes reads n bytes, if there are so many.
func (t thrift) bytes(n uint64) ([]byte, error) {
	b := bytes.NewBuffer([]byte{})
	_, err := io.CopyN(b, t.in, int64(min(n, 1<<31)))
	return b.Bytes(), err
}

func (t thrift) items(v *value, depth int) error {
	n, err := t.listHeader(&v.of)
	for i := uint64(0); err == nil && i < n; i++ {
		var item value
		if v.of <= thriftFalse { // in a list these have a byte of their own
			item, err = t.value(thriftByte, depth+1)
		} else {
			item, err = t.value(v.of, depth+1)
		}
		v.items = append(v.items, item)
	}
	return err
}

func (t thrift) fields(v *value, depth int) error {
	for id := int64(0); ; {
		kind, next, err := t.field(id)
		if err != nil || kind == 0 {
			return err
		}
		read, err := t.value(kind, depth+1)
		if err != nil {
			return err
		}
		v.fields, id = append(v.fields, field{id: next, value: read}), next
	}
}

// append writes the value behind to.
func (v *value) append(to []byte) []byte {
	switch {
	case v.kind <= thriftFalse:
	case v.kind == thriftByte || v.kind == thriftDouble:
		to = append(to, v.bytes...)
	case v.kind <= thriftInt64:
		to = binary.AppendVarint(to, v.number)
	case v.kind == thriftBinary:
		to = append(binary.AppendUvarint(to, uint64(len(v.bytes))), v.bytes...)
	case v.kind == thriftStruct:
		to = v.appendFields(to)
	default:
		to = v.appendItems(to)
	}
	return to
}

func (v *value) appendItems(to []byte) []byte {
	if n := len(v.items); n < long {
		to = append(to, byte(n)<<4|v.of)
	} else {
		to = binary.AppendUvarint(append(to, long<<4|v.of), uint64(n))
	}
	for i := range v.items {
		to = v.items[i].append(to)
	}
	return to
}

func (v *value) appendFields(to []byte) []byte {
	last := int64(0)
	for i := range v.fields {
		f := &v.fields[i]
		if step := f.id - last; step > 0 && step <= long {
			to = append(to, byte(step)<<4|f.kind)
		} else {
			to = binary.AppendVarint(append(to, f.kind), f.id)
		}
		to, last = f.append(to), f.id
	}
	return append(to, 0)
}

// field returns the field of a struct, an empty value where it is not there.
func (v *value) field(id int64) *value {
	for i := range v.fields {
		if v.fields[i].id == id {
			return &v.fields[i].value
		}
	}
	return &value{}
}

// has reports whether a struct has the field.
func (v *value) has(id int64) bool {
	return slices.ContainsFunc(v.fields, func(f field) bool { return f.id == id })
}

// set changes a field that is a number, if it is there.
func (v *value) set(id, number int64) {
	if v.has(id) {
		v.field(id).number = number
	}
}

// drop takes the fields from..to out of a struct, but for the last one.
func (v *value) drop(from, to int64) {
	v.fields = slices.DeleteFunc(v.fields, func(f field) bool { return f.id >= from && f.id < to })
}

// clone returns a copy whose numbers and fields can be changed.
func (v *value) clone() value {
	c := *v
	c.fields, c.items = slices.Clone(v.fields), slices.Clone(v.items)
	for i := range c.fields {
		c.fields[i].value = v.fields[i].clone()
	}
	for i := range c.items {
		c.items[i] = v.items[i].clone()
	}
	return c
}

// texts returns a list of texts.
func (v *value) texts() []string {
	texts := make([]string, len(v.items))
	for i := range v.items {
		texts[i] = string(v.items[i].bytes)
	}
	return texts
}
