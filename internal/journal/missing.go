package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"leadlake/internal/blob"
	"leadlake/internal/leadtable"
)

// missingName is the object that says which leads of a source were not to be
// found, and since when.
func missingName(source string) string {
	return "_app/missing/" + strings.NewReplacer(":", "-", "/", "-").Replace(source) + ".json"
}

// Missing returns the leads of source that the last sweep could not find, and
// when a sweep first could not.
func (j *Journal) Missing(ctx context.Context, source string) (map[string]time.Time, error) {
	missing := map[string]time.Time{}
	data, err := j.bucket.Get(ctx, missingName(source))
	switch {
	case errors.Is(err, blob.ErrNotExist):
		return missing, nil
	case err != nil:
		return nil, leadtable.Explain("reading who is missing", err)
	}
	if broken := json.Unmarshal(data, &missing); broken != nil {
		clear(missing) // all begin to be missing anew
	}
	return missing, nil
}

// SetMissing replaces what Missing returns.
func (j *Journal) SetMissing(ctx context.Context, source string, missing map[string]time.Time) error {
	data, err := json.Marshal(missing)
	if err == nil {
		err = j.bucket.Put(ctx, missingName(source), bytes.NewReader(data))
	}
	return leadtable.Explain("writing down who is missing", err)
}
