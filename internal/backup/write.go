package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"leadlake/internal/blob"
)

// Item is an object of a lake that is to be copied.
type Item struct {
	Name string
	Size int64
	// Modified is when it was stored.
	Modified time.Time
	// Needed says that the backup is worth nothing without it. Others may be
	// deleted while they are copied, unless they are of a log: a log is whole,
	// or begins later.
	Needed bool
}

// Plan is what is to be copied.
type Plan struct {
	Lake   string // which lake it is: the id of its table of leads
	By     string // version of the program
	Tables []Table
	Items  []Item // in the order in which they may be copied
	// Small are objects whose names are used again, as they are now.
	Small map[string][]byte
}

// Options are what Write can be told; the zero Options are fine.
type Options struct {
	DryRun bool
	// Copied hears of the progress; it may be nil.
	Copied func(Progress)
	Now    func() time.Time // default time.Now
}

// Written is what Write has done, or would do.
type Written struct {
	Manifest Manifest
	New      int   // objects that were not there yet
	NewBytes int64 // of these
}

// Write makes a backup of what plan names, from one bucket to another. What is
// there already is not copied again; no object of an earlier backup is changed,
// and the manifest comes last. The caller is the only one who writes to the
// place.
func Write(ctx context.Context, from, to blob.Bucket, plan Plan, o Options) (Written, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Copied == nil {
		o.Copied = func(Progress) {}
	}
	w := &writing{from: from, to: to, plan: plan, options: o, earlier: map[string]Object{}}
	if err := w.begin(ctx); err != nil {
		return Written{}, err
	}
	now := o.Now().UTC().Truncate(time.Millisecond)
	if last, err := Read(ctx, to, ""); err == nil && !now.After(last.CreatedAt) {
		now = last.CreatedAt.Add(time.Millisecond) // the name says which is the newest, whatever the clock says
	}
	m := Manifest{Format: format, Lake: plan.Lake, CreatedAt: now, By: plan.By, Tables: plan.Tables}
	m.Name = nameOf(m.CreatedAt)
	if err := w.items(ctx, &m); err != nil {
		return Written{}, err
	}
	if err := w.small(ctx, &m); err != nil {
		return Written{}, err
	}
	w.done.Manifest = m
	if o.DryRun {
		return w.done, nil
	}
	content, err := m.encode()
	if err == nil {
		err = to.Create(ctx, manifests+m.Name+".json", bytes.NewReader(content))
	}
	if err != nil {
		return Written{}, fmt.Errorf("writing the manifest: %w", err)
	}
	return w.done, nil
}

// writing is a backup while it is written.
type writing struct {
	from, to blob.Bucket
	plan     Plan
	options  Options
	there    map[string]int64  // sizes of what the place holds, by name
	earlier  map[string]Object // of the newest backup that is there

	mu   sync.Mutex // guards done while objects are copied
	done Written
}

// items copies the objects whose names are never used again: several data files
// at once, but of a log one after the other, so that no version is there before
// what it rests on.
func (w *writing) items(ctx context.Context, m *Manifest) error {
	total := int64(0)
	for _, i := range w.plan.Items {
		total += i.Size
	}
	p := newProgress(len(w.plan.Items), total, w.options.Copied)
	objects := make([]*Object, len(w.plan.Items)) // nil where it was cleaned up meanwhile
	for first := 0; first < len(objects); {
		last := first + 1
		for !inLog(w.plan.Items[first].Name) && last < len(objects) && !inLog(w.plan.Items[last].Name) {
			last++
		}
		err := abreast(ctx, last-first, func(ctx context.Context, n int) (err error) {
			objects[first+n], err = w.mayBeGone(ctx, w.plan.Items[first+n])
			p.done(w.plan.Items[first+n].Size)
			return err
		})
		if err != nil {
			return err
		}
		first = last
	}
	for _, o := range objects {
		if o != nil {
			m.Objects = append(m.Objects, *o)
		}
	}
	return nil
}

// mayBeGone copies an object; nil is one that was cleaned up meanwhile, and that
// nothing needs.
func (w *writing) mayBeGone(ctx context.Context, i Item) (*Object, error) {
	o, err := w.item(ctx, i)
	switch {
	case errors.Is(err, blob.ErrNotExist) && !i.Needed && !inLog(i.Name):
		return nil, nil //nolint:nilnil // no object is an answer
	case errors.Is(err, blob.ErrNotExist):
		return nil, fmt.Errorf("%w: %s", ErrGone, i.Name)
	case err != nil:
		return nil, fmt.Errorf("copying %s: %w", i.Name, err)
	}
	return &o, nil
}

func (w *writing) item(ctx context.Context, i Item) (Object, error) {
	size, there := w.there[i.Name]
	if known, ok := w.earlier[i.Name]; ok && there && size == known.Size && (size == i.Size || isHint(i.Name)) {
		return known, nil
	}
	if there {
		return w.left(ctx, i, size)
	}
	w.mu.Lock()
	w.done.New++
	w.done.NewBytes += i.Size
	w.mu.Unlock()
	if w.options.DryRun {
		return Object{Name: i.Name, Size: i.Size}, nil
	}
	content := newReader(ctx, w.from, i.Name, i.Size)
	err := w.to.Create(ctx, i.Name, content)
	switch {
	case content.err != nil:
		return Object{}, content.err
	case errors.Is(err, blob.ErrExist): // its own success, as a client meets it that tries again by itself
		return w.left(ctx, i, i.Size)
	case err != nil:
		return Object{}, err
	}
	o := Object{Name: i.Name, Size: i.Size, SHA256: content.sum(), Modified: i.Modified.UTC()}
	return o, o.date(ctx, w.to)
}

// left takes over an object that a backup has left which never came to its
// end, if it is the same.
func (w *writing) left(ctx context.Context, i Item, size int64) (Object, error) {
	content := newReader(ctx, w.from, i.Name, i.Size)
	if err := content.drain(); err != nil {
		return Object{}, err
	}
	copied := newReader(ctx, w.to, i.Name, size)
	if err := copied.drain(); err != nil {
		return Object{}, err
	}
	o := Object{Name: i.Name, Size: i.Size, SHA256: content.sum(), Modified: i.Modified.UTC()}
	switch {
	case copied.sum() == o.SHA256:
		return o, o.date(ctx, w.to)
	case !isHint(i.Name):
		return o, fmt.Errorf("%w: %s is another one there", ErrDiverged, i.Name)
	case w.options.DryRun:
		return o, nil
	}
	if err := w.to.Put(ctx, i.Name, newReader(ctx, w.from, i.Name, i.Size)); err != nil {
		return o, err
	}
	return o, o.date(ctx, w.to)
}

// isHint reports whether an object only repeats what the commits say, so that
// there may be another one of that name.
func isHint(name string) bool { return inLog(name) && !strings.HasSuffix(name, ".json") }

func inLog(name string) bool { return path.Base(path.Dir(name)) == "_delta_log" }

// small copies the objects whose names are used again into the manifest, and
// where they belong, for those who open the place as a lake.
func (w *writing) small(ctx context.Context, m *Manifest) error {
	names := make([]string, 0, len(w.plan.Small))
	for name := range w.plan.Small {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		content := w.plan.Small[name]
		o := inline(name, content)
		m.Objects = append(m.Objects, o)
		if _, there := w.there[name]; w.options.DryRun || there && w.earlier[name].SHA256 == o.SHA256 {
			continue
		}
		if err := w.to.Put(ctx, name, bytes.NewReader(content)); err != nil {
			return fmt.Errorf("copying %s: %w", name, err)
		}
	}
	for name := range w.earlier {
		if _, still := w.plan.Small[name]; still || !w.earlier[name].isInline() || w.options.DryRun {
			continue
		}
		if err := w.to.Delete(ctx, name); err != nil {
			return fmt.Errorf("copying that %s is gone: %w", name, err)
		}
	}
	return nil
}
