package deltatest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"leadlake/internal/blob"
	"leadlake/internal/delta"
)

// Audit compares the table in bucket with what ledger says. It reads the log
// with a replay of its own, and takes every operation as if it had run alone,
// in the order of the log. It returns an error where
//   - the versions have a gap, or a commit that is not whole;
//   - an acknowledged operation is not in its version, one that was refused is
//     somewhere, or any is there twice; an append lost without need;
//   - the rows of a version are not those that the operations up to it make:
//     one was lost, came twice, came back, or was computed from what is no
//     longer true;
//   - a file of any version is missing;
//   - a version, opened anew or held since long ago, has other files than the
//     log says.
func Audit(ctx context.Context, bucket blob.Bucket, ledger *Ledger) error {
	a := auditor{bucket: bucket, ledger: ledger, cache: map[string]Rows{}, live: map[string]bool{}, model: Rows{}, txns: map[string]int64{}, where: map[string]int64{}, described: map[int64]bool{}}
	return errors.Join(ledger.violations(), a.readLog(ctx), a.checkOutcomes(), a.checkSnapshots(ctx))
}

type auditor struct {
	bucket blob.Bucket
	ledger *Ledger
	cache  map[string]Rows // of every file that was live once

	// As of the version that is replayed.
	live  map[string]bool
	model Rows // what the operations make
	txns  map[string]int64
	note  string

	versions  [][]string       // the live files of every version, sorted
	where     map[string]int64 // the version of every attempt
	described map[int64]bool   // versions that change the metadata
}

// action is as much of a line of the log as the audit needs.
type action struct {
	CommitInfo *struct {
		OperationParameters map[string]string
	}
	Add, Remove *struct {
		Path       string
		DataChange bool
	}
	MetaData *struct {
		Configuration map[string]string
	}
	Txn *struct {
		AppID   string
		Version int64
	}
}

func (a *auditor) readLog(ctx context.Context) error {
	for o, err := range a.bucket.List(ctx, path.Join(Folder, "_delta_log")+"/", "") {
		if err != nil {
			return err
		}
		if !strings.HasSuffix(o.Name, ".json") || len(path.Base(o.Name)) != len("00000000000000000000.json") {
			continue
		}
		version := int64(len(a.versions))
		if want := fmt.Sprintf("%020d.json", version); path.Base(o.Name) != want {
			return fmt.Errorf("the log has %s where %s should be", path.Base(o.Name), want)
		}
		data, err := a.bucket.Get(ctx, o.Name)
		if err != nil {
			return err
		}
		if err := a.replay(ctx, version, data); err != nil {
			return fmt.Errorf("version %d: %w", version, err)
		}
	}
	return nil
}

// replay takes one commit, line by line, and compares the rows behind it.
func (a *auditor) replay(ctx context.Context, version int64, data []byte) error {
	if !strings.HasSuffix(string(data), "}\n") {
		return errors.New("the commit is cut off")
	}
	for line := range strings.Lines(string(data)) {
		var l action
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			return err
		}
		if err := a.take(ctx, version, l); err != nil {
			return err
		}
	}
	a.versions = append(a.versions, slices.Sorted(maps.Keys(a.live)))
	return a.compareRows()
}

func (a *auditor) take(ctx context.Context, version int64, l action) error {
	switch {
	case l.CommitInfo != nil && version > 0:
		return a.apply(version, l.CommitInfo.OperationParameters["attempt"])
	case l.Remove != nil:
		return a.remove(l.Remove.Path)
	case l.Add != nil:
		return a.add(ctx, l.Add.Path)
	case l.MetaData != nil:
		a.note, a.described[version] = l.MetaData.Configuration["note"], true
	case l.Txn != nil:
		if last, said := a.txns[l.Txn.AppID]; said && last >= l.Txn.Version {
			return fmt.Errorf("application %s commits %d after %d", l.Txn.AppID, l.Txn.Version, last)
		}
		a.txns[l.Txn.AppID] = l.Txn.Version
	}
	return nil
}

func (a *auditor) remove(uri string) error {
	name, err := url.PathUnescape(uri)
	if err != nil || !a.live[name] {
		return fmt.Errorf("it removes %s, which is not live", uri)
	}
	delete(a.live, name)
	return nil
}

// add also reads the file.
func (a *auditor) add(ctx context.Context, uri string) error {
	name, err := url.PathUnescape(uri)
	if err != nil || a.live[name] {
		return fmt.Errorf("it adds %s, which is live", uri)
	}
	a.live[name] = true
	if a.cache[name] != nil {
		return nil
	}
	data, err := a.bucket.Get(ctx, path.Join(Folder, name))
	if err != nil {
		return fmt.Errorf("reading a file of the table: %w", err)
	}
	a.cache[name], err = parseRows(data)
	return err
}

// apply makes the attempt's effect true in the model.
func (a *auditor) apply(version int64, id string) error {
	attempt, known := a.ledger.attempts[id]
	if !known {
		return fmt.Errorf("it holds %q, which nobody has tried", id)
	}
	if first, twice := a.where[id]; twice {
		return fmt.Errorf("it holds %s, as does version %d", id, first)
	}
	a.where[id] = version
	if attempt.effect != nil {
		attempt.effect(a.model)
	}
	return nil
}

func (a *auditor) compareRows() error {
	rows := 0
	for name := range a.live {
		for key, value := range a.cache[name] {
			if want, there := a.model[key]; !there || want != value {
				return fmt.Errorf("%s holds %s=%s, and should hold %q (%v)", name, key, value, want, there)
			}
			rows++
		}
	}
	if rows != len(a.model) {
		return fmt.Errorf("it holds %d rows, and should hold %d", rows, len(a.model))
	}
	return nil
}

// checkOutcomes compares what clients were told with what the log says.
func (a *auditor) checkOutcomes() error {
	var errs []error
	for id, attempt := range a.ledger.attempts {
		if wrong := a.wrongOutcome(attempt, id); wrong != "" {
			errs = append(errs, fmt.Errorf("%s was computed from version %d, %s", id, attempt.base, wrong))
		}
	}
	return errors.Join(errs...)
}

func (a *auditor) wrongOutcome(t *attempt, id string) string {
	version, there := a.where[id]
	needless := t.outcome == Failed && t.blind && t.version > 0 && !a.described[t.version]
	switch {
	case t.outcome == Done && (!there || version != t.version):
		return fmt.Sprintf("was acknowledged as version %d and is lost, or another (%d)", t.version, version)
	case t.outcome == Failed && there:
		return fmt.Sprintf("was said to have failed and is version %d", version)
	case needless:
		return fmt.Sprintf("is a blind append and lost against version %d, which contradicts it in nothing", t.version)
	case there && version <= t.base:
		return fmt.Sprintf("and is version %d", version)
	}
	return ""
}

// checkSnapshots opens every version anew and compares it, and all that
// clients hold, with the log.
func (a *auditor) checkSnapshots(ctx context.Context) error {
	if len(a.versions) == 0 {
		return errors.New("there is no table")
	}
	table := a.ledger.open(a.bucket)
	latest, err := table.Latest(ctx)
	if err != nil {
		return err
	}
	errs := []error{a.compareSnapshot(latest)}
	if newest := int64(len(a.versions)) - 1; latest.Version() != newest || latest.Metadata().Configuration["note"] != a.note {
		errs = append(errs, fmt.Errorf("opened anew, the table has version %d and note %q; the log says %d and %q", latest.Version(), latest.Metadata().Configuration["note"], newest, a.note))
	}
	for id, version := range a.txns {
		if got, _ := latest.Txn(id); got != version {
			errs = append(errs, fmt.Errorf("opened anew, application %s is at %d; the log says %d", id, got, version))
		}
	}
	step := max(1, latest.Version()/8)
	for version := int64(0); version <= latest.Version(); version += step {
		snap, err := table.At(ctx, version)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, a.compareSnapshot(snap))
	}
	for snap := range a.ledger.seen {
		errs = append(errs, a.compareSnapshot(snap))
	}
	return errors.Join(errs...)
}

func (a *auditor) compareSnapshot(s *delta.Snapshot) error {
	var names []string
	for name := range s.Files() {
		names = append(names, name)
	}
	if v := s.Version(); v >= int64(len(a.versions)) || !slices.Equal(names, a.versions[v]) {
		return fmt.Errorf("a snapshot of version %d has other files than the log says", v)
	}
	return nil
}
