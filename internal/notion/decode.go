package notion

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"leadlake"
)

// errUnsupported is a formula or rollup that Notion does not compute for us.
var errUnsupported = errors.New("the value is not given")

// errAbsent is a value of which Notion names only the type: that is not empty.
var errAbsent = errors.New("the value is not there")

// shown is how many people, mentions or pages of a rollup Notion shows at most,
// without a sign that there are more.
const shown = 25

// decoder reads property values. What it gives is a leadlake.Value of the type
// that comes naturally; empty text and lists are nil.
type decoder struct {
	zone    *time.Location
	remarks []string // what is not quite right about the value, in words without it
}

func (d *decoder) remark(format string, args ...any) {
	if r := fmt.Sprintf(format, args...); !slices.Contains(d.remarks, r) {
		d.remarks = append(d.remarks, r)
	}
}

func (d *decoder) decode(kind string, raw json.RawMessage) (leadlake.Value, error) {
	switch string(raw) {
	case "":
		return nil, errAbsent
	case "null":
		return nil, nil //nolint:nilnil // a nil Value is a value: empty
	}
	switch kind {
	case "title", "rich_text":
		return d.decodeText(raw)
	case "number":
		return d.decodeNumber(raw)
	case "checkbox", "boolean":
		return as[bool](raw)
	case "url", "email", "phone_number", "string":
		s, err := as[string](raw)
		return text(s), err
	case "select", "status", "created_by", "last_edited_by", "unique_id", "verification", "place":
		return decodeObject(kind, raw)
	case "multi_select", "people", "relation", "files":
		return d.decodeList(kind, raw)
	case "date", "created_time", "last_edited_time":
		return d.decodeDate(raw)
	case "formula", "rollup":
		return d.decodeInner(raw)
	default:
		d.remark("the type %q is not known; its values are kept as Notion writes them", kind)
		return text(keep(raw)), nil
	}
}

func as[T any](raw json.RawMessage) (T, error) {
	var v T
	err := json.Unmarshal(raw, &v)
	return v, err
}

// text returns s as a Value: NFC, nil where empty.
func text(s string) leadlake.Value {
	if s == "" {
		return nil
	}
	return norm.NFC.String(s)
}

type richText struct {
	Type      string `json:"type"`
	PlainText string `json:"plain_text"`
}

func plain(runs []richText) string {
	var b strings.Builder
	for _, run := range runs {
		b.WriteString(run.PlainText)
	}
	return norm.NFC.String(b.String())
}

func (d *decoder) decodeText(raw json.RawMessage) (leadlake.Value, error) {
	runs, err := as[[]richText](raw)
	mentions := 0
	for _, run := range runs {
		if run.Type == "mention" {
			mentions++
		}
	}
	if mentions >= shown {
		d.remark("a text has 25 mentions, and Notion shows no more of them: it may be cut")
	}
	return text(plain(runs)), err
}

// decodeObject reads the types that are one object, as the part of it that
// people would call its value.
func decodeObject(kind string, raw json.RawMessage) (leadlake.Value, error) {
	var o struct {
		ID      string       `json:"id"`
		Name    string       `json:"name"`
		State   string       `json:"state"`
		Address string       `json:"address"`
		Prefix  string       `json:"prefix"`
		Number  *json.Number `json:"number"`
		Lat     json.Number  `json:"lat"`
		Lon     json.Number  `json:"lon"`
	}
	if err := json.Unmarshal(raw, &o); err != nil {
		return nil, fmt.Errorf("reading a %s: %w", kind, err)
	}
	switch kind {
	case "created_by", "last_edited_by":
		return text(o.ID), nil
	case "unique_id":
		return uniqueID(o.Prefix, o.Number), nil
	case "verification":
		return text(o.State), nil
	case "place":
		for _, s := range []string{o.Address, o.Name} {
			if s != "" {
				return text(s), nil
			}
		}
		return text(strings.Trim(o.Lat.String()+", "+o.Lon.String(), ", ")), nil
	default:
		return text(o.Name), nil
	}
}

func uniqueID(prefix string, number *json.Number) leadlake.Value {
	switch {
	case number == nil:
		return nil
	case prefix == "":
		return number.String()
	default:
		return text(prefix + "-" + number.String())
	}
}

// decodeList reads people and relations as ids, files as names: their
// addresses are signed anew at every reading.
func (d *decoder) decodeList(kind string, raw json.RawMessage) (leadlake.Value, error) {
	items, err := as[[]struct{ ID, Name string }](raw)
	if err != nil {
		return nil, err
	}
	if kind == "people" && len(items) == shown {
		d.remark("it names 25 people, and Notion shows no more of them: it may be cut")
	}
	list := make([]string, 0, len(items))
	for _, item := range items {
		s := item.ID
		switch kind {
		case "multi_select":
			s = norm.NFC.String(item.Name)
		case "files":
			s, _, _ = strings.Cut(norm.NFC.String(item.Name), "?")
		}
		if s != "" {
			list = append(list, s)
		}
	}
	if len(list) == 0 {
		return nil, nil //nolint:nilnil // a nil Value is a value: empty
	}
	return list, nil
}

// decodeInner reads a formula or a rollup by the type that its result has.
func (d *decoder) decodeInner(raw json.RawMessage) (leadlake.Value, error) {
	parts, err := as[map[string]json.RawMessage](raw)
	if err != nil {
		return nil, err
	}
	kind, err := as[string](parts["type"])
	if err != nil {
		return nil, err
	}
	switch kind {
	case "unsupported", "incomplete":
		return nil, errUnsupported
	case "array":
		return d.decodeArray(parts["array"])
	default:
		return d.decode(kind, parts[kind])
	}
}

// decodeArray reads the values that a rollup shows, as one text.
func (d *decoder) decodeArray(raw json.RawMessage) (leadlake.Value, error) {
	items, err := as[[]map[string]json.RawMessage](raw)
	if err != nil {
		return nil, err
	}
	if len(items) == shown {
		d.remark("the rollup shows 25 values, and Notion shows no more of them: it is approximate")
	}
	texts := make([]string, 0, len(items))
	for _, item := range items {
		kind, err := as[string](item["type"])
		if err != nil {
			return nil, err
		}
		v, err := d.decode(kind, item[kind])
		if err != nil {
			return nil, err
		}
		if v != nil {
			texts = append(texts, asText(v))
		}
	}
	return text(strings.Join(texts, ", ")), nil
}
