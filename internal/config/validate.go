package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"leadlake"
)

// problems returns a sentence per broken setting, leaving out the settings
// that are already known to be broken.
func (c Config) problems(known map[string]bool) []error {
	var errs []error
	check := func(name string, err error) {
		if err != nil && !known[name] {
			errs = append(errs, about(name, err))
		}
	}
	for _, st := range settings() {
		check(st.name, st.valid(c))
	}
	if checkAddr(c.Addr) == nil && !c.Loopback() && !c.Insecure {
		check("LEADLAKE_ADDR", fmt.Errorf("other machines could reach %s, and there are no accounts yet: "+
			"listen on 127.0.0.1, or add --insecure if everyone in reach may see the leads", c.Addr))
	}
	if checkAddr(c.MetricsAddr) == nil && !isLoopback(c.MetricsAddr) && !c.Insecure {
		check("LEADLAKE_METRICS_ADDR", fmt.Errorf("other machines could reach %s: listen on 127.0.0.1, "+
			"or add --insecure if everyone in reach may see how the program does", c.MetricsAddr))
	}
	return append(errs, slices.Concat(c.pairProblems(), c.mappingProblems())...)
}

// pairProblems checks that the two settings which make a Notion come together.
func (c Config) pairProblems() []error {
	switch {
	case c.NotionToken != "" && c.DatabaseID == "":
		return []error{errors.New("NOTION_TOKEN is set but DATABASE_ID is not: set it to the id or link of the Notion database with the leads")}
	case c.NotionToken == "" && c.DatabaseID != "":
		return []error{errors.New("DATABASE_ID is set but NOTION_TOKEN is not: set it, in .env or in the environment, to the secret of a Notion integration that may read the database")}
	case strings.ContainsFunc(c.NotionToken.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }):
		return []error{errors.New("NOTION_TOKEN holds a character that no token has: copy it again, without spaces or quotes")}
	}
	return nil
}

func (c Config) mappingProblems() []error {
	var errs []error
	known := make([]string, 0, len(leadlake.Events()))
	for _, e := range leadlake.Events() {
		known = append(known, string(e))
	}
	events := make(map[string]string, len(c.Events))
	for e, property := range c.Events {
		events[string(e)] = property
	}
	used := map[string]string{} // property → the name that has it
	for _, m := range []struct {
		section string
		known   []string
		entries map[string]string
	}{{"events", known, events}, {"fields", fieldNames(), c.Fields}} {
		for _, name := range sortedKeys(m.entries) {
			full, property := m.section+"."+name, m.entries[name]
			switch other, taken := used[property]; {
			case !slices.Contains(m.known, name):
				errs = append(errs, fmt.Errorf("%s is not one of %s%s", full, strings.Join(m.known, ", "), suggestion(name, m.known)))
			case strings.TrimSpace(property) == "":
				errs = append(errs, fmt.Errorf("%s is empty: write the name of a Notion property, or leave the line out", full))
			case taken:
				errs = append(errs, fmt.Errorf("%s and %s both name the property %q: give each its own", other, full, property))
			}
			used[property] = full
		}
	}
	return errs
}

// fieldNames returns the columns beside the events that leadlake.yaml can map.
func fieldNames() []string {
	return []string{leadlake.ColumnNom, leadlake.ColumnEmail, leadlake.ColumnTelephone, leadlake.ColumnStatut}
}

// about puts the name of the setting before every sentence in err.
func about(name string, err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var errs []error
		for _, e := range joined.Unwrap() {
			errs = append(errs, about(name, e))
		}
		return errors.Join(errs...)
	}
	return fmt.Errorf("%s: %w", name, err)
}
