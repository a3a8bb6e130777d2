package app

import (
	"context"
	"fmt"
	"time"

	"leadlake/internal/delta"
)

// TableVersion is one version in the history of a table.
type TableVersion struct {
	Version     int64          `json:"version"`
	CommittedAt time.Time      `json:"committed_at,omitzero"`
	Operation   string         `json:"operation"`
	Parameters  map[string]any `json:"parameters"`
	Engine      string         `json:"engine"`  // who committed it
	Added       int            `json:"added"`   // data files
	Removed     int            `json:"removed"` // data files
	Files       int            `json:"files"`   // live ones, after it
	Bytes       int64          `json:"bytes"`   // of the live files
	Rows        *int64         `json:"rows"`    // after it; nil where a file does not say
}

// History returns the newest versions that can still be read, the newest first:
// all of them if limit is 0.
func (t *Table) History(ctx context.Context, limit int) ([]TableVersion, error) {
	entries, err := t.delta.History(ctx, limit)
	if err != nil {
		return nil, t.refusal(err)
	}
	versions := make([]TableVersion, len(entries))
	for i, e := range entries {
		versions[i] = TableVersion{
			Version: e.Version, CommittedAt: e.CommittedAt, Operation: e.Info.Operation, Parameters: e.Info.OperationParameters,
			Engine: e.Info.EngineInfo, Added: e.Added, Removed: e.Removed, Files: e.Files, Bytes: e.Bytes, Rows: e.Rows,
		}
		if versions[i].Parameters == nil {
			versions[i].Parameters = map[string]any{}
		}
	}
	return versions, nil
}

// Restored is what a restore has done, or would do.
type Restored struct {
	From    int64 `json:"from"`    // the newest version before
	To      int64 `json:"to"`      // whose rows the table has now
	Version int64 `json:"version"` // the newest version now
	Added   int   `json:"added"`   // data files
	Removed int   `json:"removed"` // data files
	DryRun  bool  `json:"dry_run"`
}

// Restore makes the table what it was, in a new version.
func (t *Table) Restore(ctx context.Context, m Moment, dryRun bool) (Restored, error) {
	to, err := t.at(ctx, m)
	if err != nil {
		return Restored{}, t.unchanged(err)
	}
	now, err := t.delta.Latest(ctx)
	if err != nil {
		return Restored{}, t.unchanged(err)
	}
	done := Restored{From: now.Version(), To: to.Version(), Version: now.Version(), DryRun: dryRun}
	for range to.Beside(now).Files() {
		done.Added++
	}
	for range now.Beside(to).Files() {
		done.Removed++
	}
	if dryRun {
		return done, nil
	}
	result, err := t.delta.Restore(ctx, to.Version())
	if err != nil {
		return Restored{}, t.unchanged(err)
	}
	done.Version = result.Version
	_, err = t.delta.Maintain(ctx)
	return done, t.unchanged(err)
}

// Optimized is what an optimize has done, or would do.
type Optimized struct {
	Version     int64 `json:"version"` // the newest now
	FilesBefore int   `json:"files_before"`
	FilesAfter  int   `json:"files_after"` // the rewritten files' new ones
	BytesBefore int64 `json:"bytes_before"`
	BytesAfter  int64 `json:"bytes_after"` // 0 where nothing was done
	DryRun      bool  `json:"dry_run"`
}

// Optimize makes large files of small ones, ordered by a column if one is
// named. targetMB is the size of a new file in MiB, 0 for what the table asks for.
func (t *Table) Optimize(ctx context.Context, orderBy string, targetMB int64, dryRun bool) (Optimized, error) {
	done, err := t.delta.Optimize(ctx, delta.OptimizeOptions{OrderBy: orderBy, TargetBytes: targetMB << 20, DryRun: dryRun})
	if err == nil && !dryRun {
		_, err = t.delta.Maintain(ctx)
	}
	if err != nil {
		return Optimized{}, t.unchanged(err)
	}
	return Optimized{
		Version: done.Version, FilesBefore: done.FilesBefore, FilesAfter: done.FilesNew,
		BytesBefore: done.BytesBefore, BytesAfter: done.BytesNew, DryRun: dryRun,
	}, nil
}

// Vacuumed is what a vacuum has deleted, or would delete.
type Vacuumed struct {
	Files  int      `json:"files"`
	Bytes  int64    `json:"bytes"`
	Names  []string `json:"names"`
	DryRun bool     `json:"dry_run"`
}

// Vacuum deletes data files that no version within the retention needs; 0 is
// the table's own retention.
func (t *Table) Vacuum(ctx context.Context, retention time.Duration, force, dryRun bool) (Vacuumed, error) {
	idle, err := t.delta.Vacuum(ctx, delta.VacuumOptions{Retention: retention, Insist: force, Delete: !dryRun})
	if err != nil {
		return Vacuumed{}, t.unchanged(err)
	}
	done := Vacuumed{Files: len(idle), Names: []string{}, DryRun: dryRun}
	for _, o := range idle {
		done.Bytes += o.Size
		done.Names = append(done.Names, o.Name)
	}
	return done, nil
}

// Finding is something that is wrong with a table.
type Finding struct {
	Name       string `json:"name"` // of the file, in the table's folder
	Problem    string `json:"problem"`
	Repairable bool   `json:"repairable"` // without losing anything
}

// Verified is what a verify has found.
type Verified struct {
	Version  int64     `json:"version"`
	Objects  int       `json:"objects"` // that were looked at
	Findings []Finding `json:"findings"`
	Repaired int       `json:"repaired"`
}

func (t *Table) verify(ctx context.Context, looked func(done int, name string)) (Verified, []delta.Finding, error) {
	v := Verified{Findings: []Finding{}}
	findings, err := t.delta.Verify(ctx, func(name string) {
		v.Objects++
		looked(v.Objects, name)
	})
	if err != nil {
		return v, nil, t.refusal(err)
	}
	at, err := t.delta.Latest(ctx)
	if err != nil {
		return v, nil, t.refusal(err)
	}
	v.Version = at.Version()
	for _, f := range findings {
		v.Findings = append(v.Findings, Finding{Name: f.Name, Problem: f.Problem, Repairable: f.Repair})
	}
	return v, findings, nil
}

// Verify reads everything that the newest version rests on and, if it is told
// to, mends what can be mended without losing anything. looked hears of each
// file.
func (t *Table) Verify(ctx context.Context, repair bool, looked func(done int, name string)) (Verified, error) {
	v, findings, err := t.verify(ctx, looked)
	if err != nil || !repair || len(findings) == 0 {
		return v, err
	}
	if err := t.delta.Repair(ctx, findings); err != nil {
		return v, t.unchanged(fmt.Errorf("repairing: %w", err))
	}
	again, _, err := t.verify(ctx, looked)
	again.Repaired = len(v.Findings) - len(again.Findings)
	return again, err
}
