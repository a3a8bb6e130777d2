package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"leadlake"
)

// maxErrors is how many errors of a list an answer names; the rest it counts.
const maxErrors = 100

// decodeLeads reads a JSON list of leads for a table that has columns, and says
// what the table needs for those that are no core ones. The error is a problem
// that names every row and field.
func decodeLeads(body []byte, columns []leadlake.Column, zone *time.Location) ([]leadlake.Lead, []leadlake.Column, error) {
	rows, err := splitRows(body)
	if err != nil {
		return nil, nil, err
	}
	d := &decoder{zone: zone, rowOf: make(map[string]int, len(rows)), attributes: newAttributes(columns)}
	leads := make([]leadlake.Lead, 0, len(rows))
	for i, row := range rows {
		leads = append(leads, d.lead(i, row))
	}
	if d.count > 0 {
		return nil, nil, invalidMore(d.errs, d.count)
	}
	d.settle(leads)
	return leads, d.attributes.described(), nil
}

// splitRows returns the elements of the list, each valid JSON.
func splitRows(body []byte) ([]json.RawMessage, error) {
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	if len(trimmed) == 0 {
		return nil, newProblem(http.StatusBadRequest, "The body is empty; send a JSON list of leads.")
	}
	if !utf8.Valid(body) {
		return nil, newProblem(http.StatusBadRequest, "The body is not valid UTF-8; encode it as UTF-8.")
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](json.Unmarshal(body, new(json.RawMessage))); ok {
		return nil, newProblem(http.StatusBadRequest, fmt.Sprintf("The body is not valid JSON: it breaks off or goes wrong at byte %d.", syntax.Offset))
	}
	if trimmed[0] != '[' {
		return nil, newProblem(http.StatusUnprocessableEntity, "The body must be a list of leads: put it in [ and ].")
	}
	return elements(body)
}

// elements takes a valid list apart, and stops where it is too long: 16 MiB
// hold millions of elements.
func elements(body []byte) ([]json.RawMessage, error) {
	var rows []json.RawMessage
	list := json.NewDecoder(bytes.NewReader(body))
	_, err := list.Token()
	for err == nil && list.More() && len(rows) <= maxLeads {
		var row json.RawMessage
		err = list.Decode(&row)
		rows = append(rows, row)
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("splitting a list that is valid JSON: %w", err)
	case len(rows) == 0:
		return nil, newProblem(http.StatusUnprocessableEntity, "The list is empty; send at least one lead.")
	case len(rows) > maxLeads:
		return nil, newProblem(http.StatusUnprocessableEntity, fmt.Sprintf("The list holds more than %d leads; send fewer at a time.", maxLeads))
	}
	return rows, nil
}

// decoder reads rows and collects what is wrong with them.
type decoder struct {
	zone       *time.Location
	attributes *attributes
	rowOf      map[string]int // by id
	errs       []*huma.ErrorDetail
	count      int // of all errors, also those that errs has no room for
}

func (d *decoder) fail(location, message string, value any) {
	if d.count++; len(d.errs) < maxErrors {
		d.errs = append(d.errs, &huma.ErrorDetail{Location: location, Message: message, Value: value})
	}
}

func (d *decoder) lead(i int, row json.RawMessage) leadlake.Lead {
	lead, at := leadlake.Lead{Values: map[string]leadlake.Value{}}, fmt.Sprintf("body[%d]", i)
	fields := json.NewDecoder(bytes.NewReader(row))
	if open, err := fields.Token(); err != nil || open != json.Delim('{') {
		d.fail(at, "a lead is an object with id, nom and statut", nil)
		return lead
	}
	seen := map[string]bool{}
	for fields.More() {
		if most := len(inputFields()) + maxAttributes; len(seen) == most {
			d.fail(at, fmt.Sprintf("a lead has %d fields at most; the rest of this one was not read", most), nil)
			return lead
		}
		name, raw, err := next(fields)
		if err != nil { // cannot be: the whole body is valid JSON
			d.fail(at, "this lead cannot be read", nil)
			return lead
		}
		switch where := at + "." + shortened(name); {
		case seen[name]:
			d.fail(where, "the field is there twice", nil)
		case !slices.Contains(inputFields(), name):
			d.attribute(&lead, where, name, raw)
		default:
			d.field(&lead, where, name, raw)
		}
		seen[name] = true
	}
	for _, name := range requiredFields() {
		if !seen[name] {
			d.fail(at+"."+name, "the field is missing", nil)
		}
	}
	d.unique(i, lead.ID)
	return lead
}

// next reads one field of an object.
func next(fields *json.Decoder) (name string, raw json.RawMessage, err error) {
	key, err := fields.Token()
	if err != nil {
		return "", nil, fmt.Errorf("reading the name of a field: %w", err)
	}
	name, _ = key.(string)
	if err := fields.Decode(&raw); err != nil {
		return "", nil, fmt.Errorf("reading a field: %w", err)
	}
	return name, raw, nil
}

func (d *decoder) field(lead *leadlake.Lead, where, name string, raw json.RawMessage) {
	if bytes.Equal(raw, []byte("null")) {
		if slices.Contains(requiredFields(), name) {
			d.fail(where, "the field must not be null", nil)
		}
		lead.Values[name] = nil
		return
	}
	text, problem := parseText(raw)
	switch {
	case problem != "":
	case leadlake.Event(name).Valid():
		var day leadlake.Date
		if day, problem = parseMoment(text, d.zone); problem != "" {
			d.fail(where, problem, shortened(text))
			return
		}
		lead.Values[name] = day
	case name == leadlake.ColumnID:
		problem = idProblem(text)
		lead.ID = text
	default:
		if slices.Contains(requiredFields(), name) {
			problem = blankProblem(text)
		}
		lead.Values[name] = text
	}
	if problem != "" {
		d.fail(where, problem, nil)
	}
}

func (d *decoder) unique(i int, id string) {
	if id == "" {
		return
	}
	if first, ok := d.rowOf[id]; ok {
		d.fail(fmt.Sprintf("body[%d].id", i), fmt.Sprintf("body[%d] has the same id; send each lead once", first), nil)
		return
	}
	d.rowOf[id] = i
}

func requiredFields() []string {
	return []string{leadlake.ColumnID, leadlake.ColumnNom, leadlake.ColumnStatut}
}

// inputFields returns what a lead may have.
func inputFields() []string {
	fields := append(requiredFields(), leadlake.ColumnEmail, leadlake.ColumnTelephone)
	for _, e := range leadlake.Events() {
		fields = append(fields, string(e))
	}
	return fields
}

func invalid(errs []*huma.ErrorDetail) *problem { return invalidMore(errs, len(errs)) }

// invalidMore says that there are count errors, of which errs are the first.
func invalidMore(errs []*huma.ErrorDetail, count int) *problem {
	detail := fmt.Sprintf("%s: %s.", errs[0].Location, errs[0].Message)
	switch {
	case count > len(errs):
		detail = fmt.Sprintf("There are %d errors, the first %d are listed; the first is at %s", count, len(errs), detail)
	case count > 1:
		detail = fmt.Sprintf("There are %d errors, all are listed; the first is at %s", count, detail)
	}
	return newProblem(http.StatusUnprocessableEntity, detail, errs...)
}
