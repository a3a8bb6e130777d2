package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// Condition is how the service is, in sentences that say what to do.
type Condition struct {
	Unavailable []string // why it cannot answer
	Degraded    []string // what is wrong while it answers
}

// Health says whether the service works.
type Health struct {
	Status  string   `enum:"ok,degraded,unavailable" json:"status"`
	Reasons []string `doc:"Why it is not ok, and what to do; for people" json:"reasons,omitempty" nullable:"false"`
	Version string   `doc:"Of the program" json:"version,omitempty"`
}

type healthOutput struct {
	Status int
	Body   Health
}

const (
	alivePath = "/healthz"
	readyPath = "/readyz"
)

func (s *Server) registerHealth() {
	handle(s, operation{
		id: "healthz", method: http.MethodGet, path: alivePath, tag: "health",
		summary: "Say that the process answers",
	}, func(context.Context, *struct{}) (*healthOutput, error) {
		return &healthOutput{Status: http.StatusOK, Body: Health{Status: "ok", Version: s.options.Version}}, nil
	})
	handle(s, operation{
		id: "readyz", method: http.MethodGet, path: readyPath, tag: "health",
		summary: "Say whether to send requests here",
		description: "503 with the reasons, in this same form, while the service cannot answer. " +
			"`degraded` is 200: it answers, and somebody should look at the reasons.",
	}, s.ready)
	responses := s.api.OpenAPI().Paths[readyPath].Get.Responses
	responses["503"] = &huma.Response{Description: "Not now, for these reasons", Content: responses["200"].Content}
}

func (s *Server) ready(ctx context.Context, _ *struct{}) (*healthOutput, error) {
	now := s.options.Condition(ctx)
	select {
	case <-s.ending:
		now.Unavailable = append(now.Unavailable, "Leadlake was told to stop, and finishes what goes on.")
	default:
	}
	out := &healthOutput{Status: http.StatusOK, Body: Health{Status: "ok", Reasons: append(now.Unavailable, now.Degraded...)}}
	switch {
	case len(now.Unavailable) > 0:
		out.Status, out.Body.Status = http.StatusServiceUnavailable, "unavailable"
	case len(now.Degraded) > 0:
		out.Body.Status = "degraded"
	}
	return out, nil
}
