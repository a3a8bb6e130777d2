package notion

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// errWithheld is a relation that Notion does not give as a whole.
var errWithheld = errors.New("the relation breaks off")

// withheld reports whether what else a property holds cannot be had, though
// Notion works: that costs the one value, never the sync.
func withheld(err error) bool {
	if errors.Is(err, errWithheld) {
		return true
	}
	e, ok := errors.AsType[*apiError](err)
	if !ok || e.html {
		return false
	}
	return e.status == http.StatusBadRequest || e.status == http.StatusForbidden || e.status == http.StatusNotFound
}

// relation reads all of a relation that the page shows in part, in the form in
// which a page would show it.
func (s *Source) relation(ctx context.Context, page, property string) (json.RawMessage, error) {
	const most = 1000 // answers
	var all []json.RawMessage
	path := "/v1/pages/" + page + "/properties/" + property // ids come as they stand in paths
	if strings.ContainsAny(property, "/?#") || strings.Contains(property, "..") {
		path = "/v1/pages/" + page + "/properties/" + url.PathEscape(property)
	}
	asked := map[string]bool{}
	for query := ""; len(asked) < most; {
		var list struct {
			Results []struct {
				Relation json.RawMessage `json:"relation"`
			} `json:"results"`
			HasMore    bool   `json:"has_more"`
			NextCursor string `json:"next_cursor"`
		}
		if err := s.client.do(ctx, request{method: http.MethodGet, path: path + query}, &list); err != nil {
			return nil, err
		}
		for _, item := range list.Results {
			all = append(all, item.Relation)
		}
		if !list.HasMore {
			return joined(all)
		}
		if list.NextCursor == "" || asked[list.NextCursor] {
			break
		}
		asked[list.NextCursor] = true
		query = "?start_cursor=" + url.QueryEscape(list.NextCursor)
	}
	return nil, errWithheld
}

func joined(items []json.RawMessage) (json.RawMessage, error) {
	whole, err := json.Marshal(items)
	if err != nil {
		return nil, fmt.Errorf("joining a relation: %w", err)
	}
	return whole, nil
}
