package leadtable

import (
	"context"

	"leadlake/internal/delta"
)

// keptFor is how long every version can be read, and how long what leads were
// stays on the disk.
const (
	keptFor  = "interval 30 days"
	keptDays = 30
)

// Maintain keeps the table quick to open and small, where that is due: it
// writes a checkpoint, and deletes commits and data files that no version of
// the last 30 days needs. It disturbs neither readers nor writers.
func (t *Table) Maintain(ctx context.Context) error {
	cleaned, err := t.log.Maintain(ctx)
	if err != nil || !cleaned {
		return Explain("keeping the table of leads in order", err)
	}
	_, err = t.log.Vacuum(ctx, delta.VacuumOptions{Delete: true})
	return Explain("keeping the table of leads in order", err)
}

// Uncheckpointed returns how many commits have to be read to open the table.
func (t *Table) Uncheckpointed(ctx context.Context) (int64, error) {
	n, err := t.log.Uncheckpointed(ctx)
	return n, Explain("looking at the table of leads", err)
}
