package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// Health says whether the service works.
type Health struct {
	Status  string   `enum:"ok,unavailable" json:"status"`
	Reasons []string `doc:"Why it is unavailable" json:"reasons,omitempty" nullable:"false"`
}

type healthOutput struct {
	Status int
	Body   Health
}

func (s *Server) registerHealth() {
	handle(s, operation{
		id: "healthz", method: http.MethodGet, path: "/healthz", tag: "health",
		summary: "Say that the process answers",
	}, func(context.Context, *struct{}) (*healthOutput, error) {
		return &healthOutput{Status: http.StatusOK, Body: Health{Status: "ok"}}, nil
	})
	handle(s, operation{
		id: "readyz", method: http.MethodGet, path: "/readyz", tag: "health",
		summary:     "Say whether to send requests here",
		description: "503 with the reasons, in this same form, while the service cannot answer.",
	}, func(ctx context.Context, _ *struct{}) (*healthOutput, error) {
		if reasons := s.options.Ready(ctx); len(reasons) > 0 {
			return &healthOutput{Status: http.StatusServiceUnavailable, Body: Health{Status: "unavailable", Reasons: reasons}}, nil
		}
		return &healthOutput{Status: http.StatusOK, Body: Health{Status: "ok"}}, nil
	})
	responses := s.api.OpenAPI().Paths["/readyz"].Get.Responses
	responses["503"] = &huma.Response{Description: "Not now, for these reasons", Content: responses["200"].Content}
}
