package deltatest

import (
	"iter"
	"math/rand/v2"
	"time"
)

// Turns has several processes take turns, one step of one of them at a time,
// in an order that random decides: what they do together can be repeated.
type Turns struct {
	random  *rand.Rand
	waiting []*turn
	running *turn // nil outside Run
	step    int
}

type turn struct {
	next  func() (time.Duration, bool)
	yield func(time.Duration) bool
	wake  int // the step from which it may go on
}

// NewTurns returns turns without processes.
func NewTurns(random *rand.Rand) *Turns { return &Turns{random: random} }

// Go adds a process. It begins in Run.
func (t *Turns) Go(process func()) {
	added := &turn{}
	added.next, _ = iter.Pull(func(yield func(time.Duration) bool) {
		added.yield = yield
		process()
	})
	t.waiting = append(t.waiting, added)
}

// Pause ends the step of the process that calls it, and lets others go on, for
// many of their steps if took is not zero. Outside Run it does nothing. A
// process calls it from the goroutine that it began in, and starts no other.
func (t *Turns) Pause(took time.Duration) {
	if t.running != nil {
		t.running.yield(took)
	}
}

// Run returns when every process has ended.
func (t *Turns) Run() {
	for len(t.waiting) > 0 {
		t.step++
		i := t.random.IntN(len(t.waiting))
		chosen := t.waiting[i]
		if chosen.wake > t.step {
			continue
		}
		t.running = chosen
		took, goesOn := chosen.next()
		t.running = nil
		if !goesOn {
			t.waiting = append(t.waiting[:i], t.waiting[i+1:]...)
		}
		if took > 0 {
			chosen.wake = t.step + 50 + t.random.IntN(300)
		}
	}
}
