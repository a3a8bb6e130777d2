package delta

import "context"

// Info returns what the commit of a version says of itself, nothing where it
// does not; blob.ErrNotExist where the log has no commit of that version (any
// more).
func (t *Table) Info(ctx context.Context, version int64) (CommitInfo, error) {
	c, err := t.log.read(ctx, version)
	if err != nil || c.Info == nil {
		return CommitInfo{}, err
	}
	return *c.Info, nil
}
