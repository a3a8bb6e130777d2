package fakenotion

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// references is how many relations a page shows before it says has_more, and how
// many people without saying so.
const references = 25

// render writes the page as the API shows it. wanted picks properties by name
// or id; empty means all.
func (s *Server) render(p *page, wanted []string) []byte {
	stamp := func(unix int64) string { return time.Unix(unix, 0).UTC().Format("2006-01-02T15:04:05.000Z") }
	ds := p.source
	b := []byte(`{"object":"page","id":"` + p.id + `","created_time":"` + stamp(p.created) + `","last_edited_time":"` + stamp(p.edited) +
		`","created_by":{"object":"user","id":"` + userID + `"},"last_edited_by":{"object":"user","id":"` + userID +
		`"},"cover":null,"icon":null,"parent":{"type":"data_source_id","data_source_id":"` + ds.id + `","database_id":"` + ds.database.id +
		`"},"in_trash":` + strconv.FormatBool(p.trashed) + `,"is_archived":` + strconv.FormatBool(p.archived) +
		`,"is_locked":false,"url":"https://app.notion.com/p/` + strings.ReplaceAll(p.id, "-", "") + `","public_url":null,"properties":{`)
	first := true
	for i, property := range ds.properties {
		if property.concealed || !selected(property, wanted) {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = s.renderProperty(b, property, p.value(i))
	}
	return append(b, '}', '}')
}

const userID = "00000000-0000-4000-8000-0000000000aa"

func selected(p Property, wanted []string) bool {
	for _, w := range wanted {
		if w == p.Name || w == p.ID {
			return true
		}
	}
	return len(wanted) == 0
}

func (p *page) value(i int) Value {
	if i < len(p.values) {
		return p.values[i]
	}
	return nil
}

func (s *Server) renderProperty(b []byte, p Property, v Value) []byte {
	if list, many := v.([]string); many && p.Type == "people" && len(list) > references {
		v = list[:references]
	}
	b = append(appendJSON(b, p.Name), `:{"id":"`+p.ID+`","type":"`+p.Type+`","`+p.Type+`":`...)
	if p.Type == "relation" {
		ids, _ := v.([]string)
		more := len(ids) > references
		if more {
			v = ids[:references]
		}
		b = s.renderValue(b, p, v)
		return append(b, `,"has_more":`+strconv.FormatBool(more)+`}`...)
	}
	return append(s.renderValue(b, p, v), '}')
}

func (s *Server) renderValue(b []byte, p Property, v Value) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, empty(p.Type)...)
	case Raw:
		return append(b, v...)
	case Runs:
		return appendRichText(b, v)
	case string:
		switch p.Type {
		case "title", "rich_text":
			return appendRichText(b, Runs{v})
		case "select", "status":
			return appendJSON(b, p.option(v))
		}
	case Date:
		return appendDate(b, v)
	case []string:
		return s.renderList(b, p, v)
	}
	return appendJSON(b, v)
}

func (s *Server) renderList(b []byte, p Property, list []string) []byte {
	out := make([]any, 0, len(list))
	for _, item := range list {
		switch p.Type {
		case "multi_select":
			out = append(out, p.option(item))
		case "people":
			out = append(out, map[string]string{"object": "user", "id": item})
		case "files":
			s.signature++ // a signed URL is another one at every reading
			out = append(out, map[string]any{"name": item, "type": "file", "file": map[string]string{
				"url":         fmt.Sprintf("https://files.example.com/%d?X-Amz-Signature=%08x", s.signature, sum(strconv.Itoa(s.signature))),
				"expiry_time": s.o.Now().Add(time.Hour).UTC().Format(time.RFC3339),
			}})
		default:
			out = append(out, map[string]string{"id": item})
		}
	}
	return appendJSON(b, out)
}

func appendRichText(b []byte, runs Runs) []byte {
	b = append(b, '[')
	for _, run := range runs {
		if run == "" {
			continue
		}
		if b[len(b)-1] != '[' {
			b = append(b, ',')
		}
		b = append(b, `{"type":"text","text":{"content":`...)
		b = append(appendJSON(b, run), `,"link":null},"annotations":{"bold":false,"italic":false,"strikethrough":false,"underline":false,"code":false,"color":"default"},"plain_text":`...)
		b = append(appendJSON(b, run), `,"href":null}`...)
	}
	return append(b, ']')
}

func appendDate(b []byte, d Date) []byte {
	orNull := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	return appendJSON(b, map[string]any{"start": d.Start, "end": orNull(d.End), "time_zone": orNull(d.TimeZone)})
}

func empty(kind string) string {
	switch kind {
	case "title", "rich_text", "multi_select", "people", "relation", "files":
		return "[]"
	case "checkbox":
		return "false"
	case "button":
		return "{}"
	case "formula":
		return `{"type":"string","string":null}`
	case "rollup":
		return `{"type":"number","number":null,"function":"count"}`
	}
	return "null"
}

func appendJSON(b []byte, v any) []byte {
	encoded, _ := json.Marshal(v) // strings, numbers and maps of them: cannot fail
	return append(b, encoded...)
}
