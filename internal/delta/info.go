package delta

import (
	"context"
	"errors"
	"fmt"

	"leadlake/internal/blob"
)

// Info returns what the commit of a version says of itself, nothing where it
// does not, and ErrNoVersion where the log has no commit of that version (any
// more).
func (t *Table) Info(ctx context.Context, version int64) (CommitInfo, error) {
	c, err := t.log.read(ctx, version)
	switch {
	case errors.Is(err, blob.ErrNotExist):
		return CommitInfo{}, fmt.Errorf("%w: %w", ErrNoVersion, err)
	case err != nil || c.Info == nil:
		return CommitInfo{}, err
	}
	return *c.Info, nil
}
