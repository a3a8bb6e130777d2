package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"leadlake"
	"leadlake/internal/blob"
	"leadlake/internal/blob/gcs"
	"leadlake/internal/blob/local"
	"leadlake/internal/config"
)

// LakeFormat is the newest format of a lake that this program knows. It grows
// when an older program would take a lake for what it is not; the program that
// makes such a lake writes the number into formatFile first, with Create. A lake
// without the file is of format 1.
const LakeFormat = 1

// formatFile is where a lake says its format.
const formatFile = stateFolder + "/format.json"

// checkFormat refuses a lake that a newer program has made.
func checkFormat(ctx context.Context, b blob.Bucket, place string) error {
	data, err := b.Get(ctx, formatFile)
	switch {
	case errors.Is(err, blob.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("looking for the format of the lake: %w", err)
	}
	var said struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(data, &said); err != nil || said.Format < 1 {
		return leadlake.Errorf(leadlake.Invalid,
			"The lake %s does not say its format in a way that this Leadlake understands (%s). Nothing was changed.", place, formatFile)
	}
	if said.Format > LakeFormat {
		return leadlake.Errorf(leadlake.Conflict,
			"The lake %s was made by a newer Leadlake: its format is %d, and this one knows %d. Install the newer one; nothing was changed.", place, said.Format, LakeFormat)
	}
	return nil
}

// checkFormat refuses a table in a lake that a newer program has made.
func (t *Table) checkFormat(ctx context.Context, c config.Config) (err error) {
	place, name := filepath.Split(strings.TrimSuffix(t.dir, "/"))
	if !slices.Contains(ourFolders(), name) {
		return nil
	}
	var around interface {
		blob.Bucket
		Close() error
	}
	if isBucket(t.dir) {
		around, err = openBucket(ctx, c, strings.TrimSuffix(place, "/"), gcs.Options{ReadOnly: true})
	} else {
		around, err = local.OpenReadOnly(filepath.Clean(place))
	}
	if err != nil {
		return err
	}
	return errors.Join(checkFormat(ctx, around, strings.TrimSuffix(place, "/")), around.Close())
}
