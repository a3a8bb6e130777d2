package duck

import "leadlake/internal/delta"

// cells is a row that is taken from the left to the right. What is null there
// is taken as zero.
type cells struct {
	row  []any
	next int
}

func (c *cells) take() any {
	v := c.row[c.next]
	c.next++
	return v
}

func (c *cells) text() string { s, _ := c.take().(string); return s }

func (c *cells) number() int64 { n, _ := asInt(c.take()); return n }

func (c *cells) flag() bool { b, _ := c.take().(bool); return b }

// list takes a list of texts, nil where it is null.
func (c *cells) list() []string {
	switch list := c.take().(type) {
	case []string:
		return list
	case []any: // with a null in it
		texts := make([]string, len(list))
		for i, item := range list {
			texts[i], _ = item.(string)
		}
		return texts
	}
	return nil
}

// pairs takes the keys and the values of a map.
func (c *cells) pairs(set func(key string, value *string)) bool {
	keys, values := c.list(), c.take()
	for i, key := range keys {
		switch list := values.(type) {
		case []string:
			set(key, &list[i])
		case []any:
			if s, ok := list[i].(string); ok {
				set(key, &s)
			} else {
				set(key, nil)
			}
		}
	}
	return values != nil
}

// texts takes a map of texts, nil where it is null.
func (c *cells) texts() map[string]string {
	m := map[string]string{}
	if !c.pairs(func(key string, value *string) {
		if value != nil {
			m[key] = *value
		} else {
			m[key] = ""
		}
	}) {
		return nil
	}
	return m
}

func (c *cells) partition() map[string]*string {
	m := map[string]*string{}
	c.pairs(func(key string, value *string) { m[key] = value })
	return m
}

func (c *cells) vector() *delta.DeletionVector {
	kind, _ := c.take().(string)
	d := &delta.DeletionVector{StorageType: kind, PathOrInlineDV: c.text()}
	if offset, ok := asInt(c.take()); ok {
		d.Offset = &offset
	}
	d.SizeInBytes, d.Cardinality = c.number(), c.number()
	if *d == (delta.DeletionVector{}) {
		return nil
	}
	return d
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
