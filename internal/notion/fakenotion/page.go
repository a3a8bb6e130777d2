package fakenotion

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"time"

	"leadlake"
)

// Page is one page of a data source as tests and the demo see it.
type Page struct {
	ID       string    // given by the server where empty
	Created  time.Time // default now; stored to the minute, as by Notion
	Edited   time.Time // default Created; stored to the minute
	Archived bool
	Trashed  bool
	Template bool // it can be read, and is no row
	// Values are by property name. An absent or nil value is empty.
	Values map[string]Value
}

type page struct {
	source            *DataSource
	id                string
	age               int // order of arrival in this server
	created, edited   int64
	indexed           int64 // the time of the last edit that queries know of
	archived, trashed bool
	template          bool
	values            []Value // by position in source.properties; may be shorter
}

// row reports whether queries give p.
func (p *page) row() bool { return !p.trashed && !p.template }

// touch notes an edit of p. Queries know of it when the index has caught up.
func (s *Server) touch(p *page, edited time.Time) {
	p.edited = minute(edited)
	if s.o.Lag > 0 {
		s.lagging = append(s.lagging, lagging{p, s.o.Now().Add(s.o.Lag)})
		return
	}
	p.reindex()
}

// lagging is an edit that queries do not know of yet.
type lagging struct {
	page  *page
	until time.Time
}

// settle lets queries know of what the index has caught up with.
func (s *Server) settle() {
	now := s.o.Now()
	s.lagging = slices.DeleteFunc(s.lagging, func(l lagging) bool {
		if now.Before(l.until) {
			return false
		}
		l.page.reindex()
		return true
	})
}

// reindex moves p to its new place in the order of edits.
func (p *page) reindex() {
	d := p.source
	if i := after(d.byEdited, (*page).editedKey, p.editedKey()) - 1; i >= 0 && d.byEdited[i] == p {
		d.byEdited = slices.Delete(d.byEdited, i, i+1)
	}
	p.indexed = p.edited
	d.byEdited = slices.Insert(d.byEdited, after(d.byEdited, (*page).editedKey, p.editedKey()), p)
}

func (d *DataSource) newPage(from Page) (*page, error) {
	s := d.database.server
	values, err := d.positioned(from.Values)
	if err != nil {
		return nil, err
	}
	if from.ID == "" {
		from.ID = s.newID()
	}
	if _, taken := s.pages[from.ID]; taken {
		return nil, leadlake.Errorf(leadlake.Conflict, "there is already a page %s", from.ID)
	}
	if from.Created.IsZero() {
		from.Created = s.o.Now()
	}
	if from.Edited.IsZero() {
		from.Edited = from.Created
	}
	s.born++
	return &page{
		source: d, id: from.ID, age: s.born, values: values,
		created: minute(from.Created), edited: minute(from.Edited), indexed: minute(from.Edited),
		archived: from.Archived, trashed: from.Trashed, template: from.Template,
	}, nil
}

func (p *page) public() Page {
	values := make(map[string]Value, len(p.values))
	for i, v := range p.values {
		if v != nil {
			values[p.source.properties[i].Name] = v
		}
	}
	return Page{
		ID: p.id, Created: time.Unix(p.created, 0).UTC(), Edited: time.Unix(p.edited, 0).UTC(),
		Archived: p.archived, Trashed: p.trashed, Template: p.template, Values: values,
	}
}

// key is a place in an order of pages.
type key struct {
	At  int64 `json:"t"`
	Age int   `json:"a"`
}

func (k key) compare(other key) int {
	return cmp.Or(cmp.Compare(k.At, other.At), cmp.Compare(k.Age, other.Age))
}

func (p *page) createdKey() key { return key{p.created, p.age} }
func (p *page) editedKey() key  { return key{p.indexed, p.age} }

// after returns the index of the first page that comes after k.
func after(pages []*page, keyOf func(*page) key, k key) int {
	return sort.Search(len(pages), func(i int) bool { return keyOf(pages[i]).compare(k) > 0 })
}

func merge(pages, added []*page, keyOf func(*page) key) []*page {
	if len(added) == 1 {
		return slices.Insert(pages, after(pages, keyOf, keyOf(added[0])), added[0])
	}
	pages = append(pages, added...)
	slices.SortFunc(pages, func(a, b *page) int { return keyOf(a).compare(keyOf(b)) })
	return pages
}

func minute(t time.Time) int64 { return t.Truncate(time.Minute).Unix() }

func (s *Server) newID() string {
	hi, lo := s.random.Uint64(), s.random.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", hi>>32, hi>>16&0xffff, hi&0xfff, lo>>48&0x3fff|0x8000, lo&0xffffffffffff)
}
