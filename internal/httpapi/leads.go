package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"leadlake"
)

// LeadInput is one lead as it is sent. It only describes: decode.go reads the
// body, because it must tell an absent field from null and report every error.
type LeadInput struct {
	ID              string  `doc:"The key" json:"id" maxLength:"200" minLength:"1"`
	Nom             string  `doc:"The name" json:"nom" maxLength:"10000" minLength:"1"`
	Statut          string  `doc:"The status, in the team's own words" json:"statut" maxLength:"10000" minLength:"1"`
	Email           *string `json:"email,omitempty" maxLength:"10000" nullable:"true"`
	Telephone       *string `json:"telephone,omitempty" maxLength:"10000" nullable:"true"`
	PriseContact    *string `doc:"When the first message was sent" example:"2025-01-31" json:"date_prise_contact,omitempty" nullable:"true"`
	ReponseProspect *string `doc:"When the reply came" json:"date_reponse_prospect,omitempty" nullable:"true"`
	AppelPropose    *string `doc:"When a call was proposed" json:"date_appel_propose,omitempty" nullable:"true"`
	AppelBooke      *string `doc:"When a call was booked" json:"date_appel_booke,omitempty" nullable:"true"`
	Relance         *string `doc:"When one followed up" json:"date_relance,omitempty" nullable:"true"`
}

// Stored is what storing a list of leads did.
type Stored struct {
	Inserted  int   `example:"1" json:"inserted"`
	Updated   int   `example:"0" json:"updated"`
	Unchanged int   `example:"0" json:"unchanged"`
	Version   int64 `doc:"The table version that holds them" example:"12" json:"version"`
}

const (
	maxLeadsBytes = 32 << 20 // 3 kB for each of so many leads
	maxLeads      = 10_000
)

func (s *Server) registerLeads() {
	const path = "/api/v1/ingestion/leads"
	handle(s, operation{
		id: "ingestLeads", method: http.MethodPost, path: path, tag: "ingestion",
		summary: "Insert or update leads",
		description: "All or nothing, 10,000 leads at most. A field that is absent leaves what is stored as it is; null clears it. " +
			"A date is a day (2025-01-31), or a time: with an offset (2025-01-31T10:00:00+01:00) its day in the team's time zone counts, without one it is read as already there.\n\n" +
			"A field that is not listed becomes a column of its own, of the type of its first value: text, number, true or false, list of texts, and a day where its name begins with `date_`. " +
			"It keeps that type.\n\n" +
			"With an `Idempotency-Key`, sending the same body again within a day gives the first answer again and stores nothing, also if the first answer was lost; another body with the key is a 422. " +
			"A lead that another source owns, such as Notion, is a 409.",
		errors: []int{http.StatusBadRequest, http.StatusConflict, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType},
	}, s.ingestLeads)
	leads := list[LeadInput]{}.Schema(s.api.OpenAPI().Components.Schemas)
	leads.MinItems, leads.MaxItems = new(1), new(maxLeads)
	s.api.OpenAPI().Components.Schemas.Map()["LeadInput"].AdditionalProperties = &huma.Schema{
		Description: "A column of your own",
		AnyOf: []*huma.Schema{
			{Type: huma.TypeString},
			{Type: huma.TypeNumber},
			{Type: huma.TypeBoolean},
			{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString}},
			{Type: "null"},
		},
	}
	s.api.OpenAPI().Paths[path].Post.RequestBody = &huma.RequestBody{
		Required: true,
		Content:  map[string]*huma.MediaType{"application/json": {Schema: leads}},
	}
}

type leadsInput struct {
	Key string `doc:"Any text that no other request has, such as a UUID" example:"\"8e03978e-40d5-43dd-bc93-6894a57f9324\"" header:"Idempotency-Key"`

	contentType, encoding string
	body                  io.Reader
}

// Resolve notes the body without reading it; huma calls it.
func (in *leadsInput) Resolve(ctx huma.Context) []error {
	in.contentType, in.encoding, in.body = ctx.Header("Content-Type"), ctx.Header("Content-Encoding"), ctx.BodyReader()
	return nil
}

type leadsOutput struct{ Body Stored }

func (s *Server) ingestLeads(ctx context.Context, in *leadsInput) (*leadsOutput, error) {
	body, err := in.read()
	if err != nil {
		return nil, err
	}
	request, err := requestOfKey(in.Key, body)
	if err != nil {
		return nil, err
	}
	tally, known, err := s.leads.Answered(ctx, request)
	if err != nil {
		return nil, err
	}
	if !known {
		if tally, err = s.store(ctx, body, request); err != nil {
			return nil, err
		}
	}
	return &leadsOutput{Body: Stored{
		Inserted: tally.Inserted, Updated: tally.Updated, Unchanged: tally.Unchanged, Version: tally.Version,
	}}, nil
}

func (s *Server) store(ctx context.Context, body []byte, request *leadlake.Request) (leadlake.Tally, error) {
	known, err := s.leads.Columns(ctx)
	if err != nil {
		return leadlake.Tally{}, err
	}
	leads, columns, err := s.decode(ctx, body, known)
	if err != nil {
		return leadlake.Tally{}, err
	}
	tally, err := s.leads.Upsert(ctx, leadlake.Batch{Source: "api", Columns: columns, Leads: leads, Request: request})
	if foreign, ok := errors.AsType[leadlake.ForeignError](err); ok {
		return tally, foreignProblem(leadlake.MessageOf(err), foreign)
	}
	return tally, err
}

// foreignProblem names the leads that another source owns.
func foreignProblem(detail string, rows leadlake.ForeignError) *problem {
	var errs []*huma.ErrorDetail
	for _, i := range rows[:min(len(rows), maxErrors)] {
		errs = append(errs, &huma.ErrorDetail{Location: fmt.Sprintf("body[%d].id", i), Message: "another source owns this lead"})
	}
	return newProblem(http.StatusConflict, detail, errs...)
}

// decode takes a body apart, few at a time: it takes several times the
// memory of the body.
func (s *Server) decode(ctx context.Context, body []byte, known []leadlake.Column) ([]leadlake.Lead, []leadlake.Column, error) {
	select {
	case s.decoding <- struct{}{}:
		defer func() { <-s.decoding }()
	case <-ctx.Done():
		return nil, nil, fmt.Errorf("waiting to decode leads: %w", ctx.Err())
	}
	return decodeLeads(body, known, s.options.Zone)
}

// read returns the body, if it is JSON of a size that we take.
func (in *leadsInput) read() ([]byte, error) {
	media, params, err := mime.ParseMediaType(in.contentType)
	if charset := params["charset"]; err != nil || media != "application/json" || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return nil, newProblem(http.StatusUnsupportedMediaType, "Send the leads as JSON in UTF-8, with the header Content-Type: application/json.")
	}
	if in.encoding != "" && !strings.EqualFold(in.encoding, "identity") {
		return nil, newProblem(http.StatusUnsupportedMediaType, "Send the leads uncompressed, without a Content-Encoding header.")
	}
	body, err := io.ReadAll(io.LimitReader(in.body, maxLeadsBytes+1))
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return nil, newProblem(http.StatusRequestTimeout, "The body came too slowly; send fewer leads at a time.")
	}
	if err != nil {
		return nil, newProblem(http.StatusBadRequest, "The body ended before it was complete; send it again.")
	}
	if len(body) > maxLeadsBytes {
		return nil, newProblem(http.StatusRequestEntityTooLarge, "The body is larger than 32 MiB; send fewer leads at a time.")
	}
	return body, nil
}
