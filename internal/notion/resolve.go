package notion

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"leadlake"
)

// database is a container of data sources.
type database struct {
	ID      string     `json:"id"`
	Title   []richText `json:"title"`
	InTrash bool       `json:"in_trash"`
	Sources []struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"data_sources"`
}

// dataSource is a table of pages with one schema.
type dataSource struct {
	ID         string                     `json:"id"`
	Title      []richText                 `json:"title"`
	InTrash    bool                       `json:"in_trash"`
	Archived   bool                       `json:"archived"` // in_trash, before 2026-03-11
	Properties map[string]json.RawMessage `json:"properties"`
	Parent     struct {
		Database string `json:"database_id"`
	} `json:"parent"`
}

// resolve finds the data source that id stands for.
func (s *Source) resolve(ctx context.Context, id string) error {
	var db database
	err := s.client.do(ctx, request{method: http.MethodGet, path: "/v1/databases/" + id}, &db)
	if missing(err) {
		return s.probe(ctx, id, err)
	}
	if err != nil {
		return err
	}
	name := plain(db.Title)
	if db.InTrash {
		return trashed(name)
	}
	switch len(db.Sources) {
	case 0:
		return leadlake.Errorf(leadlake.Invalid, "The database %q shows no data source to the integration: "+
			"a linked view has none, so open the original database and put its address into DATABASE_ID", name)
	case 1:
		s.id, s.database = normal(db.Sources[0].ID), normal(db.ID)
		s.name.Store(&name)
		return nil
	default:
		list := make([]string, 0, len(db.Sources))
		for _, source := range db.Sources {
			list = append(list, source.Name+" ("+source.ID+")")
		}
		return leadlake.Errorf(leadlake.Invalid, "The database %q has several data sources, put the id of one of them into DATABASE_ID: %s",
			name, strings.Join(list, ", "))
	}
}

// probe asks whether id, which is no database, is a data source: for Notion
// both are equally "not shared".
func (s *Source) probe(ctx context.Context, id string, cause error) error {
	ds, err := s.readDataSource(ctx, id)
	switch {
	case err == nil:
		name := plain(ds.Title)
		s.id, s.database = normal(ds.ID), normal(ds.Parent.Database)
		s.name.Store(&name)
		return nil
	case !missing(err):
		return err
	case isPage(cause):
		return leadlake.Errorf(leadlake.Invalid, "DATABASE_ID is the id of a page, not of a database: "+
			"open the database itself as a full page, copy its address and put that into DATABASE_ID").Because(cause)
	}
	return notShared().Because(cause)
}

func notShared() *leadlake.Error {
	return leadlake.Errorf(leadlake.NotFound, "Notion does not show this database to the integration: "+
		"open the database in Notion, press ••• → Connections and add the integration; if it is there already, check DATABASE_ID")
}

func trashed(name string) error {
	return leadlake.Errorf(leadlake.Invalid, "The database %q is in Notion's trash: restore it, or put the address of another one into DATABASE_ID", name)
}

func (s *Source) readDataSource(ctx context.Context, id string) (dataSource, error) {
	var ds dataSource
	err := s.client.do(ctx, request{method: http.MethodGet, path: "/v1/data_sources/" + id}, &ds)
	return ds, err
}
