package fakenotion

import (
	"slices"

	"leadlake"
)

// Database is a container of data sources, as users see it in Notion.
type Database struct {
	server  *Server
	id      string
	title   string
	hidden  bool
	trashed bool
	sources []*DataSource
}

// DataSource is a table of pages with one schema.
type DataSource struct {
	database   *Database
	id         string
	name       string
	properties []Property
	byCreated  []*page // ascending by created, then by age in this server
	byEdited   []*page // ascending by edited, then by age in this server
}

// AddDatabase adds a database with one data source of the same name.
func (s *Server) AddDatabase(title string, properties ...Property) *Database {
	s.mu.Lock()
	id, sourceID := s.newID(), s.newID()
	s.mu.Unlock()
	return s.AddDatabaseAs(id, sourceID, title, properties...)
}

// AddDatabaseAs adds a database with one data source, both under given ids.
func (s *Server) AddDatabaseAs(id, sourceID, title string, properties ...Property) *Database {
	s.mu.Lock()
	defer s.mu.Unlock()
	db := &Database{server: s, id: id, title: title}
	s.dbs[id] = db
	db.addSource(sourceID, title, properties)
	return db
}

// AddLinkedView adds a view of another database, which looks like a database
// and has no data source.
func (s *Server) AddLinkedView(title string) *Database {
	s.mu.Lock()
	defer s.mu.Unlock()
	db := &Database{server: s, id: s.newID(), title: title}
	s.dbs[db.id] = db
	return db
}

// AddSource adds another data source to the database.
func (d *Database) AddSource(name string, properties ...Property) *DataSource {
	d.server.mu.Lock()
	defer d.server.mu.Unlock()
	return d.addSource(d.server.newID(), name, properties)
}

func (d *Database) addSource(id, name string, properties []Property) *DataSource {
	ds := &DataSource{database: d, id: id, name: name}
	for _, p := range properties {
		ds.addProperty(p)
	}
	d.sources = append(d.sources, ds)
	d.server.sources[id] = ds
	return ds
}

// ID returns the id of the database.
func (d *Database) ID() string { return d.id }

// Source returns the database's first data source.
func (d *Database) Source() *DataSource { return d.sources[0] }

// Show shares the database with the integration again.
func (d *Database) Show() {
	d.server.mu.Lock()
	defer d.server.mu.Unlock()
	d.hidden = false
}

// Hide stops sharing the database with the integration.
func (d *Database) Hide() {
	d.server.mu.Lock()
	defer d.server.mu.Unlock()
	d.hidden = true
}

// Trash moves the database to the trash.
func (d *Database) Trash() {
	d.server.mu.Lock()
	defer d.server.mu.Unlock()
	d.trashed = true
}

// ID returns the id of the data source.
func (d *DataSource) ID() string { return d.id }

// Add adds pages and returns their ids.
func (d *DataSource) Add(pages ...Page) ([]string, error) {
	s := d.database.server
	s.mu.Lock()
	defer s.mu.Unlock()
	added := make([]*page, 0, len(pages))
	ids := make([]string, 0, len(pages))
	for _, from := range pages {
		p, err := d.newPage(from)
		if err != nil {
			return nil, err
		}
		added, ids = append(added, p), append(ids, p.id)
	}
	d.insert(added...)
	return ids, nil
}

func (d *DataSource) insert(added ...*page) {
	for _, p := range added {
		d.database.server.pages[p.id] = p
	}
	d.byCreated = merge(d.byCreated, added, (*page).createdKey)
	d.byEdited = merge(d.byEdited, added, (*page).editedKey)
}

// Page returns a copy of a page; an error of kind NotFound where there is none.
func (d *DataSource) Page(id string) (Page, error) {
	s := d.database.server
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := d.page(id)
	if err != nil {
		return Page{}, err
	}
	return p.public(), nil
}

func (d *DataSource) page(id string) (*page, error) {
	p, ok := d.database.server.pages[id]
	if !ok || p.source != d {
		return nil, leadlake.Errorf(leadlake.NotFound, "there is no page %s", id)
	}
	return p, nil
}

// Pages returns a copy of every page, by created time.
func (d *DataSource) Pages() []Page {
	s := d.database.server
	s.mu.Lock()
	defer s.mu.Unlock()
	pages := make([]Page, 0, len(d.byCreated))
	for _, p := range d.byCreated {
		pages = append(pages, p.public())
	}
	return pages
}

// Edit lets change alter the page; it counts as edited now, unless change
// itself sets Edited. ID and Created stay as they are. change must not call the
// server.
func (d *DataSource) Edit(id string, change func(*Page)) error {
	s := d.database.server
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := d.page(id)
	if err != nil {
		return err
	}
	after := p.public()
	after.Edited = s.o.Now()
	change(&after)
	values, err := d.positioned(after.Values)
	if err != nil {
		return err
	}
	p.archived, p.trashed, p.values = after.Archived, after.Trashed, values
	s.touch(p, after.Edited)
	return nil
}

// Move moves a page to another data source, where it keeps its id. The
// properties that both have by name keep their values.
func (d *DataSource) Move(id string, to *DataSource) error {
	s := d.database.server
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := d.page(id)
	if err != nil {
		return err
	}
	values := p.public().Values
	d.drop(id)
	p.source, p.values = to, make([]Value, len(to.properties))
	for i, property := range to.properties {
		if v := values[property.Name]; fits(property.Type, v) {
			p.values[i] = v
		}
	}
	p.edited = minute(s.o.Now())
	p.indexed = p.edited
	to.insert(p)
	return nil
}

// Remove purges a page, as emptying the trash does.
func (d *DataSource) Remove(id string) {
	s := d.database.server
	s.mu.Lock()
	defer s.mu.Unlock()
	d.drop(id)
	delete(s.pages, id)
}

func (d *DataSource) drop(id string) {
	is := func(p *page) bool { return p.id == id }
	d.byCreated = slices.DeleteFunc(d.byCreated, is)
	d.byEdited = slices.DeleteFunc(d.byEdited, is)
	d.database.server.lagging = slices.DeleteFunc(d.database.server.lagging, func(l lagging) bool { return is(l.page) })
}
