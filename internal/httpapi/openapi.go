package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// OpenAPI returns the description of the API, indented, the same bytes every
// time.
func OpenAPI() ([]byte, error) {
	s := &Server{options: Options{}.withDefaults(), routes: &routes{ServeMux: http.NewServeMux()}}
	s.register()
	return s.openAPI()
}

func (s *Server) openAPI() ([]byte, error) {
	compact, err := json.Marshal(s.api.OpenAPI())
	if err != nil {
		return nil, fmt.Errorf("writing the OpenAPI document: %w", err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, compact, "", "  "); err != nil {
		return nil, fmt.Errorf("indenting the OpenAPI document: %w", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// apiConfig sets huma up for JSON and for exactly the documented fields: no
// $schema in bodies, no routes of its own.
func (s *Server) apiConfig() huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Leadlake",
				Description: "Activity, objectives and conversion of a prospecting team, computed from its leads. " +
					"Periods are ISO weeks and months; days are days in the team's time zone. " +
					"Errors are problem+json (RFC 9457).",
				Version: "1",
				License: &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
			},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
			},
			Tags: []*huma.Tag{
				{Name: "transformation", Description: "How many events happened, by period."},
				{Name: "metrics", Description: "Numbers against their targets."},
				{Name: "ingestion", Description: "How leads come in."},
				{Name: "health", Description: "For those who run the service."},
			},
		},
		Formats:                      map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{explain},
	}
}

// enumOf describes a string that is one of values.
func enumOf[T ~string](values ...T) *huma.Schema {
	schema := &huma.Schema{Type: huma.TypeString}
	for _, v := range values {
		schema.Enum = append(schema.Enum, string(v))
	}
	return schema
}

// list is a []T that is never null in JSON: make it, even where it is empty.
type list[T any] []T

// Schema describes the list; huma calls it.
func (list[T]) Schema(r huma.Registry) *huma.Schema {
	schema := huma.SchemaFromType(r, reflect.TypeFor[[]T]())
	schema.Nullable = false
	return schema
}

// orNull is a T in JSON, or null. (A pointer would do, but huma cannot
// describe one to a struct.)
type orNull[T any] struct{ value *T }

// MarshalJSON writes the value or null.
func (o orNull[T]) MarshalJSON() ([]byte, error) { return json.Marshal(o.value) }

// Schema describes the value or null; huma calls it.
func (o orNull[T]) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{AnyOf: []*huma.Schema{huma.SchemaFromType(r, reflect.TypeFor[T]()), {Type: "null"}}}
}
