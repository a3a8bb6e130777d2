package faulty_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"leadlake/internal/blob"
	"leadlake/internal/blob/blobtest"
	"leadlake/internal/blob/faulty"
	"leadlake/internal/blob/mem"
)

func TestWithoutFaultsItIsABucket(t *testing.T) {
	t.Parallel()
	for _, page := range []int{0, 1, 3} {
		t.Run(fmt.Sprint("pages of ", page), func(t *testing.T) {
			t.Parallel()
			blobtest.Run(t, func(*testing.T) blob.Bucket {
				return faulty.New(&mem.Bucket{}, faulty.Nth(0, faulty.Before), faulty.Options{Page: page})
			})
		})
	}
}

// TestCreate says what each fault does to a Create: which errors it shows, and
// whether the object is there at once and in the end.
func TestCreate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		fault        faulty.Fault
		want         error // nil: success
		not          error // an error that it must not show
		now, atLast  bool
		contextEnded bool
	}{
		{faulty.None, nil, nil, true, true, false},
		{faulty.Slow, nil, nil, true, true, false},
		{faulty.Before, faulty.ErrInjected, blob.ErrNotCreated, false, false, false},
		{faulty.Refused, blob.ErrNotCreated, nil, false, false, false},
		{faulty.Throttled, faulty.ErrThrottled, blob.ErrNotCreated, false, false, false},
		{faulty.After, faulty.ErrInjected, blob.ErrNotCreated, true, true, false},
		{faulty.Late, faulty.ErrInjected, blob.ErrNotCreated, false, true, false},
		{faulty.Taken, blob.ErrExist, faulty.ErrInjected, true, true, false},
		{faulty.Cut, faulty.ErrInjected, nil, false, false, false},
		{faulty.Cancelled, context.Canceled, nil, false, false, true},
		{faulty.CancelledAfter, context.Canceled, blob.ErrNotCreated, true, true, true},
	} {
		t.Run(fmt.Sprint(tt.fault), func(t *testing.T) {
			t.Parallel()
			inner := &mem.Bucket{}
			var paused time.Duration
			b := faulty.New(inner, faulty.Nth(1, tt.fault), faulty.Options{Pause: func(_ context.Context, took time.Duration) { paused += took }})
			ctx, cancel := faulty.Cancellable(t.Context())
			defer cancel()
			err := b.Create(ctx, "a", strings.NewReader("content"))
			if !errors.Is(err, tt.want) || tt.not != nil && errors.Is(err, tt.not) {
				t.Errorf("Create: %v; want %v and not %v", err, tt.want, tt.not)
			}
			there := func() bool {
				got, err := inner.Get(t.Context(), "a")
				return err == nil && string(got) == "content"
			}
			if there() != tt.now {
				t.Errorf("the object is there at once: %v", !tt.now)
			}
			b.Heal(t.Context())
			if there() != tt.atLast {
				t.Errorf("the object is there in the end: %v", !tt.atLast)
			}
			if (ctx.Err() != nil) != tt.contextEnded || (paused > 0) != (tt.fault == faulty.Slow) {
				t.Errorf("the context: %v, paused %v", ctx.Err(), paused)
			}
		})
	}
}

func TestALateCreateComesByItself(t *testing.T) {
	t.Parallel()
	b := faulty.New(&mem.Bucket{}, faulty.Nth(1, faulty.Late), faulty.Options{})
	err := b.Create(t.Context(), "a", strings.NewReader("late"))
	for calls := 1; errors.Is(err, faulty.ErrInjected) || errors.Is(err, blob.ErrNotExist); calls++ {
		if calls > 20 {
			t.Fatal("it never came")
		}
		_, err = b.Get(t.Context(), "a")
	}
	if err != nil {
		t.Error(err)
	}
}

func TestReadsAndDeletes(t *testing.T) {
	t.Parallel()
	inner := &mem.Bucket{}
	if err := inner.Create(t.Context(), "a", strings.NewReader("content")); err != nil {
		t.Fatal(err)
	}
	with := func(f faulty.Fault) *faulty.Bucket { return faulty.New(inner, faulty.Nth(1, f), faulty.Options{}) }
	if got, err := with(faulty.Cut).Get(t.Context(), "a"); !errors.Is(err, io.ErrUnexpectedEOF) || string(got) != "con" {
		t.Errorf("Get that is cut = %q, %v; want a part and ErrUnexpectedEOF", got, err)
	}
	if _, err := with(faulty.Throttled).GetRange(t.Context(), "a", 0, 1); !errors.Is(err, faulty.ErrThrottled) {
		t.Errorf("GetRange: %v; want ErrThrottled", err)
	}
	if _, err := with(faulty.Late).Size(t.Context(), "a"); !errors.Is(err, faulty.ErrInjected) {
		t.Errorf("Size: %v; want ErrInjected in place of what does not fit", err)
	}
	for _, f := range []faulty.Fault{faulty.Before, faulty.After} {
		if err := with(f).Delete(t.Context(), "a"); !errors.Is(err, faulty.ErrInjected) {
			t.Errorf("Delete: %v; want ErrInjected", err)
		}
		if _, err := inner.Size(t.Context(), "a"); (err == nil) != (f == faulty.Before) {
			t.Errorf("after the fault %d of Delete, Size: %v", f, err)
		}
	}
}

// TestListingsEndWithTheirError breaks every page of a listing, at its start
// and in its middle.
func TestListingsEndWithTheirError(t *testing.T) {
	t.Parallel()
	inner := &mem.Bucket{}
	all := strings.Split("abcdefghij", "")
	for _, name := range all {
		if err := inner.Create(t.Context(), name, strings.NewReader("")); err != nil {
			t.Fatal(err)
		}
	}
	for fault, want := range map[faulty.Fault][]int{faulty.Before: {0, 4, 8, 10}, faulty.Cut: {2, 6, 9, 10}} {
		for page, length := range want {
			b := faulty.New(inner, faulty.Nth(page+1, fault), faulty.Options{Page: 4})
			var names []string
			var failure error
			for o, err := range b.List(t.Context(), "", "") {
				if failure != nil {
					t.Error("the listing goes on behind its error")
				}
				if failure = err; err == nil {
					names = append(names, o.Name)
				}
			}
			if !slices.Equal(names, all[:length]) || (failure != nil) != (length < 10) {
				t.Errorf("page %d with fault %d: %v, %v; want the first %d", page+1, fault, names, failure, length)
			}
		}
	}
}

// TestSeeds: one seed always has the same faults, and every fault comes.
func TestSeeds(t *testing.T) {
	t.Parallel()
	draw := func(seed uint64) []faulty.Fault {
		plan := faulty.Seeded(seed, 0.5)
		var faults []faulty.Fault
		for n := range 400 {
			faults = append(faults, plan(faulty.Call{N: n, Op: []faulty.Op{faulty.Create, faulty.Read, faulty.List, faulty.Delete}[n%4]}))
		}
		return faults
	}
	first := draw(1)
	if !slices.Equal(first, draw(1)) || slices.Equal(first, draw(2)) {
		t.Error("the faults do not depend on the seed alone")
	}
	for f := faulty.None; f <= faulty.CancelledAfter; f++ {
		if !slices.Contains(first, f) {
			t.Errorf("fault %d never comes", f)
		}
	}
}
