package delta

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"time"

	"leadlake/internal/blob"
)

// Finding is something that is wrong with a table.
type Finding struct {
	Name    string // of the object, a key of the table's bucket
	Problem string
	// Repair says that Repair can mend it without losing anything: the object
	// only repeats what the log says.
	Repair bool
}

// Verify reads everything that the newest version rests on and yields what is
// wrong: the log against its checkpoints and checksums, every live data file
// with its rows, every deletion vector. looked is called after each object.
// An error says that the table cannot be read at all.
func (t *Table) Verify(ctx context.Context, looked func(name string)) ([]Finding, error) {
	v := verification{table: t, looked: looked}
	found, err := t.log.list(ctx, 0)
	if err != nil {
		return nil, err
	}
	s, err := v.log(ctx, found)
	if err == nil && s == nil {
		s, err = t.load(ctx, newestVersion)
	}
	if err == nil {
		_, err = (&Snapshot{state: s}).Columns() // no row is read without
	}
	if err != nil {
		return nil, err
	}
	if err := errors.Join(v.files(ctx, s), v.pointer(ctx, found)); err != nil {
		return nil, err
	}
	return v.findings, nil
}

type verification struct {
	table    *Table
	looked   func(string)
	findings []Finding
}

func (v *verification) found(repair bool, name, problem string, arguments ...any) {
	v.findings = append(v.findings, Finding{Name: name, Problem: fmt.Sprintf(problem, arguments...), Repair: repair})
}

// log replays the log from its readable beginning, and compares it with every
// checkpoint and checksum on the way. It returns the newest state; nil where no
// commit is left.
func (v *verification) log(ctx context.Context, found listing) (*state, error) {
	var newest *state
	err := v.table.walk(ctx, found.readable(), func(s *state, _ Commit) error {
		newest = s
		v.looked(v.table.log.name(s.version))
		return errors.Join(v.checkpoints(ctx, found, s), v.checksum(ctx, s))
	})
	return newest, err
}

// checkpoints compares the checkpoints of a version with the state that the
// log gives. That of the version with which the log begins repeats nothing: the
// table cannot be read without it, and it was read a moment ago.
func (v *verification) checkpoints(ctx context.Context, found listing, s *state) error {
	_, repeats := found.commits[0]
	repeats = repeats || s.version > found.first()
	for _, c := range found.checkpoints {
		if c.version != s.version {
			continue
		}
		got, err := v.table.openCheckpoint(ctx, c)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		v.looked(c.names[0])
		if err != nil {
			v.found(repeats, c.names[0], "it cannot be read: %v", err)
		} else if difference := s.differs(got, forever()); difference != "" {
			v.found(repeats, c.names[0], "it is not what the log says: %s", difference)
		}
	}
	return nil
}

// forever is after every tombstone: how long a writer keeps those in its
// checkpoints is its own affair.
func forever() time.Time { return time.UnixMilli(1 << 50) }

// checksum compares the checksum file of a version, where there is one.
func (v *verification) checksum(ctx context.Context, s *state) error {
	name := v.table.log.path(fmt.Sprintf("%020d.crc", s.version))
	data, err := v.table.log.bucket.Get(ctx, name)
	if errors.Is(err, blob.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	v.looked(name)
	var sum checksum
	want := s.checksum()
	switch err := json.Unmarshal(data, &sum); {
	case err != nil:
		v.found(true, name, "it cannot be read: %v", err)
	case sum.NumFiles != want.NumFiles || sum.TableSizeBytes != want.TableSizeBytes:
		v.found(true, name, "it says %d files of %d bytes, but the log says %d of %d",
			sum.NumFiles, sum.TableSizeBytes, want.NumFiles, want.TableSizeBytes)
	}
	return nil
}

// pointer checks that the log's pointer, which a log need not have, names a
// checkpoint that is there.
func (v *verification) pointer(ctx context.Context, found listing) error {
	name := v.table.log.path(lastPointer)
	data, err := v.table.log.bucket.Get(ctx, name)
	if errors.Is(err, blob.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	v.looked(name)
	var p lastCheckpoint
	if err := json.Unmarshal(data, &p); err != nil {
		v.found(true, name, "it cannot be read: %v", err)
		return nil
	}
	named := func(c checkpoint) bool { return c.version == p.Version }
	if slices.ContainsFunc(found.checkpoints, named) {
		return nil
	}
	since, err := v.table.log.list(ctx, max(0, p.Version)) // somebody may have made it since
	if err == nil && !slices.ContainsFunc(since.checkpoints, named) {
		v.found(true, name, "it names a checkpoint of version %d, which is not there", p.Version)
	}
	return err
}

// files checks every live data file, and its deletion vector.
func (v *verification) files(ctx context.Context, s *state) error {
	for _, name := range s.names() {
		a := s.whole(s.files[name])
		key := path.Join(v.table.log.folder, name)
		err := v.file(ctx, key, a)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			v.found(false, key, "%v", err)
		}
		v.looked(key)
	}
	return nil
}

func (v *verification) file(ctx context.Context, key string, a Add) error {
	size, err := v.table.log.bucket.Size(ctx, key)
	switch {
	case errors.Is(err, blob.ErrNotExist):
		return errors.New("it is missing")
	case err != nil:
		return err
	case size != a.Size:
		return fmt.Errorf("it has %d bytes, not %d", size, a.Size)
	}
	if _, err := v.table.Deleted(ctx, a); err != nil {
		return err
	}
	rows, err := v.table.options.Parquet.CheckRows(ctx, key)
	if err != nil {
		return err
	}
	a.DeletionVector = nil // statistics count the deleted rows, too
	if said, ok := a.Rows(); ok && said != rows {
		return fmt.Errorf("it has %d rows, not %d", rows, said)
	}
	return nil
}

// Repair mends what Verify has found and can be mended: it deletes broken
// checkpoints and checksums, writes a new checkpoint, and points to it. The
// rows of the table stay what they are.
func (t *Table) Repair(ctx context.Context, findings []Finding) error {
	at, err := t.Latest(ctx)
	if err != nil {
		return err
	}
	if err := at.Writable(); err != nil {
		return err
	}
	for _, f := range findings {
		if !f.Repair {
			continue
		}
		if err := t.log.bucket.Delete(ctx, f.Name); err != nil {
			return fmt.Errorf("repairing %s: %w", f.Name, err)
		}
	}
	t.mu.Lock()
	t.latest = nil // it may have come from a broken checkpoint
	t.mu.Unlock()
	if at, err = t.Latest(ctx); err != nil {
		return err
	}
	return t.Checkpoint(ctx, at)
}
