package app

import (
	"context"
	"errors"
	"os"

	"leadlake"
	"leadlake/internal/config"
	"leadlake/internal/journal"
)

// Runs returns the last syncs of the lake that c names, the newest first; limit
// 0 is all.
func Runs(ctx context.Context, c config.Config, limit int) (runs []leadlake.Run, err error) {
	l, err := openExisting(ctx, c)
	if err != nil || l == nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	return l.journal.Runs(ctx, journal.RunsQuery{Limit: limit})
}

// openExisting opens the lake that c names, and makes none where there is none:
// then it is nil.
func openExisting(ctx context.Context, c config.Config) (*lake, error) {
	if _, err := os.Stat(c.Lake); !isBucket(c.Lake) && errors.Is(err, os.ErrNotExist) {
		return nil, nil //nolint:nilnil // no lake is an answer
	}
	return openLake(ctx, c)
}

// Schema is what is known of a source's properties, and how they changed.
type Schema struct {
	Source     string
	Properties []leadlake.Property
	Drifts     []leadlake.Drift // the oldest first
}

// Schemas returns the schema of every source of the lake that c names.
func Schemas(ctx context.Context, c config.Config) (schemas []Schema, err error) {
	l, err := openExisting(ctx, c)
	if err != nil || l == nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	sources, err := l.journal.Sources(ctx)
	if err != nil {
		return nil, err
	}
	for _, source := range sources {
		s := Schema{Source: source}
		if s.Drifts, err = l.journal.Drifts(ctx, source); err != nil {
			return nil, err
		}
		s.Properties = journal.Fold(s.Drifts)
		schemas = append(schemas, s)
	}
	return schemas, nil
}
