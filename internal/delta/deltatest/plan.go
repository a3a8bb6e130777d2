package deltatest

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"path"
	"slices"

	"leadlake/internal/blob"
	"leadlake/internal/delta"
)

// discard deletes what the attempt has written. What it only brings back
// belongs to older versions.
func (c *Client) discard(ctx context.Context, change delta.Change, id string) error {
	written := slices.DeleteFunc(slices.Clone(change.Adds), func(a delta.Add) bool { return a.Path != filePath(id) })
	return c.table.Discard(ctx, written)
}

// filePath returns the path of the file that an attempt writes, as the log
// holds it.
func filePath(id string) string { return "part%20" + id + ".txt" }

// plan writes the data files of op and returns the change to commit; one
// without an operation where op changes nothing. It also returns what the
// change does to the rows. After an error the files of the change are written.
func (c *Client) plan(ctx context.Context, base *delta.Snapshot, op Operation, id string) (delta.Change, func(Rows), error) {
	switch op.Kind {
	case Append:
		rows := Rows{}
		op.Effect(rows)
		change, err := c.write(ctx, delta.Change{Operation: "WRITE"}, id, rows)
		return change, op.Effect, err
	case Rewrite:
		change, err := c.rewrite(ctx, base, op, id)
		return change, op.Effect, err
	case Compact:
		change, err := c.compact(ctx, base, id)
		return change, nil, err
	case Restore:
		return c.restore(ctx, base)
	case Describe:
		metadata := base.Metadata()
		metadata.Configuration = map[string]string{"note": id}
		return delta.Change{Operation: "SET TBLPROPERTIES", Metadata: &metadata}, nil, nil
	default:
		return delta.Change{Operation: "VACUUM END"}, nil, nil
	}
}

// write adds to change a file with rows, if there are any.
func (c *Client) write(ctx context.Context, change delta.Change, id string, rows Rows) (delta.Change, error) {
	if len(rows) == 0 {
		return change, nil
	}
	name, content := "part "+id+".txt", rows.encode()
	err := c.bucket.Create(ctx, path.Join(Folder, name), bytes.NewReader(content))
	if err != nil && !errors.Is(err, blob.ErrExist) { // nobody else has the name: what is there is ours
		return change, err
	}
	stats, err := delta.Stats{NumRecords: int64(len(rows))}.Encode()
	change.Adds = append(change.Adds, delta.Add{Path: filePath(id), Size: int64(len(content)), ModificationTime: 1, Stats: stats})
	return change, err
}

func (c *Client) rewrite(ctx context.Context, base *delta.Snapshot, op Operation, id string) (delta.Change, error) {
	change := delta.Change{Operation: "MERGE", Reads: delta.ReadsAllFiles}
	files, before := map[string]Rows{}, Rows{}
	for name := range base.Files() {
		rows, err := c.file(ctx, name)
		if err != nil {
			return change, err
		}
		files[name] = rows
		maps.Copy(before, rows)
	}
	after := maps.Clone(before)
	op.Effect(after)
	touched := func(key, value string) bool { now, kept := after[key]; return !kept || now != value }
	written := Rows{}
	for key, value := range after {
		if old, there := before[key]; !there || old != value {
			written[key] = value
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		kept := maps.Clone(files[name])
		maps.DeleteFunc(kept, touched)
		if len(kept) < len(files[name]) {
			change.Removes = append(change.Removes, name)
			maps.Copy(written, kept)
		}
	}
	if len(written)+len(change.Removes) == 0 {
		return delta.Change{}, nil
	}
	return c.write(ctx, change, id, written)
}

func (c *Client) compact(ctx context.Context, base *delta.Snapshot, id string) (delta.Change, error) {
	change := delta.Change{Operation: "OPTIMIZE", Reads: delta.ReadsRemoved, Rearranges: true}
	var names []string
	for name := range base.Files() {
		names = append(names, name)
	}
	if len(names) < 2 {
		return delta.Change{}, nil
	}
	together := Rows{}
	for _, i := range c.random.Perm(len(names))[:min(len(names), 2+c.random.IntN(6))] {
		rows, err := c.file(ctx, names[i])
		if err != nil {
			return change, err
		}
		maps.Copy(together, rows)
		change.Removes = append(change.Removes, names[i])
	}
	return c.write(ctx, change, id, together)
}

func (c *Client) restore(ctx context.Context, base *delta.Snapshot) (delta.Change, func(Rows), error) {
	then, err := c.At(ctx, max(0, base.Version()-c.random.Int64N(8)))
	if err != nil {
		return delta.Change{}, nil, err
	}
	rows, err := c.Rows(ctx, then)
	if err != nil {
		return delta.Change{}, nil, err
	}
	change := delta.Change{Operation: "RESTORE", Reads: delta.ReadsAllFiles}
	for name, add := range then.Files() {
		if _, live := base.File(name); !live {
			change.Adds = append(change.Adds, add)
		}
	}
	for name := range base.Files() {
		if _, live := then.File(name); !live {
			change.Removes = append(change.Removes, name)
		}
	}
	if len(change.Adds)+len(change.Removes) == 0 {
		return delta.Change{}, nil, nil
	}
	return change, func(now Rows) { clear(now); maps.Copy(now, rows) }, nil
}
