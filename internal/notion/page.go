package notion

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"leadlake"
)

// page is a row of the data source, as Notion gives it.
type page struct {
	Object         string                     `json:"object"`
	ID             string                     `json:"id"`
	CreatedTime    time.Time                  `json:"created_time"`
	LastEditedTime time.Time                  `json:"last_edited_time"`
	InTrash        bool                       `json:"in_trash"`
	Archived       bool                       `json:"archived"` // in_trash, before 2026-03-11
	IsArchived     bool                       `json:"is_archived"`
	URL            string                     `json:"url"`
	Properties     map[string]json.RawMessage `json:"properties"`
	Parent         struct {
		Type       string `json:"type"`
		DataSource string `json:"data_source_id"`
		Database   string `json:"database_id"`
	} `json:"parent"`
}

// whole reports whether p is more than a stub of its id.
func (p page) whole() bool {
	return p.Properties != nil && !p.CreatedTime.IsZero() && !p.LastEditedTime.IsZero()
}

func (p page) state() leadlake.State {
	switch {
	case p.InTrash || p.Archived:
		return leadlake.Trashed
	case p.IsArchived:
		return leadlake.Archived
	default:
		return leadlake.Active
	}
}

// page reads one page by its id.
func (s *Source) page(ctx context.Context, id string) (page, error) {
	var p page
	err := s.client.do(ctx, request{method: http.MethodGet, path: "/v1/pages/" + id}, &p)
	if missing(err) {
		return p, leadlake.Errorf(leadlake.NotFound, "Notion has no page %s, or does not show it to the integration", id).Because(err)
	}
	if err != nil {
		return p, err
	}
	if p.ID = normal(p.ID); p.ID == "" || !p.whole() {
		return p, leadlake.Errorf(leadlake.Unavailable, "Notion gives the page %s without its times or properties: try again later", id)
	}
	return p, nil
}

// row reads one result of a query. ok is false for what is no lead: an entry
// that is not a page, which comes without an id, and a page that was gone before
// it could be read.
func (s *Source) row(ctx context.Context, raw json.RawMessage) (p page, ok bool, err error) {
	if json.Unmarshal(raw, &p) != nil { // of an unknown shape; its id may still be read
		var stub struct{ Object, ID string }
		_ = json.Unmarshal(raw, &stub) // without an id it is refused below
		p = page{Object: stub.Object, ID: stub.ID}
	}
	if p.Object != "" && p.Object != "page" {
		return page{}, false, nil
	}
	if p.ID = normal(p.ID); p.ID == "" {
		return p, false, leadlake.Errorf(leadlake.Unavailable, "Notion lists a page without an id: try again later")
	}
	if p.whole() {
		return p, true, nil
	}
	stub := p
	p, err = s.page(ctx, p.ID)
	if leadlake.KindOf(err) == leadlake.NotFound {
		s.oddities.note("A page was listed and could not be read", stub.ID)
		return page{ID: stub.ID}, false, nil
	}
	return p, err == nil, err
}
