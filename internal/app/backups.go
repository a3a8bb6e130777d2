package app

import (
	"context"
	"errors"

	"leadlake/internal/backup"
	"leadlake/internal/config"
)

// CheckBackup reads a backup of a place again and returns what is not as it
// was; the newest if name is "".
func CheckBackup(ctx context.Context, c config.Config, address, name string, progress func(backup.Progress)) (m backup.Manifest, findings []backup.Finding, err error) {
	p, err := openPlace(ctx, c, address, true)
	if err != nil {
		return m, nil, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	if m, err = backup.Read(ctx, p, name); err != nil {
		return m, nil, p.explain(err)
	}
	findings, err = backup.Verify(ctx, p, m, progressOr(progress))
	return m, findings, p.explain(err)
}

// Backups returns the backups of a place, the newest first.
func Backups(ctx context.Context, c config.Config, address string) (list []backup.Manifest, err error) {
	p, err := openPlace(ctx, c, address, true)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	names, err := backup.List(ctx, p)
	if err == nil && len(names) == 0 {
		err = backup.ErrNoBackup
	}
	if err != nil {
		return nil, p.explain(err)
	}
	for i := range names {
		m, err := backup.Read(ctx, p, names[len(names)-1-i])
		if err != nil {
			return nil, p.explain(err)
		}
		list = append(list, m)
	}
	return list, nil
}
