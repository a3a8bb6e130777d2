package fakenotion

import (
	"encoding/json"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"leadlake"
)

// Property is one property of a schema.
type Property struct {
	Name    string
	Type    string   // as in the API: title, rich_text, select, …
	ID      string   // given by the server where empty; "title" for a title
	Options []string // of select, multi_select and status
	// Relation is the id of the relation that a rollup follows.
	Relation string

	optionIDs map[string]string // by name, of options that were renamed
	concealed bool
}

// Value is one cell of a page. What a property takes depends on its type:
//
//	title, rich_text           string, or Runs
//	number                     float64, int or json.Number
//	select, status             string
//	multi_select               []string
//	date                       Date
//	people, relation           []string of ids
//	files                      []string of names
//	checkbox                   bool
//	url, email, phone_number   string
//	any                        Raw, nil
type Value any

// Runs are the pieces of a text that has several formats.
type Runs []string

// Date is the value of a date property, in the API's own notation.
type Date struct {
	Start    string `json:"start"`
	End      string `json:"end,omitempty"`
	TimeZone string `json:"time_zone,omitempty"`
}

// Raw is the JSON that the API gives under the name of the property's type.
type Raw string

func (d *DataSource) addProperty(p Property) {
	switch {
	case p.Type == "title":
		p.ID = "title"
	case p.ID == "":
		for n := 0; p.ID == "" || slices.ContainsFunc(d.properties, func(other Property) bool { return other.ID == p.ID }); n++ {
			p.ID = propertyID(p.Name + strings.Repeat("'", n))
		}
	}
	d.properties = append(d.properties, p)
}

// propertyID makes an id as Notion's are: short and URL-encoded.
func propertyID(name string) string {
	return "%3A" + strconv.FormatUint(uint64(sum(name)), 36)
}

// position returns where a property stands that the API shows.
func (d *DataSource) position(nameOrID string) (int, error) {
	i, err := d.anyPosition(nameOrID)
	if err == nil && d.properties[i].concealed {
		err = leadlake.Errorf(leadlake.NotFound, "the property %q is not shown", nameOrID)
	}
	return i, err
}

func (d *DataSource) anyPosition(nameOrID string) (int, error) {
	i := slices.IndexFunc(d.properties, func(p Property) bool { return p.Name == nameOrID || p.ID == nameOrID })
	if i < 0 {
		return 0, leadlake.Errorf(leadlake.NotFound, "there is no property %q", nameOrID)
	}
	return i, nil
}

// positioned turns values by name into values by position.
func (d *DataSource) positioned(values map[string]Value) ([]Value, error) {
	list := make([]Value, len(d.properties))
	for name, v := range values {
		i, err := d.anyPosition(name)
		if err != nil {
			return nil, err
		}
		if !fits(d.properties[i].Type, v) {
			return nil, leadlake.Errorf(leadlake.Invalid, "property %q of type %s cannot hold a %T", name, d.properties[i].Type, v)
		}
		list[i] = v
	}
	return list, nil
}

func fits(kind string, v Value) bool {
	ok := false
	switch v.(type) {
	case nil, Raw:
		return true
	case string:
		return slices.Contains([]string{"title", "rich_text", "select", "status", "url", "email", "phone_number"}, kind)
	case Runs:
		return kind == "title" || kind == "rich_text"
	case float64, int, json.Number:
		ok = kind == "number"
	case []string:
		return slices.Contains([]string{"multi_select", "people", "relation", "files"}, kind)
	case Date:
		ok = kind == "date"
	case bool:
		ok = kind == "checkbox"
	}
	return ok
}

func sum(s string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(s)) // never fails
	return h.Sum32()
}
