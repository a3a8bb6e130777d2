package lease_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"leadlake/internal/blob/mem"
	"leadlake/internal/lease"
)

const folder = "_app/lease/test"

func TestOneHolds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bucket := new(mem.Bucket)
		_, first, err := lease.Acquire(t.Context(), bucket, folder, lease.Options{})
		if err != nil || first.Term() != 1 {
			t.Fatal(first, err)
		}
		time.Sleep(time.Hour)
		began := time.Now()
		var watched lease.Holder
		_, _, err = lease.Acquire(t.Context(), bucket, folder, lease.Options{Watching: func(h lease.Holder) { watched = h }})
		if held, ok := errors.AsType[*lease.HeldError](err); !ok || held.Holder.PID != os.Getpid() || watched != held.Holder {
			t.Fatalf("while it is held: %v; watched %v", err, watched)
		}
		if waited := time.Since(began); waited > 10*time.Second {
			t.Errorf("it took %v to see that the holder lives", waited)
		}
		if err := first.Release(t.Context()); err != nil {
			t.Fatal(err)
		}
		began = time.Now()
		_, second, err := lease.Acquire(t.Context(), bucket, folder, lease.Options{})
		if err != nil || second.Term() != 2 || time.Since(began) > 0 {
			t.Fatalf("after its release: %v after %v", err, time.Since(began))
		}
		if err := second.Release(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

// TestADeadHolderIsFollowed has a holder that ends without a word: another
// machine's, whose processes nobody can ask for.
func TestADeadHolderIsFollowed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bucket := new(mem.Bucket)
		left := `{"host":"elsewhere","pid":7,"since":"2026-01-01T00:00:00Z","token":"x","beat":4}`
		if err := bucket.Create(t.Context(), folder+"/00000000000000000007.json", strings.NewReader(left)); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		_, l, err := lease.Acquire(t.Context(), bucket, folder, lease.Options{})
		if err != nil || l.Term() != 8 {
			t.Fatal(l, err)
		}
		if waited := time.Since(began); waited < 10*time.Second || waited > time.Minute {
			t.Errorf("it was taken over after %v; want enough for a pause, and less than a minute", waited)
		}
		if err := l.Release(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

// TestAKilledNeighbourIsFollowedAtOnce: this machine knows that the process is
// gone.
func TestAKilledNeighbourIsFollowedAtOnce(t *testing.T) {
	t.Parallel()
	child := exec.CommandContext(t.Context(), "true")
	if err := child.Run(); err != nil {
		t.Skip("this machine has no program called true:", err)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	bucket := new(mem.Bucket)
	left := fmt.Sprintf(`{"host":%q,"pid":%d,"token":"x","beat":4}`, host, child.Process.Pid)
	if err := bucket.Create(t.Context(), folder+"/00000000000000000001.json", strings.NewReader(left)); err != nil {
		t.Fatal(err)
	}
	_, l, err := lease.Acquire(t.Context(), bucket, folder, lease.Options{
		Renew: time.Hour, Watching: func(h lease.Holder) { t.Errorf("it watched %v", h) },
	})
	if err != nil || l.Term() != 2 {
		t.Fatal(l, err)
	}
	if err := l.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestASleeperLearnsThatItLost has the next term appear while somebody sleeps.
func TestASleeperLearnsThatItLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bucket := new(mem.Bucket)
		working, l, err := lease.Acquire(t.Context(), bucket, folder, lease.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := bucket.Create(t.Context(), folder+"/00000000000000000002.json", bytes.NewReader(nil)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(6 * time.Second)
		if cause := context.Cause(working); !errors.Is(cause, lease.ErrLost) {
			t.Errorf("its context has ended because of %v; want that it was lost", cause)
		}
		if err := l.Release(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

// TestRacers has many take the lease in turn: never two at once, terms only
// grow, and old objects do not pile up.
func TestRacers(t *testing.T) {
	t.Parallel()
	bucket := new(mem.Bucket)
	var inside, terms atomic.Int64
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for done := 0; done < 5; {
				_, l, err := lease.Acquire(t.Context(), bucket, folder, lease.Options{Renew: 40 * time.Millisecond})
				if _, held := errors.AsType[*lease.HeldError](err); held {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if n := inside.Add(1); n != 1 {
					t.Errorf("%d hold the lease at once", n)
				}
				if before := terms.Swap(l.Term()); before >= l.Term() {
					t.Errorf("term %d came after %d", l.Term(), before)
				}
				inside.Add(-1)
				if err := l.Release(t.Context()); err != nil {
					t.Error(err)
				}
				done++
			}
		})
	}
	group.Wait()
	left := 0
	for _, err := range bucket.List(t.Context(), folder, "") {
		if err != nil {
			t.Fatal(err)
		}
		left++
	}
	if left > 12 {
		t.Errorf("%d objects are left", left)
	}
}
