package leadtable

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"leadlake"
)

// knownSQL asks for what a sweep compares with the source's list. Leads of an
// adopted table are those of the database that is synced: they are swept, too.
const knownSQL = "SELECT id, _state FROM leads WHERE _source = ? OR _source = '" + leadlake.SourceAdopted + "'"

// Known yields the id and the state of every lead of source that the newest
// version holds, in no order. It ends at the first error.
func (t *Table) Known(ctx context.Context, source string) iter.Seq2[leadlake.Lead, error] {
	return func(yield func(leadlake.Lead, error) bool) {
		snap, err := t.Latest(ctx)
		if err != nil {
			yield(leadlake.Lead{}, err)
			return
		}
		for row, err := range t.engine.Query(ctx, snap, knownSQL, source) {
			if err != nil {
				yield(leadlake.Lead{}, Explain("reading which leads there are", err))
				return
			}
			id, _ := row[0].(string)
			if !yield(leadlake.Lead{ID: id, Values: map[string]leadlake.Value{leadlake.ColumnState: row[1]}}, nil) {
				return
			}
		}
	}
}

// Leads returns what the newest version holds of the leads ids, in their order;
// those that it does not hold are left out.
func (t *Table) Leads(ctx context.Context, ids []string) ([]leadlake.Lead, error) {
	snap, err := t.Latest(ctx)
	if err != nil {
		return nil, err
	}
	wanted := make([]leadlake.Lead, len(ids))
	for i, id := range ids {
		wanted[i].ID = id
	}
	found, err := t.engine.Lookup(ctx, snap, wanted)
	if err != nil {
		return nil, Explain("reading leads", err)
	}
	var leads []leadlake.Lead
	for _, id := range ids {
		if rows := found[id]; len(rows) > 0 {
			leads = append(leads, rows[0].Lead)
		}
	}
	return leads, nil
}

// mostSamples is how many samples a dry run gives.
const mostSamples = 5

// samples says of the first few leads what would become of them.
func (m merged) samples(stored map[string][]leadlake.Stored) []leadlake.Sample {
	var samples []leadlake.Sample
	for _, lead := range m.leads[:min(len(m.leads), mostSamples)] {
		sample := leadlake.Sample{ID: lead.ID}
		if rows := stored[lead.ID]; len(rows) > 0 {
			for column, value := range lead.Values {
				if !leadlake.SameValue(rows[0].Lead.Values[column], value) {
					sample.Columns = append(sample.Columns, column)
				}
			}
			slices.SortFunc(sample.Columns, cmp.Compare[string])
		}
		samples = append(samples, sample)
	}
	return samples
}
