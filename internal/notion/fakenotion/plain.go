package fakenotion

// plainPage is a page that is in no data source: it may hold databases.
type plainPage struct {
	id     string
	title  string
	inside []*Database
}

// AddPage adds a page that is in no data source and holds databases, and
// returns its id.
func (s *Server) AddPage(title string, inside ...*Database) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &plainPage{id: s.newID(), title: title, inside: inside}
	s.plain[p.id] = p
	return p.id
}

// json writes the page as the API shows it.
func (p *plainPage) json() []byte {
	return appendJSON(nil, map[string]any{
		"object": "page", "id": p.id, "created_time": "2025-01-06T08:00:00.000Z", "last_edited_time": "2025-01-06T08:00:00.000Z",
		"parent": map[string]any{"type": "workspace", "workspace": true}, "in_trash": false, "is_archived": false,
		"properties": map[string]any{"title": map[string]any{"id": "title", "type": "title", "title": richText(p.title)}},
	})
}

// getChildren gives the databases on a page.
func (s *Server) getChildren(c *call) ([]byte, *problem) {
	raw := c.r.PathValue("id")
	blocks := []any{}
	p, ok := s.plain[dashed(raw)]
	if !ok {
		return nil, notFound("block", raw)
	}
	for _, db := range p.inside {
		blocks = append(blocks, map[string]any{
			"object": "block", "id": db.id, "type": "child_database", "child_database": map[string]string{"title": db.title},
		})
	}
	return appendJSON(nil, map[string]any{"object": "list", "results": blocks, "next_cursor": nil, "has_more": false, "type": "block", "block": map[string]any{}}), nil
}
