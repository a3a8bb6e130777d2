package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"leadlake"
)

// schemaColumns are one change of a property, and what it is since.
func schemaColumns() []leadlake.Column {
	return []leadlake.Column{
		{Name: "seen_at", Type: leadlake.Instant},
		{Name: "source", Type: leadlake.Text},
		{Name: "change", Type: leadlake.Text},
		{Name: "was", Type: leadlake.Text},
		{Name: "became", Type: leadlake.Text},
		{Name: "property_id", Type: leadlake.Text},
		{Name: "label", Type: leadlake.Text},
		{Name: "kind", Type: leadlake.Text},
		{Name: "column_name", Type: leadlake.Text},
		{Name: "type", Type: leadlake.Text},
		{Name: "options", Type: leadlake.Text}, // JSON
		{Name: "first_seen", Type: leadlake.Instant},
		{Name: "removed_at", Type: leadlake.Instant},
	}
}

// AddDrifts records how the schema of source has changed.
func (j *Journal) AddDrifts(ctx context.Context, source string, drifts []leadlake.Drift) error {
	if len(drifts) == 0 {
		return nil
	}
	last, err := j.lastDrift(ctx, source)
	if err != nil {
		return err
	}
	records := make([]record, len(drifts))
	for i, d := range drifts {
		if !d.At.After(last) { // what holds is what came last, so no two may come at once
			d.At = last.Add(time.Microsecond)
		}
		options, err := json.Marshal(d.Property.Options)
		if err != nil {
			return fmt.Errorf("recording a schema: %w", err)
		}
		records[i] = record{
			"seen_at": d.At.UTC().Truncate(time.Microsecond), "source": source, "change": string(d.Kind), "was": orNull(d.Was), "became": orNull(d.Is),
			"property_id": d.Property.ID, "label": d.Property.Label, "kind": d.Property.Kind,
			"column_name": d.Property.Column, "type": string(d.Property.Type), "options": string(options),
			"first_seen": instant(d.Property.FirstSeen), "removed_at": instant(d.Property.RemovedAt),
		}
	}
	return j.schema.append(ctx, records...)
}

// lastDrift returns when the schema of source last changed; the zero time where
// it never did.
func (j *Journal) lastDrift(ctx context.Context, source string) (time.Time, error) {
	var last time.Time
	for row, err := range j.schema.rows(ctx, "SELECT max(seen_at) FROM leads WHERE source = ?", source) {
		if err != nil {
			return last, err
		}
		last, _ = row[0].(time.Time)
	}
	return last, nil
}

func orNull(s string) leadlake.Value {
	if s == "" {
		return nil
	}
	return s
}

func instant(t time.Time) leadlake.Value {
	if t.IsZero() {
		return nil
	}
	return t.UTC()
}

// The rows of one moment have the order of their file, which is that of the
// append.
const schemaSQL = `SELECT seen_at, change, was, became, property_id, label, kind, column_name, type, options, first_seen, removed_at
FROM leads WHERE source = ? ORDER BY seen_at`

// Drifts returns how the schema of source has changed, the oldest change first.
func (j *Journal) Drifts(ctx context.Context, source string) ([]leadlake.Drift, error) {
	var drifts []leadlake.Drift
	for row, err := range j.schema.rows(ctx, schemaSQL, source) {
		if err != nil {
			return nil, err
		}
		d, err := driftOf(row)
		if err != nil {
			return nil, err
		}
		drifts = append(drifts, d)
	}
	return drifts, nil
}

func driftOf(row []any) (leadlake.Drift, error) {
	text := func(i int) string { s, _ := row[i].(string); return s }
	at := func(i int) time.Time { t, _ := row[i].(time.Time); return t }
	d := leadlake.Drift{
		At: at(0), Kind: leadlake.DriftKind(text(1)), Was: text(2), Is: text(3),
		Property: leadlake.Property{
			ID: text(4), Label: text(5), Kind: text(6), Column: text(7), Type: leadlake.Type(text(8)),
			FirstSeen: at(10), RemovedAt: at(11),
		},
	}
	if err := json.Unmarshal([]byte(text(9)), &d.Property.Options); err != nil {
		return d, fmt.Errorf("reading the options of property %s: %w", d.Property.ID, err)
	}
	return d, nil
}

// Schema returns what is known of every property that source ever had, in the
// order in which they came.
func (j *Journal) Schema(ctx context.Context, source string) ([]leadlake.Property, error) {
	drifts, err := j.Drifts(ctx, source)
	return Fold(drifts), err
}

// Fold returns what properties are after all drifts.
func Fold(drifts []leadlake.Drift) []leadlake.Property {
	var properties []leadlake.Property
	for _, d := range drifts {
		i := slices.IndexFunc(properties, func(p leadlake.Property) bool { return p.ID == d.Property.ID })
		if i < 0 {
			properties = append(properties, d.Property)
		} else {
			properties[i] = d.Property.Following(properties[i])
		}
	}
	return properties
}

// Sources returns the sources of which a schema is known, in order.
func (j *Journal) Sources(ctx context.Context) ([]string, error) {
	var sources []string
	for row, err := range j.schema.rows(ctx, "SELECT DISTINCT source FROM leads ORDER BY source") {
		if err != nil {
			return nil, err
		}
		source, _ := row[0].(string)
		sources = append(sources, source)
	}
	return sources, nil
}
