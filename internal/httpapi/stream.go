package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

const (
	// lookEvery is how often a stream looks for news.
	lookEvery = time.Second
	// streamFor is how long a stream lasts; its client opens the next by itself.
	streamFor = 55 * time.Second
)

// streamPath is not compressed: that would hold back what is small.
const streamPath = "/api/v1/stream"

func (s *Server) registerStream() {
	s.routes.HandleFunc(http.MethodGet+" "+streamPath, s.stream)
	s.api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "stream", Method: http.MethodGet, Path: streamPath, Tags: []string{"ingestion"},
		Summary: "Hear of changes as they happen",
		Description: "Server-sent events of the type `status`: each holds what `/api/v1/ingestion/status` answers, at first and whenever it has changed. " +
			"The stream ends after a minute; a browser's EventSource opens the next one by itself.",
		Responses: map[string]*huma.Response{"200": {
			Description: "OK", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}},
		}, "421": {Description: "Another host's name, where only this machine is served"}},
	})
}

// stream sends the status whenever it has changed.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), streamFor)
	defer cancel()
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	out := http.NewResponseController(w)
	if _, err := fmt.Fprint(w, "retry: 1000\n\n"); err != nil {
		return
	}
	last := ""
	for {
		event, told := s.event(ctx)
		if told != last {
			if last = told; !send(w, event) {
				return
			}
		}
		if out.Flush() != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-s.ending:
			return
		case <-time.After(lookEvery):
		}
	}
}

// event returns the status, and the same without what only time changes.
func (s *Server) event(ctx context.Context) (event []byte, told string) {
	status, err := s.ingestionStatus(ctx, nil)
	if err != nil {
		return nil, "" // the next look may do better
	}
	event, _ = json.Marshal(status.Body) //nolint:errchkjson // a struct of our own
	status.Body.FreshnessSeconds = nil
	stable, _ := json.Marshal(status.Body) //nolint:errchkjson // a struct of our own
	return event, string(stable)
}

func send(w http.ResponseWriter, event []byte) bool {
	if event == nil {
		return true
	}
	_, err := fmt.Fprintf(w, "event: status\ndata: %s\n\n", event)
	return err == nil
}
