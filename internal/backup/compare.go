package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"leadlake/internal/blob"
)

// mark is the content of the marker.
type mark struct {
	Lake string `json:"lake"`
}

// begin looks at the place, and refuses one that holds something else than
// backups of this lake.
func (w *writing) begin(ctx context.Context) error {
	w.there = map[string]int64{}
	stranger := ""
	for o, err := range w.to.List(ctx, "", "") {
		if err != nil {
			return fmt.Errorf("looking at the place: %w", err)
		}
		w.there[o.Name] = o.Size
		if !strings.HasPrefix(o.Name, LeaseFolder+"/") && stranger == "" {
			stranger = o.Name
		}
	}
	data, err := w.to.Get(ctx, Marker)
	var m mark
	switch {
	case errors.Is(err, blob.ErrNotExist) && stranger != "":
		return fmt.Errorf("%w: %q", ErrOther, path.Clean(stranger))
	case errors.Is(err, blob.ErrNotExist):
		return w.claim(ctx)
	case err != nil:
		return fmt.Errorf("looking at the place: %w", err)
	case json.Unmarshal(data, &m) != nil:
		return fmt.Errorf("%w: %s", ErrDamaged, Marker)
	case m.Lake != w.plan.Lake:
		return ErrOtherLake
	}
	return w.compare(ctx)
}

func (w *writing) claim(ctx context.Context) error {
	if w.options.DryRun {
		return nil
	}
	content, err := json.Marshal(mark{w.plan.Lake})
	if err == nil {
		err = w.to.Create(ctx, Marker, bytes.NewReader(content))
	}
	if err != nil {
		return fmt.Errorf("beginning in a new place: %w", err)
	}
	return nil
}

// compare refuses a place whose tables went another way than the lake's since
// the newest backup: somebody has written to it, or the lake was put back.
func (w *writing) compare(ctx context.Context) error {
	last, err := Read(ctx, w.to, "")
	if errors.Is(err, ErrNoBackup) {
		return w.compareLogs()
	}
	if err != nil {
		return err
	}
	for _, o := range last.Objects {
		w.earlier[o.Name] = o
	}
	for _, t := range last.Tables {
		now := slices.IndexFunc(w.plan.Tables, func(p Table) bool { return p.Folder == t.Folder })
		if now < 0 || w.plan.Tables[now].ID != t.ID || w.plan.Tables[now].Version < t.Version {
			return fmt.Errorf("%w of %s", ErrDiverged, t.Folder)
		}
		name := commitName(t.Folder, t.Version)
		content, err := w.from.Get(ctx, name)
		if errors.Is(err, blob.ErrNotExist) {
			continue // cleaned up since
		}
		if err != nil {
			return fmt.Errorf("comparing %s: %w", name, err)
		}
		if known, ok := w.earlier[name]; ok && known.SHA256 != sumOf(content) {
			return fmt.Errorf("%w of %s", ErrDiverged, t.Folder)
		}
	}
	return w.compareLogs()
}

// compareLogs refuses a place with versions that the lake does not have yet.
func (w *writing) compareLogs() error {
	for _, t := range w.plan.Tables {
		if _, beyond := w.there[commitName(t.Folder, t.Version+1)]; beyond {
			return fmt.Errorf("%w of %s", ErrDiverged, t.Folder)
		}
	}
	return nil
}

// commitName returns the name of the commit of a version.
func commitName(folder string, version int64) string {
	return fmt.Sprintf("%s/_delta_log/%020d.json", folder, version)
}
