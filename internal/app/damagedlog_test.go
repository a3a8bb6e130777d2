package app_test

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"leadlake"
	"leadlake/internal/app"
	"leadlake/internal/config"
)

var (
	seed    = flag.Uint64("seed", 0, "of the one run of TestDamagedLogs to repeat; 0 takes new ones")
	damaged = flag.Int("damaged", 100, "how many tables TestDamagedLogs damages")
)

// TestDamagedLogs damages the logs of tables that other engines wrote, and
// reads them. The rule: a table is refused, with no row written, or it has the
// rows that its log still says at the version asked for, by a replay of the
// test's own, from the commits alone or from any checkpoint; and the newest
// version is the one by the names in the log. Damage of what only hints at the
// log changes nothing.
func TestDamagedLogs(t *testing.T) {
	t.Parallel()
	h := newHunt(t)
	first, runs := *seed, 1
	if first == 0 {
		first, runs = rand.Uint64()>>1, *damaged
	}
	var read, refused atomic.Int64
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range runs {
		group.Go(func() error {
			seed := first + uint64(i)
			wasRead, story, err := h.run(t, seed)
			if err != nil {
				t.Errorf("again with: go test ./internal/app -run '^TestDamagedLogs$' -seed %d\n%s\n%v", seed, strings.Join(story, "\n"), err)
			}
			if wasRead {
				read.Add(1)
			} else {
				refused.Add(1)
			}
			return nil
		})
	}
	_ = group.Wait()
	t.Logf("%d seeds from %d over %d tables: %d were read, %d refused", runs, first, len(h.tables), read.Load(), refused.Load())
}

// hunt is what the runs share.
type hunt struct {
	db     *sql.DB
	dir    string
	tables []string // that can be read

	mu    sync.Mutex
	known map[[32]byte]answer // what plain tables hold
}

// answer is what Print gives: the digest of the sorted rows, or an error.
type answer struct {
	rows string
	err  error
}

func newHunt(t *testing.T) *hunt {
	t.Helper()
	shared := filepath.Join("..", "..", "..", "shared")
	h := &hunt{dir: t.TempDir(), known: map[[32]byte]answer{}}
	for _, root := range []string{"delta-tables", filepath.Join("interop", "written")} {
		_ = filepath.WalkDir(filepath.Join(shared, root), func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() && d.Name() == "_delta_log" {
				h.tables = append(h.tables, filepath.Dir(path))
				return fs.SkipDir
			}
			return nil
		})
	}
	if _, err := os.Stat(shared); errors.Is(err, os.ErrNotExist) {
		t.Skip("the tables of other writers are not beside this repository")
	}
	if len(h.tables) == 0 {
		t.Fatal("no table of another writer was found")
	}
	var err error
	if h.db, err = sql.Open("duckdb", ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.db.Close() })
	h.tables = slices.DeleteFunc(h.tables, func(table string) bool { return sizeOf(table) > 1<<20 })
	return h
}

func sizeOf(dir string) (size int64) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return size
}

// run damages a table and looks at what is left of it.
func (h *hunt) run(t *testing.T, seed uint64) (wasRead bool, story []string, err error) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 0))
	table := h.tables[r.IntN(len(h.tables))]
	story = append(story, table)
	dir := filepath.Join(h.dir, strconv.FormatUint(seed, 10))
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.CopyFS(dir, os.DirFS(table)); err != nil {
		return false, story, err
	}
	harmless := true
	for range r.IntN(4) {
		d := damages()[r.IntN(len(damages()))]
		what, err := d.do(r, dir)
		if err != nil {
			return false, story, err
		}
		if what != "" {
			story = append(story, d.name+": "+what)
			harmless = harmless && d.harmless
		}
	}
	var m app.Moment
	newest := logIn(dir).newest()
	if newest > 0 && r.IntN(3) == 0 {
		m.Version = new(r.Int64N(newest + 1))
		story = append(story, fmt.Sprintf("at version %d", *m.Version))
	}
	got := h.print(t, dir, m)
	if harmless {
		if before := h.print(t, table, m); before.err == nil && got != before {
			return got.err == nil, story, errors.Join(errors.New("what changes nothing changed the table"), got.err)
		}
	}
	if got.err != nil {
		var known *leadlake.Error
		if !errors.As(got.err, &known) || known.Kind == leadlake.Internal || got.rows != "" {
			return false, story, fmt.Errorf("it wrote %q and is refused with no reason of ours: %w", got.rows, got.err)
		}
		return false, story, nil
	}
	if m.Version == nil {
		m.Version = &newest
	}
	return true, story, h.judge(t, table, dir, *m.Version, got.rows)
}

// judge compares rows with what the log in dir says, whose data files were
// those of the table before they were damaged.
func (h *hunt) judge(t *testing.T, table, dir string, version int64, rows string) error {
	t.Helper()
	readings := logIn(dir).readings(t, h.db, version)
	var reasons []error
	for _, reading := range readings {
		plain, err := reading.encode()
		if err != nil {
			return err
		}
		want, err := h.answerOf(t, table, plain)
		if err != nil {
			return err
		}
		if want.err == nil && want.rows == rows {
			return nil
		}
		reasons = append(reasons, cmp.Or(want.err, errors.New("another replay has other rows")))
	}
	return errors.Join(append(reasons, fmt.Errorf("%d readings of version %d, and none with the rows that were read", len(readings), version))...)
}

// answerOf prints a table whose log has plain as its only commit.
func (h *hunt) answerOf(t *testing.T, table string, plain []byte) (answer, error) {
	t.Helper()
	key := sha256.Sum256(append([]byte(table), plain...))
	h.mu.Lock()
	defer h.mu.Unlock()
	if a, ok := h.known[key]; ok {
		return a, nil
	}
	dir := filepath.Join(h.dir, "plain")
	log := filepath.Join(dir, "_delta_log")
	defer func() { _ = os.RemoveAll(dir) }()
	err := errors.Join(os.CopyFS(dir, os.DirFS(table)), os.RemoveAll(log), os.Mkdir(log, 0o700),
		os.WriteFile(filepath.Join(log, "00000000000000000000.json"), plain, 0o600))
	if err != nil {
		return answer{}, err
	}
	h.known[key] = h.print(t, dir, app.Moment{})
	return h.known[key], nil
}

// print reads a table. What is written of a refused one is its answer's rows.
func (h *hunt) print(t *testing.T, dir string, m app.Moment) answer {
	t.Helper()
	var out bytes.Buffer
	table, err := app.OpenTable(t.Context(), config.Config{}, dir, true)
	if err != nil {
		return answer{err: err}
	}
	err = table.Print(t.Context(), m, nil, &out)
	if closed := table.Close(); closed != nil {
		t.Error(closed)
	}
	if err != nil {
		return answer{out.String(), err}
	}
	lines := strings.Split(out.String(), "\n")
	slices.Sort(lines)
	return answer{rows: fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(lines, "\n"))))}
}
