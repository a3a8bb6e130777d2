package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"leadlake/internal/blob"
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
		return nil, fmt.Errorf("reading who is missing: %w", err)
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
	if err != nil {
		return fmt.Errorf("writing down who is missing: %w", err)
	}
	return nil
}
