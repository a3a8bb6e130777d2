package notion

import (
	"context"
	"encoding/json"
	"fmt"
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

// resolve finds the data source that id stands for: a database's, itself, or
// the one that a page is a row of.
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
		return leadlake.Errorf(leadlake.Invalid, "The database %q shows no data source to the integration. A linked view has none: press ••• → Source on it, "+
			"open the original database there, add the integration under ••• → Connections, and put the original's address into DATABASE_ID", name)
	case 1:
		s.take(db.Sources[0].ID, db.ID, name)
		return nil
	default:
		return s.several(ctx, db)
	}
}

// take settles on a data source.
func (s *Source) take(id, database, name string) {
	s.id, s.database = normal(id), normal(database)
	s.name.Store(&name)
}

// several says which data sources there are to choose from.
func (s *Source) several(ctx context.Context, db database) error {
	list := make([]string, 0, len(db.Sources))
	for _, source := range db.Sources {
		one := &Source{client: s.client, options: s.options, id: normal(source.ID)}
		rows, err := one.rows(ctx)
		if ctx.Err() != nil {
			return fmt.Errorf("counting the rows of a data source: %w", err)
		}
		if err != nil {
			rows = "not shown to the integration"
		}
		list = append(list, fmt.Sprintf("%s (%s): %s", source.Name, rows, source.ID))
	}
	return leadlake.Errorf(leadlake.Invalid, "The database %q has several data sources, put the id of one of them into DATABASE_ID: %s",
		plain(db.Title), strings.Join(list, "; "))
}

// rows says how many rows the data source lists, as far as one query tells.
func (s *Source) rows(ctx context.Context) (string, error) {
	n, more, err := s.count(ctx, false, 10_000)
	switch {
	case err != nil:
		return "", err
	case more:
		return fmt.Sprintf("%d rows or more", n), nil
	case n == 1:
		return "1 row", nil
	default:
		return fmt.Sprintf("%d rows", n), nil
	}
}

// count counts rows up to a limit, and says whether there may be more.
func (s *Source) count(ctx context.Context, archived bool, limit int) (n int, more bool, err error) {
	l := &listing{source: s, timestamp: byCreated, seen: newSeen(), bare: true, archived: archived}
	end, err := l.unbroken(ctx, func(page, error) bool { n++; return n < limit })
	return n, end != complete, err
}

// probe asks whether id, which is no database, is a data source or a page: for
// Notion all are equally "not shared".
func (s *Source) probe(ctx context.Context, id string, cause error) error {
	ds, err := s.readDataSource(ctx, id)
	if err == nil {
		s.take(ds.ID, ds.Parent.Database, plain(ds.Title))
		return nil
	}
	if !missing(err) {
		return err
	}
	p, err := s.page(ctx, id)
	switch {
	case leadlake.KindOf(err) == leadlake.NotFound:
		return notShared().Because(cause)
	case err != nil:
		return err
	case p.Parent.DataSource == "":
		return s.notARow(ctx, id)
	}
	if ds, err = s.readDataSource(ctx, normal(p.Parent.DataSource)); err != nil {
		return err
	}
	s.take(ds.ID, ds.Parent.Database, plain(ds.Title))
	s.viaRow = true
	return nil
}

// notARow says what to do about the address of a page that is in no database:
// often the database is on it.
func (s *Source) notARow(ctx context.Context, id string) error {
	const what = "DATABASE_ID is the id of a page, not of a database"
	var blocks struct {
		Results []struct {
			ID       string `json:"id"`
			Type     string `json:"type"`
			Database struct {
				Title string `json:"title"`
			} `json:"child_database"`
		} `json:"results"`
	}
	inside := []string{}
	if s.client.do(ctx, request{method: http.MethodGet, path: "/v1/blocks/" + id + "/children?page_size=100"}, &blocks) == nil {
		for _, b := range blocks.Results {
			if b.Type == "child_database" {
				inside = append(inside, fmt.Sprintf("%s: %s", b.Database.Title, b.ID))
			}
		}
	}
	if len(inside) > 0 {
		return leadlake.Errorf(leadlake.Invalid, what+". The page holds these databases, put the id of one of them into DATABASE_ID: %s", strings.Join(inside, "; "))
	}
	return leadlake.Errorf(leadlake.Invalid, what+": open the database itself as a full page (press ⤢ or ••• → Open as full page), copy its address and put that into DATABASE_ID")
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
