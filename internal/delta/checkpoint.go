package delta

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"leadlake/internal/blob"
)

// Parquet is the work on Parquet files that the log asks of an engine. Names
// are keys of the table's bucket.
type Parquet interface {
	// ReadActions yields the rows of files as actions. A row in which none is
	// set that we know comes as the zero Action.
	ReadActions(ctx context.Context, names []string) iter.Seq2[Action, error]
	// WriteActions creates the file name with actions as its rows.
	WriteActions(ctx context.Context, name string, actions iter.Seq[Action]) error
	// CountRows returns how many rows a file has, by its footer.
	CountRows(ctx context.Context, name string) (int64, error)
	// CheckRows returns it after it has read every row.
	CheckRows(ctx context.Context, name string) (int64, error)
	// Compact makes new data files of the rows of a bin, durably, and returns
	// the adds that put them into the table: those made so far after an error.
	Compact(ctx context.Context, t *Table, b Bin) ([]Add, error)
	// CountMatches returns how many rows a live file of at has, and for how many
	// of them all conditions hold. They are on columns that data files hold.
	CountMatches(ctx context.Context, t *Table, at *Snapshot, name string, where []Predicate) (matches, rows int64, err error)
}

// checkpoint is a version's whole state in one or more files.
type checkpoint struct {
	version int64
	names   []string // more than one for a checkpoint in parts
}

func (c checkpoint) isJSON() bool { return strings.HasSuffix(c.names[0], ".json") }

// partials collects checkpoints from the names of a listing.
type partials struct {
	whole []checkpoint
	parts map[[2]int64]map[int64]string // by version and number of parts; part → name
}

// The names of checkpoints, behind the version.
var (
	wholeName = regexp.MustCompile(`^\.checkpoint\.(parquet|[0-9a-fA-F-]{36}\.(parquet|json))$`)
	partName  = regexp.MustCompile(`^\.checkpoint\.([0-9]{10})\.([0-9]{10})\.parquet$`)
)

// take notes a file of the log that is no commit. rest is what stands behind
// the version in its name; what is no checkpoint's is left out, as is an empty
// file.
func (p *partials) take(version int64, rest string, o blob.Object) {
	if o.Size == 0 {
		return
	}
	if wholeName.MatchString(rest) {
		p.whole = append(p.whole, checkpoint{version, []string{o.Name}})
		return
	}
	m := partName.FindStringSubmatch(rest)
	if m == nil {
		return
	}
	part, errPart := strconv.ParseInt(m[1], 10, 64)
	of, errOf := strconv.ParseInt(m[2], 10, 64)
	if errPart != nil || errOf != nil || part < 1 || part > of {
		return
	}
	key := [2]int64{version, of}
	if p.parts == nil {
		p.parts = map[[2]int64]map[int64]string{}
	}
	if p.parts[key] == nil {
		p.parts[key] = map[int64]string{}
	}
	p.parts[key][part] = o.Name
}

// complete returns the checkpoints of which no part is missing, the newest
// first; of one version those first that a writer of today makes.
func (p *partials) complete() []checkpoint {
	all := p.whole
	for key, parts := range p.parts {
		if int64(len(parts)) != key[1] {
			continue
		}
		c := checkpoint{version: key[0]}
		for part := range key[1] {
			c.names = append(c.names, parts[part+1])
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b checkpoint) int {
		return cmp.Or(cmp.Compare(b.version, a.version), cmp.Compare(len(a.names), len(b.names)),
			cmp.Compare(len(b.names[0]), len(a.names[0])), cmp.Compare(a.names[0], b.names[0]))
	})
	return all
}

// open reads a checkpoint into a state. What is wrong with it is an error: a
// checkpoint is read whole or not at all.
func (t *Table) openCheckpoint(ctx context.Context, c checkpoint) (*state, error) {
	s := emptyState(t.options.Root)
	s.version = c.version
	found := &checkpointContent{state: s}
	for a, err := range t.checkpointRows(ctx, c) {
		if err == nil {
			err = found.take(a)
		}
		if err != nil {
			return nil, t.broken(ctx, c, err)
		}
	}
	if err := t.readSidecars(ctx, found); err != nil {
		return nil, t.broken(ctx, c, err)
	}
	if s.protocol == nil || s.metadata == nil {
		return nil, fmt.Errorf("%w: checkpoint %s lacks protocol or metaData", ErrDamaged, c.names[0])
	}
	return s, nil
}

// broken says why a checkpoint cannot be read: it is damaged, unless the bucket
// cannot be reached at all.
func (t *Table) broken(ctx context.Context, c checkpoint, err error) error {
	if _, away := t.log.bucket.Size(ctx, c.names[0]); away != nil && !errors.Is(away, blob.ErrNotExist) {
		return fmt.Errorf("reading checkpoint %s: %w", c.names[0], err)
	}
	return fmt.Errorf("%w: checkpoint %s: %w", ErrDamaged, c.names[0], err)
}

func (t *Table) checkpointRows(ctx context.Context, c checkpoint) iter.Seq2[Action, error] {
	if !c.isJSON() {
		return t.parquetRows(ctx, c.names)
	}
	return func(yield func(Action, error) bool) {
		data, err := t.log.bucket.Get(ctx, c.names[0])
		if err != nil {
			yield(Action{}, err)
			return
		}
		for a, err := range actionsIn(data) {
			if !yield(a, err) {
				return
			}
		}
	}
}

func (t *Table) parquetRows(ctx context.Context, names []string) iter.Seq2[Action, error] {
	if t.options.Parquet == nil {
		return func(yield func(Action, error) bool) { yield(Action{}, errors.New("nothing here reads Parquet")) }
	}
	return t.options.Parquet.ReadActions(ctx, names)
}

// checkpointContent is a checkpoint while it is read.
type checkpointContent struct {
	state    *state
	sidecars []Sidecar
	marked   bool // as one of the second kind
	inline   bool // an add or a remove stands in the file itself
}

func (c *checkpointContent) take(a Action) error {
	switch {
	case a.Checkpoint != nil:
		if c.marked {
			return fmt.Errorf("%w: checkpointMetadata", errTwice)
		}
		c.marked = true
	case a.Sidecar != nil:
		c.sidecars = append(c.sidecars, *a.Sidecar)
	case a.Protocol != nil && c.state.protocol != nil, a.Metadata != nil && c.state.metadata != nil:
		return fmt.Errorf("%w: protocol or metaData", errTwice)
	default:
		c.inline = c.inline || a.Add != nil || a.Remove != nil
		return c.state.load(a)
	}
	return nil
}

// readSidecars adds the parts of a checkpoint that lie in files beside it.
func (t *Table) readSidecars(ctx context.Context, c *checkpointContent) error {
	switch {
	case len(c.sidecars) == 0:
		return nil
	case !c.marked:
		return errors.New("sidecars without checkpointMetadata")
	case c.inline:
		return errors.New("adds or removes beside sidecars")
	}
	var names []string
	for _, s := range c.sidecars {
		name, err := canonical(s.Path, "")
		if err != nil {
			return err
		}
		names = append(names, t.log.path(sidecars, path.Base(name)))
	}
	for a, err := range t.parquetRows(ctx, names) {
		if err != nil {
			return err
		}
		if a.Add == nil && a.Remove == nil {
			continue
		}
		if err := c.state.load(a); err != nil {
			return err
		}
	}
	return nil
}
