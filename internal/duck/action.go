package duck

import (
	"database/sql/driver"
	"fmt"
	"unicode/utf8"

	"leadlake/internal/delta"
)

// cells is a row that is taken from the left to the right. What is null there
// is taken as zero; what is of another type than it has to be is an error, for
// zero would mean something else.
type cells struct {
	row  []driver.Value
	next int
	err  error // the first one
}

func (c *cells) take() any {
	v := c.row[c.next]
	c.next++
	return v
}

// expect notes that v should be something else, unless it is null.
func (c *cells) expect(ok bool, v any, what string) {
	if !ok && v != nil && c.err == nil {
		c.err = fmt.Errorf("a %T in the place of a %s", v, what)
	}
}

func (c *cells) text() string { return c.asText(c.take()) }

// asText returns what some writers call text and others bytes.
func (c *cells) asText(v any) string {
	data, ok := v.([]byte)
	s := string(data)
	if !ok {
		s, ok = v.(string)
	}
	c.expect(ok && utf8.ValidString(s), v, "text")
	return s
}

func (c *cells) number() int64 {
	v := c.take()
	n, ok := asInt(v)
	c.expect(ok, v, "number")
	return n
}

func (c *cells) flag() bool {
	v := c.take()
	b, ok := v.(bool)
	c.expect(ok, v, "flag")
	return b
}

// list takes a list of texts, nil where it is null.
func (c *cells) list() []string {
	v := c.take()
	switch list := v.(type) {
	case []string:
		return list
	case []any: // with a null in it
		texts := make([]string, len(list))
		for i, item := range list {
			texts[i] = c.asText(item)
		}
		return texts
	}
	c.expect(false, v, "list")
	return nil
}

// pairs takes the keys and the values of a map.
func (c *cells) pairs(set func(key string, value *string)) bool {
	keys, values := c.list(), c.take()
	switch list := values.(type) {
	case []string:
		for i, key := range keys {
			set(key, &list[i])
		}
	case []any:
		for i, key := range keys {
			if list[i] == nil {
				set(key, nil)
				continue
			}
			s := c.asText(list[i])
			set(key, &s)
		}
	default:
		c.expect(false, values, "map")
	}
	return values != nil
}

// texts takes a map of texts, nil where it is null.
func (c *cells) texts() map[string]string {
	var m map[string]string
	if c.pairs(func(key string, value *string) {
		if m == nil {
			m = map[string]string{}
		}
		m[key] = "" // of null
		if value != nil {
			m[key] = *value
		}
	}) && m == nil {
		return map[string]string{}
	}
	return m
}

func (c *cells) partition() map[string]*string {
	m := map[string]*string{}
	c.pairs(func(key string, value *string) { m[key] = value })
	return m
}

func (c *cells) vector() *delta.DeletionVector {
	d := delta.DeletionVector{StorageType: c.text(), PathOrInlineDV: c.text()}
	if offset := c.row[c.next]; offset != nil {
		d.Offset = new(c.number())
	} else {
		c.take()
	}
	d.SizeInBytes, d.Cardinality = c.number(), c.number()
	if d == (delta.DeletionVector{}) {
		return nil
	}
	return new(d)
}

func protocolAction(c *cells) delta.Action {
	return delta.Action{Protocol: &delta.Protocol{
		MinReaderVersion: int(c.number()), MinWriterVersion: int(c.number()), ReaderFeatures: c.list(), WriterFeatures: c.list(),
	}}
}

func metadataAction(c *cells) delta.Action {
	return delta.Action{Metadata: &delta.Metadata{
		ID: c.text(), Name: c.text(), Description: c.text(), SchemaString: c.text(), PartitionColumns: c.list(), CreatedTime: c.number(),
		Format: delta.Format{Provider: c.text(), Options: c.texts()}, Configuration: c.texts(),
	}}
}

func txnAction(c *cells) delta.Action {
	return delta.Action{Txn: &delta.Txn{AppID: c.text(), Version: c.number(), LastUpdated: c.number()}}
}

func domainAction(c *cells) delta.Action {
	return delta.Action{DomainMetadata: &delta.DomainMetadata{Domain: c.text(), Configuration: c.text(), Removed: c.flag()}}
}

func checkpointAction(c *cells) delta.Action {
	return delta.Action{Checkpoint: &delta.CheckpointMetadata{Version: c.number()}}
}

func sidecarAction(c *cells) delta.Action {
	return delta.Action{Sidecar: &delta.Sidecar{Path: c.text(), SizeInBytes: c.number()}}
}

func removeAction(c *cells) delta.Action {
	return delta.Action{Remove: &delta.Remove{
		Path: c.text(), DeletionTimestamp: c.number(), DataChange: c.flag(), ExtendedFileMetadata: c.flag(), Size: c.number(),
		PartitionValues: c.partition(), DeletionVector: c.vector(),
	}}
}

func addAction(c *cells) delta.Action {
	return delta.Action{Add: &delta.Add{
		Path: c.text(), Size: c.number(), ModificationTime: c.number(), DataChange: c.flag(),
		PartitionValues: c.partition(), Tags: c.texts(), DeletionVector: c.vector(), Stats: c.text(),
	}}
}
