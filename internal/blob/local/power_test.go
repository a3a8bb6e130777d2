package local_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"leadlake/internal/blob"
	"leadlake/internal/blob/faulty"
	"leadlake/internal/blob/local"
	"leadlake/internal/delta"
	"leadlake/internal/delta/deltatest"
)

var (
	seed = flag.Uint64("seed", 0, "of the one run of TestPowerFailure to repeat; 0 takes new ones")
	cuts = flag.Int("cuts", 50, "how many runs of TestPowerFailure")
)

// TestPowerFailure cuts the power at any step while processes commit to a
// Delta table on one disk, and opens what such a disk then holds: the table is
// whole, and has every commit that was acknowledged.
func TestPowerFailure(t *testing.T) {
	t.Parallel()
	first, runs := *seed, 1
	if first == 0 {
		first, runs = rand.Uint64()>>1, *cuts
	}
	var acknowledged, open int
	for i := range runs {
		seed := first + uint64(i)
		ledger, err := cutPower(t, seed)
		if err != nil {
			t.Errorf("again with: go test ./internal/blob/local -run '^TestPowerFailure$' -seed %d\n%v", seed, err)
		}
		done, _, unknown := ledger.Tally()
		acknowledged, open = acknowledged+done, open+unknown
	}
	t.Logf("%d power cuts from seed %d: %d commits were acknowledged, %d left open by their errors", runs, first, acknowledged, open)
}

// cutPower has three processes make a lake and a table in it until the power
// fails, and audits what is left.
func cutPower(t *testing.T, seed uint64) (*deltatest.Ledger, error) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 2))
	turns := deltatest.NewTurns(random)
	base := t.TempDir()
	if err := os.Mkdir(filepath.Join(base, "home"), 0o700); err != nil {
		return nil, err
	}
	power := newPower(filepath.Join(base, "home"), random, turns)
	var ledger deltatest.Ledger
	created := false
	for p := range 3 {
		turns.Go(func() {
			// Each has the disk open by itself, as processes have.
			bucket, err := local.OpenOn(filepath.Join(power.base, "lake"), power.on)
			if err != nil {
				return // the power failed, or a sync did
			}
			t.Cleanup(func() { _ = bucket.Close() })
			c := deltatest.NewClient(fmt.Sprint("p", p), power.over(bucket), &ledger, random)
			for !power.off {
				if _, err := c.Latest(t.Context()); errors.Is(err, delta.ErrNoTable) {
					created = c.Create(t.Context()) == nil || created
				} else {
					work(t.Context(), c, random)
				}
			}
		})
	}
	turns.Run()
	ledger.Forget()
	after := filepath.Join(t.TempDir(), "after")
	if err := power.restart(after); err != nil {
		return &ledger, err
	}
	return &ledger, inspect(t, filepath.Join(after, "lake"), &ledger, created)
}

// inspect audits the table, works on it, and audits it again.
func inspect(t *testing.T, dir string, ledger *deltatest.Ledger, created bool) error {
	t.Helper()
	bucket := open(t, dir)
	for _, err := range bucket.List(t.Context(), deltatest.Folder+"/_delta_log/", "") {
		created = created || err == nil // what was begun must be whole
	}
	if !created {
		return nil // the power failed before there was a table
	}
	if err := deltatest.Audit(t.Context(), bucket, ledger); err != nil {
		return fmt.Errorf("when the power was back: %w", err)
	}
	c := deltatest.NewClient("after", bucket, ledger, rand.New(rand.NewPCG(1, 1)))
	for i := range 3 {
		op := deltatest.Operation{Kind: deltatest.Rewrite, Effect: func(r deltatest.Rows) { r["after"] = strconv.Itoa(i) }}
		if outcome, err := c.Do(t.Context(), op); outcome != deltatest.Done {
			return fmt.Errorf("the table cannot be worked on: %w", err)
		}
	}
	return deltatest.Audit(t.Context(), bucket, ledger)
}

func work(ctx context.Context, c *deltatest.Client, random *rand.Rand) {
	key, value := fmt.Sprint("k", random.IntN(4)), strconv.FormatUint(random.Uint64(), 10)
	op := deltatest.Operation{Kind: deltatest.Rewrite, Effect: func(r deltatest.Rows) { r[key] = value }}
	switch random.IntN(4) {
	case 0:
		op = deltatest.Operation{Kind: deltatest.Append, Effect: func(r deltatest.Rows) { r[value] = "" }}
	case 1:
		op.Kind = deltatest.Compact
	}
	_, _ = c.Do(ctx, op) // the ledger knows how it ended
}

// errCut is what a process sees of a power cut, if it still sees anything.
var errCut = errors.New("the power failed")

// power is a disk that holds, after a cut, what was synced, and of the rest
// what chance has it: each name that was made or removed, and of each file a
// part, or zeros in its place.
type power struct {
	base   string // is there, and durable
	random *rand.Rand
	turns  *deltatest.Turns
	flaky  bool
	left   int // steps until the cut
	off    bool

	now     map[string]*node // by path
	durable map[string]*node
	pending []change // what was not synced, in order
}

// node is a folder or a file.
type node struct {
	path   string // where its content is
	folder bool
	synced []byte // nil if it was not
}

// change is one of a name in a folder; node is nil where it is removed.
type change struct {
	path string
	node *node
}

func newPower(base string, random *rand.Rand, turns *deltatest.Turns) *power {
	return &power{base: base, random: random, turns: turns, flaky: random.IntN(2) == 0, left: random.IntN(500), now: map[string]*node{}, durable: map[string]*node{}}
}

func (p *power) on(root *os.Root) local.Disk { return &disk{root: root, power: p} }

// over returns bucket as a process has it: without power it reads nothing.
func (p *power) over(bucket blob.Bucket) blob.Bucket {
	return faulty.New(bucket, func(faulty.Call) faulty.Fault {
		if p.off {
			return faulty.Before
		}
		return faulty.None
	}, faulty.Options{Pause: func(context.Context, time.Duration) { p.turns.Pause(0) }})
}

// begin reports whether there is power for one more step.
func (p *power) begin() error {
	p.turns.Pause(0)
	if p.left--; p.left < 0 {
		p.off = true
		return errCut
	}
	return nil
}

func (p *power) put(path string, n *node) {
	p.pending = append(p.pending, change{path: path, node: n})
	if p.now[path] = n; n == nil {
		delete(p.now, path)
	}
}

// settle makes the pending changes durable that chosen says.
func (p *power) settle(chosen func(change) bool) {
	var rest []change
	for _, c := range p.pending {
		switch {
		case !chosen(c):
			rest = append(rest, c)
		case c.node == nil:
			delete(p.durable, c.path)
		default:
			p.durable[c.path] = c.node
		}
	}
	p.pending = rest
}

// restart writes to dir what the disk holds after the cut.
func (p *power) restart(dir string) error {
	p.settle(func(change) bool { return p.random.IntN(2) == 0 })
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for path, n := range p.durable {
		if !p.reachable(filepath.Dir(path)) {
			continue
		}
		inside, err := filepath.Rel(p.base, path)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, inside)
		if n.folder {
			err = os.MkdirAll(to, 0o700)
		} else {
			err = errors.Join(os.MkdirAll(filepath.Dir(to), 0o700), os.WriteFile(to, p.content(n), 0o600))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *power) reachable(folder string) bool {
	return folder == p.base || p.durable[folder] != nil && p.reachable(filepath.Dir(folder))
}

func (p *power) content(n *node) []byte {
	if n.synced != nil {
		return n.synced
	}
	content, _ := os.ReadFile(n.path) // nothing where it is gone
	content = content[:p.random.IntN(len(content)+1)]
	if p.random.IntN(2) == 0 {
		clear(content)
	}
	return content
}
