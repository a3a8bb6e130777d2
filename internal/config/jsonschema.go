package config

import (
	"encoding/json"
	"strconv"
	"strings"

	"leadlake"
)

// jsonSchema is as much of a JSON schema as leadlake.yaml needs.
type jsonSchema struct {
	Schema      string                `json:"$schema,omitempty"`
	Title       string                `json:"title,omitempty"`
	Description string                `json:"description,omitempty"`
	Type        any                   `json:"type,omitempty"` // a name, or several
	Pattern     string                `json:"pattern,omitempty"`
	Enum        []string              `json:"enum,omitempty"`
	Minimum     *int                  `json:"minimum,omitempty"`
	Maximum     *int                  `json:"maximum,omitempty"`
	Items       *jsonSchema           `json:"items,omitempty"`
	Default     any                   `json:"default,omitempty"`
	Examples    []any                 `json:"examples,omitempty"`
	Properties  map[string]jsonSchema `json:"properties,omitempty"`
	Additional  *bool                 `json:"additionalProperties,omitempty"`
}

// JSONSchema returns the schema of leadlake.yaml, by which an editor completes
// and checks it.
func JSONSchema() ([]byte, error) {
	top := jsonSchema{
		Schema: "http://json-schema.org/draft-07/schema#", Title: "leadlake.yaml",
		Description: "The settings of Leadlake. Secrets are not among them: they are in .env or the environment.",
		Type:        []string{"object", "null"}, Additional: new(false),
		Properties: map[string]jsonSchema{"events": mapping(eventsDoc, eventNames()), "fields": mapping(fieldsDoc, fieldNames())},
	}
	for _, st := range settings() {
		if st.inFile() {
			top.Properties[st.key] = st.jsonSchema()
		}
	}
	data, err := json.MarshalIndent(top, "", "  ")
	return append(data, '\n'), err
}

func mapping(doc string, names []string) jsonSchema {
	s := jsonSchema{Description: plain(doc), Type: []string{"object", "null"}, Additional: new(false), Properties: map[string]jsonSchema{}}
	for _, name := range names {
		s.Properties[name] = jsonSchema{Description: "The name of a Notion property.", Type: "string"}
	}
	return s
}

func eventNames() []string {
	all := make([]string, 0, len(leadlake.Events()))
	for _, e := range leadlake.Events() {
		all = append(all, string(e))
	}
	return all
}

func plain(markdown string) string { return strings.ReplaceAll(markdown, "`", "") }

func (st setting) jsonSchema() jsonSchema {
	s := jsonSchema{Description: plain(st.doc), Type: "string", Pattern: st.form.pattern, Enum: st.form.choices}
	if !st.live {
		s.Description += " A change needs a restart."
	}
	switch types := st.form.types; {
	case len(types) == 1:
		s.Type = types[0]
	case len(types) > 1:
		s.Type = types
	}
	if st.form.min < st.form.max {
		s.Minimum, s.Maximum = &st.form.min, &st.form.max
	}
	if s.Default = st.typed(st.initial); st.initial == "" {
		s.Default = nil
	}
	if sample := st.sample(); sample != "" && sample != st.initial {
		s.Examples = []any{st.typed(sample)}
	}
	return s
}

// typed returns a value as JSON has it.
func (st setting) typed(value string) any {
	if len(st.form.types) > 0 {
		switch st.form.types[0] {
		case "integer":
			if n, err := strconv.Atoi(value); err == nil {
				return n
			}
		case "boolean":
			return value == "true"
		case "array":
			return strings.Split(value, ",")
		}
	}
	return value
}
