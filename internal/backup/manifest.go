// Package backup copies what a lake rests on to another place, and back. It
// knows objects and their sums; which of them make up a lake, and in which
// order they may be copied, it is told.
//
// A place holds the objects under their own names, so that it is a lake that
// can be read, and beside them a manifest for each backup, which is written
// last: a backup without one was never finished, and touches no earlier one,
// because objects under their own names are never replaced. Those whose names
// are used again stand in the manifest itself.
//
// Start reading at Write.
package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"leadlake/internal/blob"
)

const (
	// Folder is where a place keeps what is not of the lake.
	Folder = "_backup"
	// LeaseFolder is for the lease of those who write to a place.
	LeaseFolder = Folder + "/lease"

	// Marker is the object that every place has.
	Marker = Folder + "/lake.json"

	manifests = Folder + "/manifests/"
	format    = 1
)

// Errors that say what is wrong with a place, wrapped with details.
var (
	// ErrNoBackup says that there is no finished backup.
	ErrNoBackup = errors.New("no backup")
	// ErrNewer says that a newer program has written a backup.
	ErrNewer = errors.New("the backup is of a newer program")
	// ErrDamaged says that an object is missing, or not what it was.
	ErrDamaged = errors.New("damaged backup")
	// ErrOther says that the place holds something else.
	ErrOther = errors.New("it holds")
	// ErrOtherLake says that the place holds backups of another lake.
	ErrOtherLake = errors.New("the place holds another lake")
	// ErrDiverged says that the place holds another history of the same lake.
	ErrDiverged = errors.New("the place holds another history")
	// ErrGone says that an object of the lake was deleted while it was copied.
	ErrGone = errors.New("an object was deleted meanwhile")
)

// Table is a table at the version that a backup holds.
type Table struct {
	Folder  string `json:"folder"`
	ID      string `json:"id"`
	Version int64  `json:"version"`
	Rows    *int64 `json:"rows"` // nil where a file does not say
}

// Object is an object of a backup.
type Object struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"` // in bytes
	SHA256 string `json:"sha256"`
	// Modified is when it was stored in the lake: for which time a version of a
	// table stands depends on it.
	Modified time.Time `json:"modified,omitzero"`
	// Content is what is in it, where its name is used again for something else.
	Content []byte `json:"content,omitempty"`
}

func inline(name string, content []byte) Object {
	return Object{Name: name, Size: int64(len(content)), SHA256: sumOf(content), Content: content}
}

func (o Object) isInline() bool { return o.Content != nil || o.Size == 0 && o.SHA256 == sumOf(nil) }

func sumOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// Manifest is what a backup consists of.
type Manifest struct {
	Format    int       `json:"format"`
	Lake      string    `json:"lake"` // which lake it is: the id of its table of leads
	CreatedAt time.Time `json:"created_at"`
	By        string    `json:"by"` // version of the program
	Tables    []Table   `json:"tables"`
	// Objects are in the order in which they may be copied.
	Objects []Object `json:"objects"`
	Sum     string   `json:"sum,omitempty"` // of the manifest without it

	Name string `json:"-"`
}

// dated is a bucket that can be told when an object was stored, for a copy.
type dated interface {
	SetModified(ctx context.Context, name string, at time.Time) error
}

// date tells the bucket when the object was stored, where it can be told.
func (o Object) date(ctx context.Context, bucket blob.Bucket) error {
	if told, ok := bucket.(dated); ok && !o.Modified.IsZero() {
		return told.SetModified(ctx, o.Name, o.Modified)
	}
	return nil
}

// Bytes returns how many bytes the objects have.
func (m Manifest) Bytes() int64 {
	total := int64(0)
	for _, o := range m.Objects {
		total += o.Size
	}
	return total
}

// Leads returns the table that the lake is known by.
func (m Manifest) Leads() Table {
	i := slices.IndexFunc(m.Tables, func(t Table) bool { return t.ID == m.Lake })
	if i < 0 {
		return Table{Version: -1}
	}
	return m.Tables[i]
}

func (m Manifest) encode() ([]byte, error) {
	m.Sum = ""
	plain, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encoding a manifest: %w", err)
	}
	m.Sum = sumOf(plain)
	return json.Marshal(m)
}

// nameOf returns the name of the backup of a moment; they sort by time.
func nameOf(at time.Time) string { return at.UTC().Format("20060102T150405.000Z") }

// List returns the names of the finished backups, the oldest first.
func List(ctx context.Context, place blob.Bucket) ([]string, error) {
	var names []string
	for o, err := range place.List(ctx, manifests, "") {
		if err != nil {
			return nil, fmt.Errorf("listing backups: %w", err)
		}
		if name, ok := strings.CutSuffix(path.Base(o.Name), ".json"); ok {
			names = append(names, name)
		}
	}
	return names, nil
}

// Read returns a backup, the newest if name is "". A manifest that is not as
// it was written is ErrDamaged.
func Read(ctx context.Context, place blob.Bucket, name string) (Manifest, error) {
	names, err := List(ctx, place)
	switch {
	case err != nil:
		return Manifest{}, err
	case len(names) == 0:
		return Manifest{}, ErrNoBackup
	case name == "":
		name = names[len(names)-1]
	case !slices.Contains(names, name):
		return Manifest{}, fmt.Errorf("%w called %q; there are %s", ErrNoBackup, name, strings.Join(names, ", "))
	}
	data, err := place.Get(ctx, manifests+name+".json")
	if err != nil {
		return Manifest{}, fmt.Errorf("reading the manifest %s: %w", name, err)
	}
	m, err := parse(data)
	m.Name = name
	if err != nil {
		return m, fmt.Errorf("reading the manifest %s: %w", name, err)
	}
	return m, nil
}

func parse(data []byte) (Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return m, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if m.Format > format {
		return m, fmt.Errorf("%w: it has format %d, and %d is known", ErrNewer, m.Format, format)
	}
	again, err := m.encode()
	if err != nil {
		return m, err
	}
	if string(again) != string(data) {
		return m, fmt.Errorf("%w: the manifest is not as it was written", ErrDamaged)
	}
	for _, o := range m.Objects {
		if err := blob.CheckName(o.Name); err != nil {
			return m, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		if o.isInline() && sumOf(o.Content) != o.SHA256 {
			return m, fmt.Errorf("%w: %s", ErrDamaged, o.Name)
		}
	}
	return m, nil
}
