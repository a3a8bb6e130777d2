package backup

import (
	"context"
	"fmt"
	"strings"

	"leadlake/internal/blob"
)

// Prune forgets all backups but the newest so many, and deletes what no other
// one needs. It returns how many it forgot. The caller is the only one who
// writes to the place.
func Prune(ctx context.Context, place blob.Bucket, keep int) (int, error) {
	names, err := List(ctx, place)
	if err != nil || len(names) <= keep {
		return 0, err
	}
	old := names[:len(names)-keep]
	kept, err := neededBy(ctx, place, names[len(old):])
	if err != nil {
		return 0, err // nothing is deleted beside a backup that cannot be read
	}
	for _, name := range old {
		if err := place.Delete(ctx, manifests+name+".json"); err != nil {
			return 0, fmt.Errorf("forgetting the backup %s: %w", name, err)
		}
	}
	for o, err := range place.List(ctx, "", "") {
		if err == nil && !kept[o.Name] && !strings.HasPrefix(o.Name, Folder+"/") {
			err = place.Delete(ctx, o.Name)
		}
		if err != nil {
			return 0, fmt.Errorf("deleting what no backup needs: %w", err)
		}
	}
	return len(old), nil
}

// neededBy returns the names of the objects of some backups.
func neededBy(ctx context.Context, place blob.Bucket, names []string) (map[string]bool, error) {
	needed := map[string]bool{}
	for _, name := range names {
		m, err := Read(ctx, place, name)
		if err != nil {
			return nil, err
		}
		for _, o := range m.Objects {
			needed[o.Name] = true
		}
	}
	return needed, nil
}
