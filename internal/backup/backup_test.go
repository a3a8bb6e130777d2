package backup_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"leadlake/internal/backup"
	"leadlake/internal/blob"
	"leadlake/internal/blob/faulty"
	"leadlake/internal/blob/mem"
)

// lake is a lake of one table that has come to a version.
type lake struct {
	bucket  *mem.Bucket
	version int64
}

func newLake(t *testing.T) *lake {
	t.Helper()
	l := &lake{bucket: &mem.Bucket{}, version: -1}
	l.commit(t, "")
	return l
}

// commit adds a version with a data file; salt makes its content another one.
func (l *lake) commit(t *testing.T, salt string) {
	t.Helper()
	l.version++
	put(t, l.bucket, fmt.Sprintf("t/part-%d%s.parquet", l.version, salt), strings.Repeat(fmt.Sprint(l.version, salt), 1000))
	put(t, l.bucket, fmt.Sprintf("t/_delta_log/%020d.json", l.version), fmt.Sprintf("{%d%s}", l.version, salt))
}

func put(t *testing.T, b blob.Bucket, name, content string) {
	t.Helper()
	if err := b.Put(t.Context(), name, strings.NewReader(content)); err != nil {
		t.Fatal(err)
	}
}

func (l *lake) plan(t *testing.T) backup.Plan {
	t.Helper()
	p := backup.Plan{Lake: "lake-1", Tables: []backup.Table{{Folder: "t", ID: "lake-1", Version: l.version}}, Small: map[string][]byte{}}
	var log []backup.Item
	for o, err := range l.bucket.List(t.Context(), "", "") {
		if err != nil {
			t.Fatal(err)
		}
		item := backup.Item{Name: o.Name, Size: o.Size, Needed: true}
		if strings.Contains(o.Name, "_delta_log") {
			log = append(log, item)
		} else {
			p.Items = append(p.Items, item)
		}
	}
	p.Items = append(p.Items, log...)
	p.Small["_app/state.json"] = fmt.Appendf(nil, "state %d", l.version)
	return p
}

func (l *lake) backup(t *testing.T, to blob.Bucket) backup.Written {
	t.Helper()
	w, err := backup.Write(t.Context(), l.bucket, to, l.plan(t), backup.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func content(t *testing.T, b blob.Bucket, skip string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for o, err := range b.List(t.Context(), "", "") {
		if err != nil {
			t.Fatal(err)
		}
		data, err := b.Get(t.Context(), o.Name)
		if err != nil {
			t.Fatal(err)
		}
		if skip == "" || !strings.HasPrefix(o.Name, skip) {
			all[o.Name] = string(data)
		}
	}
	return all
}

// restored checks that a backup gives what it should.
func restored(t *testing.T, place blob.Bucket, name string, version int64) {
	t.Helper()
	m, err := backup.Read(t.Context(), place, name)
	if err != nil {
		t.Fatal(err)
	}
	findings, err := backup.Verify(t.Context(), place, m, func(backup.Progress) {})
	if err != nil || len(findings) > 0 {
		t.Fatalf("the backup %s has %v, %v", name, findings, err)
	}
	to := &mem.Bucket{}
	if err := backup.Restore(t.Context(), place, to, m, func(backup.Progress) {}); err != nil {
		t.Fatal(err)
	}
	got := content(t, to, "")
	if got["_app/state.json"] != fmt.Sprintf("state %d", version) || len(got) != 2*int(version+1)+1 {
		t.Errorf("the backup %s of version %d gives %d objects, state %q", name, version, len(got), got["_app/state.json"])
	}
	if _, beyond := got[fmt.Sprintf("t/_delta_log/%020d.json", version+1)]; beyond {
		t.Errorf("the backup %s of version %d has a later one", name, version)
	}
}

func TestOnlyWhatIsNewIsCopied(t *testing.T) {
	t.Parallel()
	l, place := newLake(t), &mem.Bucket{}
	first := l.backup(t, place)
	if first.New != 2 || first.NewBytes == 0 || len(first.Manifest.Objects) != 3 {
		t.Errorf("the first backup is %+v", first)
	}
	l.commit(t, "")
	second := l.backup(t, place)
	if second.New != 2 || len(second.Manifest.Objects) != 5 {
		t.Errorf("the second backup is %+v", second)
	}
	if again := l.backup(t, place); again.New != 0 {
		t.Errorf("a third backup copies %d objects", again.New)
	}
	restored(t, place, first.Manifest.Name, 0)
	restored(t, place, "", 1)
	inPlace := content(t, place, backup.Folder)
	if want := content(t, l.bucket, ""); inPlace["_app/state.json"] != "state 1" || len(inPlace) != len(want)+1 {
		t.Errorf("as a lake the place holds %d objects, the lake %d", len(inPlace), len(want))
	}
}

// TestEarlierBackupsSurvive lets every call of a second backup fail in every
// way, one at a time: the first one stays whole, and another attempt works.
func TestEarlierBackupsSurvive(t *testing.T) {
	t.Parallel()
	for _, fault := range []faulty.Fault{faulty.Before, faulty.After, faulty.Taken, faulty.Cut, faulty.Cancelled} {
		for n := 1; ; n++ {
			l, place := newLake(t), &mem.Bucket{}
			first := l.backup(t, place)
			l.commit(t, "")
			l.commit(t, "")
			broken := faulty.New(place, func(c faulty.Call) faulty.Fault {
				if c.N == n {
					return fault
				}
				return faulty.None
			}, faulty.Options{})
			_, err := backup.Write(t.Context(), l.bucket, broken, l.plan(t), backup.Options{})
			if broken.Calls() < n {
				if err != nil {
					t.Errorf("without a fault: %v", err)
				}
				break
			}
			restored(t, place, first.Manifest.Name, 0)
			l.backup(t, place)
			restored(t, place, "", 2)
			restored(t, place, first.Manifest.Name, 0)
		}
	}
}

func TestPlacesThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(l *lake, place *mem.Bucket)
		want  error
	}{
		"something else": {func(_ *lake, place *mem.Bucket) {
			put(t, place, "photos/cat.jpg", "x")
			if err := place.Delete(t.Context(), backup.Marker); err != nil {
				t.Fatal(err)
			}
		}, backup.ErrOther},
		"another lake":          {func(_ *lake, place *mem.Bucket) { put(t, place, backup.Marker, `{"lake":"2"}`) }, backup.ErrOtherLake},
		"somebody has written":  {func(_ *lake, place *mem.Bucket) { put(t, place, "t/_delta_log/00000000000000000002.json", "{}") }, backup.ErrDiverged},
		"the lake was put back": {func(l *lake, _ *mem.Bucket) { l.version-- }, backup.ErrDiverged},
		"it went another way":   {func(l *lake, _ *mem.Bucket) { l.version--; l.commit(t, "x") }, backup.ErrDiverged},
		"a file was lost meanwhile": {func(l *lake, _ *mem.Bucket) {
			l.commit(t, "")
		}, backup.ErrGone},
		"a manifest is broken": {func(_ *lake, place *mem.Bucket) {
			names, err := backup.List(t.Context(), place)
			if err != nil {
				t.Fatal(err)
			}
			put(t, place, "_backup/manifests/"+names[0]+".json", `{"format":1}`)
		}, backup.ErrDamaged},
		"a manifest is of tomorrow": {func(_ *lake, place *mem.Bucket) {
			put(t, place, "_backup/manifests/99990101T000000.000Z.json", `{"format":2}`)
		}, backup.ErrNewer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, place := newLake(t), &mem.Bucket{}
			l.commit(t, "")
			l.backup(t, place)
			c.spoil(l, place)
			plan := l.plan(t)
			if errors.Is(c.want, backup.ErrGone) {
				if err := l.bucket.Delete(t.Context(), "t/part-2.parquet"); err != nil {
					t.Fatal(err)
				}
			}
			before := content(t, place, "")
			_, err := backup.Write(t.Context(), l.bucket, place, plan, backup.Options{})
			if !errors.Is(err, c.want) {
				t.Errorf("the backup says %v, want %v", err, c.want)
			}
			if after := content(t, place, ""); len(after) != len(before) {
				t.Errorf("the place has %d objects, had %d", len(after), len(before))
			}
		})
	}
}

func TestDamagesAreFound(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(place *mem.Bucket) error{
		"changed": func(place *mem.Bucket) error {
			return place.Put(t.Context(), "t/part-0.parquet", strings.NewReader(strings.Repeat("1", 1000)))
		},
		"short": func(place *mem.Bucket) error {
			return place.Put(t.Context(), "t/part-0.parquet", strings.NewReader("0"))
		},
		"missing": func(place *mem.Bucket) error { return place.Delete(t.Context(), "t/part-0.parquet") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, place := newLake(t), &mem.Bucket{}
			m := l.backup(t, place).Manifest
			if err := damage(place); err != nil {
				t.Fatal(err)
			}
			findings, err := backup.Verify(t.Context(), place, m, func(backup.Progress) {})
			if err != nil || len(findings) != 1 || findings[0].Name != "t/part-0.parquet" {
				t.Errorf("found %v, %v", findings, err)
			}
			if err := backup.Restore(t.Context(), place, &mem.Bucket{}, m, func(backup.Progress) {}); err == nil {
				t.Error("a damaged backup was restored")
			}
		})
	}
}

func TestPrune(t *testing.T) {
	t.Parallel()
	l, place := newLake(t), &mem.Bucket{}
	l.backup(t, place)
	put(t, place, "t/part-left.parquet", "of a backup that never came to its end")
	for range 3 {
		if err := l.bucket.Delete(t.Context(), fmt.Sprintf("t/part-%d.parquet", l.version)); err != nil { // vacuumed
			t.Fatal(err)
		}
		l.commit(t, "")
		l.backup(t, place)
	}
	before, err := backup.List(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	n, err := backup.Prune(t.Context(), place, 2)
	after, errList := backup.List(t.Context(), place)
	if err := errors.Join(err, errList); err != nil || n != 2 || !slices.Equal(after, before[2:]) {
		t.Errorf("it forgot %d of %v and left %v, %v", n, before, after, err)
	}
	var parts []string
	for name := range content(t, place, backup.Folder) {
		if strings.HasSuffix(name, ".parquet") {
			parts = append(parts, name)
		}
	}
	slices.Sort(parts)
	if want := []string{"t/part-2.parquet", "t/part-3.parquet"}; !slices.Equal(parts, want) {
		t.Errorf("the place holds %v, want %v", parts, want)
	}
	for _, name := range after {
		m, err := backup.Read(t.Context(), place, name)
		if err != nil {
			t.Fatal(err)
		}
		if findings, err := backup.Verify(t.Context(), place, m, func(backup.Progress) {}); err != nil || len(findings) > 0 {
			t.Errorf("the backup %s has %v, %v", name, findings, err)
		}
	}
}

// TestARestoreGoesOn restores again into a place where a restore stopped.
func TestARestoreGoesOn(t *testing.T) {
	t.Parallel()
	l, place, to := newLake(t), &mem.Bucket{}, &mem.Bucket{}
	l.commit(t, "")
	m := l.backup(t, place).Manifest
	ctx, cancel := context.WithCancel(t.Context())
	err := backup.Restore(ctx, place, to, m, func(p backup.Progress) {
		if p.Objects == 1 { // four at once: the fifth has not begun
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("a restore that was stopped says %v", err)
	}
	if err := backup.Restore(t.Context(), place, to, m, func(backup.Progress) {}); err != nil {
		t.Fatal(err)
	}
	if got := content(t, to, ""); len(got) != 5 {
		t.Errorf("the lake has %d objects", len(got))
	}
	if err := to.Put(t.Context(), "t/part-0.parquet", bytes.NewReader(nil)); err != nil {
		t.Fatal(err)
	}
	if err := backup.Restore(t.Context(), place, to, m, func(backup.Progress) {}); err == nil {
		t.Error("it was restored over another object")
	}
}
