package httpapi

import (
	"errors"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"leadlake"
)

// webhookPath is open to any host name: messages come from outside, through a
// tunnel or a proxy, and prove where they are from.
const webhookPath = "/api/v1/webhooks/notion"

// maxWebhookBytes is many times what Notion sends.
const maxWebhookBytes = 1 << 20

func (s *Server) registerWebhooks() {
	s.routes.HandleFunc(http.MethodPost+" "+webhookPath, s.webhook)
	s.api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "notionWebhook", Method: http.MethodPost, Path: webhookPath, Tags: []string{"ingestion"},
		Summary:     "Take a message from Notion",
		Description: "Only Notion calls this. A message is believed if its `X-Notion-Signature` is right; it says which leads to read, not what is in them.",
		Responses: map[string]*huma.Response{
			"204": {Description: "Taken"}, "400": {Description: "Not a message"}, "401": {Description: "Not from Notion"},
			"404": {Description: "No Notion database is connected"}, "413": {Description: "Too large"},
		},
	})
}

// webhook takes one message, and answers at once: what it asks for is done
// later.
func (s *Server) webhook(w http.ResponseWriter, r *http.Request) {
	if s.options.Webhooks == nil {
		writeProblem(w, http.StatusNotFound, "No Notion database is connected.")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxWebhookBytes))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		writeProblem(w, http.StatusRequestEntityTooLarge, "The message is larger than any that Notion sends.")
		return
	}
	if err != nil {
		writeProblem(w, http.StatusBadRequest, "The message ended before it was complete; send it again.")
		return
	}
	switch err := s.options.Webhooks.Receive(r.Context(), r.Header.Get("X-Notion-Signature"), body); {
	case err == nil:
		w.WriteHeader(http.StatusNoContent)
	case leadlake.KindOf(err) == leadlake.Denied:
		writeProblem(w, http.StatusUnauthorized, leadlake.MessageOf(err))
	case leadlake.KindOf(err) == leadlake.Invalid:
		writeProblem(w, http.StatusBadRequest, leadlake.MessageOf(err))
	default: // Notion tries again
		requestOf(r.Context()).cause = err
		writeProblem(w, http.StatusInternalServerError, internalDetail(requestOf(r.Context()).id))
	}
}
