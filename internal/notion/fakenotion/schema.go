package fakenotion

import (
	"fmt"
	"slices"
)

// schema returns the property as a data source shows it.
func (p Property) schema() map[string]any {
	config := map[string]any{}
	if slices.Contains([]string{"select", "multi_select", "status"}, p.Type) {
		options := []map[string]string{}
		for _, name := range p.Options {
			options = append(options, p.option(name))
		}
		config["options"] = options
	}
	switch p.Type {
	case "status":
		config["groups"] = []any{}
	case "number":
		config["format"] = "number"
	case "rollup":
		config["relation_property_id"], config["function"] = p.Relation, "show_original"
	}
	return map[string]any{"id": p.ID, "name": p.Name, "description": nil, "type": p.Type, p.Type: config}
}

// option returns an option as the API shows it. Its id stays when it is renamed.
func (p Property) option(name string) map[string]string {
	id, renamed := p.optionIDs[name]
	if !renamed {
		id = fmt.Sprintf("%08x", sum(name))
	}
	return map[string]string{"id": id, "name": name, "color": "default"}
}

// AddProperty adds a property; every page has it empty.
func (d *DataSource) AddProperty(p Property) {
	d.database.server.mu.Lock()
	defer d.database.server.mu.Unlock()
	d.addProperty(p)
}

// Rename gives a property another name and leaves its id.
func (d *DataSource) Rename(from, to string) error {
	return d.alter(from, func(p *Property, _ int) { p.Name = to })
}

// Conceal hides a property, as when it is deleted, or when the database that a
// relation leads to is not shared; or shows it again. Its values stay.
func (d *DataSource) Conceal(name string, concealed bool) error {
	return d.alter(name, func(p *Property, _ int) { p.concealed = concealed })
}

// Retype gives a property another type and leaves its id. convert makes the new
// values of the old ones; nil leaves them as they are.
func (d *DataSource) Retype(name, kind string, convert func(Value) Value) error {
	return d.alter(name, func(p *Property, i int) {
		p.Type = kind
		if convert != nil {
			d.revalue(i, convert)
		}
	})
}

// RenameOption gives an option another name and leaves its id. No page counts
// as edited, and all show the new name.
func (d *DataSource) RenameOption(property, from, to string) error {
	return d.alter(property, func(p *Property, i int) {
		ids := map[string]string{to: p.option(from)["id"]}
		for name, id := range p.optionIDs {
			if name != from {
				ids[name] = id
			}
		}
		p.optionIDs = ids
		p.Options = replaced(p.Options, from, to)
		d.revalue(i, func(v Value) Value {
			switch v := v.(type) {
			case string:
				if v == from {
					return to
				}
			case []string:
				return replaced(v, from, to)
			}
			return v
		})
	})
}

// DeleteOption removes an option from the schema and from every page, none of
// which counts as edited.
func (d *DataSource) DeleteOption(property, name string) error {
	is := func(other string) bool { return other == name }
	return d.alter(property, func(p *Property, i int) {
		p.Options = slices.DeleteFunc(slices.Clone(p.Options), is)
		d.revalue(i, func(v Value) Value {
			switch v := v.(type) {
			case string:
				if v == name {
					return nil
				}
			case []string:
				return slices.DeleteFunc(slices.Clone(v), is)
			}
			return v
		})
	})
}

func (d *DataSource) alter(name string, change func(p *Property, position int)) error {
	d.database.server.mu.Lock()
	defer d.database.server.mu.Unlock()
	i, err := d.anyPosition(name)
	if err != nil {
		return err
	}
	change(&d.properties[i], i)
	return nil
}

// revalue changes the values of one property without an edit.
func (d *DataSource) revalue(position int, change func(Value) Value) {
	for _, p := range d.byCreated {
		if position < len(p.values) {
			p.values[position] = change(p.values[position])
		}
	}
}

func replaced(list []string, from, to string) []string {
	list = slices.Clone(list)
	for i := range list {
		if list[i] == from {
			list[i] = to
		}
	}
	return list
}
