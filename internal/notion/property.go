package notion

import (
	"cmp"
	"encoding/json"
	"slices"

	"golang.org/x/text/unicode/norm"

	"leadlake"
	"leadlake/internal/naming"
)

// property is one entry of a schema as Notion shows it.
type property struct {
	ID       string
	Name     string // NFC
	Kind     string // its type in Notion
	Options  []leadlake.Option
	Relation string // of a rollup: the id of the relation that it follows
}

// parseProperty reads the entry of a schema under name. ok is false where it
// has no shape that is known.
func parseProperty(name string, raw json.RawMessage) (p property, ok bool) {
	var parts map[string]json.RawMessage
	if json.Unmarshal(raw, &parts) != nil || json.Unmarshal(parts["id"], &p.ID) != nil || json.Unmarshal(parts["type"], &p.Kind) != nil {
		return p, false
	}
	p.Name = norm.NFC.String(name)
	var config struct {
		Options  []leadlake.Option `json:"options"`
		Relation string            `json:"relation_property_id"`
	}
	if json.Unmarshal(parts[p.Kind], &config) == nil { // of another shape it tells nothing more
		p.Options, p.Relation = config.Options, config.Relation
	}
	for i := range p.Options {
		p.Options[i].Name = norm.NFC.String(p.Options[i].Name)
	}
	return p, p.ID != "" && p.Kind != ""
}

// parseSchema returns the properties that can hold a value, in an order that
// does not change: by name, then by id; and the names of what it cannot read.
func parseSchema(raw map[string]json.RawMessage) (properties []property, strange []string) {
	for name, entry := range raw {
		switch p, ok := parseProperty(name, entry); {
		case !ok:
			strange = append(strange, name)
		case p.Kind != "button":
			properties = append(properties, p)
		}
	}
	slices.SortFunc(properties, func(a, b property) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	slices.Sort(strange)
	return properties, strange
}

// find returns the property of that id or name: exactly so, else folded.
func find(properties []property, nameOrID string) (property, bool) {
	if nameOrID == "" {
		return property{}, false
	}
	name, folded := norm.NFC.String(nameOrID), naming.Fold(nameOrID)
	for _, same := range []func(property) bool{
		func(p property) bool { return p.ID == nameOrID || p.Name == name },
		func(p property) bool { return naming.Fold(p.Name) == folded },
	} {
		if i := slices.IndexFunc(properties, same); i >= 0 {
			return properties[i], true
		}
	}
	return property{}, false
}

// dated reports whether values of the kind can be days.
func dated(kind string) bool {
	return slices.Contains([]string{"date", "formula", "rollup", "created_time", "last_edited_time"}, kind)
}

// derived reports whether values of the kind change without an edit of their page.
func derived(kind string) bool { return kind == "formula" || kind == "rollup" }

// typeOf returns the type of the column of an attribute. A formula's or a
// rollup's values may differ in type from page to page, so they are text.
func typeOf(kind string) leadlake.Type {
	switch kind {
	case "number":
		return leadlake.Number
	case "checkbox":
		return leadlake.Flag
	case "date", "created_time", "last_edited_time":
		return leadlake.Day
	case "multi_select", "people", "relation", "files":
		return leadlake.List
	default:
		return leadlake.Text
	}
}
