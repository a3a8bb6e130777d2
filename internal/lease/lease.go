// Package lease lets one of many processes, on one machine or several, be the
// only one that does something with a lake, for as long as it lives.
//
// A lease has terms: objects numbered from 1, each made by whoever becomes the
// holder, with put-if-absent. The holder renews its object while it works, and
// says when it is done. Whoever finds an object that is not renewed any more
// makes the next one. Clocks are not compared: a holder is taken to be dead
// when its object did not change while somebody watched, for longer than any
// pause between two renewals.
//
// A process that was only asleep may wake up and still believe that it is the
// holder. So the term goes with what it writes, and what is written under an
// older term than the newest is refused there.
package lease

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"leadlake/internal/blob"
)

// Options are what Acquire can be told; the zero Options are fine.
type Options struct {
	// Renew is how often the holder shows that it lives; default 5 s. Whoever
	// waits for a dead one watches for six times as long.
	Renew time.Duration
	Now   func() time.Time // default time.Now; for people to read only
	// Watching is told when somebody else seems to hold the lease, before it
	// is known whether they live; it may be nil.
	Watching func(Holder)
}

// Holder says who has a lease.
type Holder struct {
	Host  string    `json:"host"`
	PID   int       `json:"pid"`
	Since time.Time `json:"since"`
}

// String names the holder for people.
func (h Holder) String() string { return fmt.Sprintf("process %d on %s", h.PID, h.Host) }

// HeldError says that somebody else has the lease and lives.
type HeldError struct{ Holder Holder }

// Error implements error.
func (e *HeldError) Error() string { return "the lease is held by " + e.Holder.String() }

// ErrLost is why the context of a lease ends when somebody else took it.
var ErrLost = errors.New("the lease was taken over")

// object is what a term's object holds.
type object struct {
	Holder

	Token    string `json:"token"`
	Beat     int    `json:"beat"` // counts the renewals
	Released bool   `json:"released,omitempty"`
}

// Lease is one term.
type Lease struct {
	bucket  blob.Bucket
	folder  string
	term    int64
	mine    object
	options Options
	stop    context.CancelCauseFunc
	stopped chan struct{} // closed when the renewing has ended
}

// Acquire makes the caller the holder of the lease whose objects are in folder.
// Somebody else who holds it and lives is a *HeldError. The context that it
// returns ends when the lease is lost or released; work that needs the lease
// has to use it.
func Acquire(ctx context.Context, bucket blob.Bucket, folder string, o Options) (context.Context, *Lease, error) {
	if o.Renew == 0 {
		o.Renew = 5 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	l := &Lease{bucket: bucket, folder: folder, options: o, stopped: make(chan struct{})}
	l.mine = object{Holder: Holder{Host: host, PID: os.Getpid(), Since: o.Now().UTC()}, Token: rand.Text()}
	for {
		newest, err := l.newest(ctx)
		if err == nil && newest > 0 {
			err = l.free(ctx, newest)
		}
		if err != nil {
			return nil, nil, err
		}
		l.term = newest + 1
		switch err := l.create(ctx); {
		case errors.Is(err, blob.ErrExist): // somebody was faster
		case err != nil:
			return nil, nil, fmt.Errorf("taking the lease: %w", err)
		default:
			working, stop := context.WithCancelCause(ctx)
			l.stop = stop
			go l.renew(working)
			return working, l, nil
		}
	}
}

// create makes the object of the term. It is ErrExist where somebody else has
// it, or a later one.
func (l *Lease) create(ctx context.Context) error {
	err := l.bucket.Create(ctx, l.name(l.term), l.mine.reader())
	if errors.Is(err, blob.ErrExist) {
		// A client that tries again by itself may find its own success.
		if there, errRead := l.read(ctx, l.term); errRead != nil || there.Token != l.mine.Token {
			return err
		}
		err = nil
	}
	if err != nil {
		return err
	}
	newest, err := l.newest(ctx)
	if err != nil {
		return err
	}
	if newest != l.term { // ours is one of those that were cleaned up
		return errors.Join(blob.ErrExist, l.bucket.Delete(ctx, l.name(l.term)))
	}
	return nil
}

// Term returns the number of the term; later ones are greater.
func (l *Lease) Term() int64 { return l.term }

// Release gives the lease back, even when ctx has ended. It does not wait long
// for a bucket that does not answer: the lease ends by itself, too.
func (l *Lease) Release(ctx context.Context) error {
	const patience = 3 * time.Second
	l.stop(context.Canceled)
	<-l.stopped
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	l.mine.Released = true
	err := l.bucket.Put(ctx, l.name(l.term), l.mine.reader())
	return errors.Join(err, l.clean(ctx))
}

// kept is how many old terms are kept for whoever still looks at them.
const kept = 3

func (l *Lease) clean(ctx context.Context) error {
	for o, err := range l.bucket.List(ctx, l.folder+"/", "") {
		if err != nil {
			return fmt.Errorf("cleaning up leases: %w", err)
		}
		if termOf(o.Name) > l.term-kept {
			return nil
		}
		if err := l.bucket.Delete(ctx, o.Name); err != nil {
			return fmt.Errorf("cleaning up leases: %w", err)
		}
	}
	return nil
}

// renew shows that the holder lives, until working ends.
func (l *Lease) renew(working context.Context) {
	defer close(l.stopped)
	for {
		select {
		case <-working.Done():
			return
		case <-time.After(l.options.Renew):
		}
		if newest, err := l.newest(working); err == nil && newest != l.term {
			l.stop(ErrLost)
			return
		}
		l.mine.Beat++
		_ = l.bucket.Put(working, l.name(l.term), l.mine.reader()) // tried again at the next beat; what is written is fenced
	}
}

// free returns when the term is over: released, or its holder dead. A holder
// that lives is a *HeldError.
func (l *Lease) free(ctx context.Context, term int64) error {
	const patience = 6 // renewals that may be late or lost
	first, err := l.read(ctx, term)
	if err != nil || first.Released || first.dead(l.mine) {
		return err
	}
	if l.options.Watching != nil {
		l.options.Watching(first.Holder)
	}
	for range 2 * patience {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(l.options.Renew / 2):
		}
		now, err := l.read(ctx, term)
		switch {
		case err != nil || now.Released:
			return err
		case now.Beat != first.Beat || now.Token != first.Token:
			return &HeldError{Holder: now.Holder}
		}
	}
	return nil
}

// dead reports whether the holder is known to have ended: a process of this
// machine that is not there any more.
func (o object) dead(mine object) bool {
	return o.Host == mine.Host && o.PID != mine.PID && o.PID > 0 && !alive(o.PID)
}

// newest returns the newest term, 0 where there has been none.
func (l *Lease) newest(ctx context.Context) (int64, error) {
	newest := int64(0)
	for o, err := range l.bucket.List(ctx, l.folder+"/", "") {
		if err != nil {
			return 0, fmt.Errorf("looking for who holds the lease: %w", err)
		}
		newest = max(newest, termOf(o.Name))
	}
	return newest, nil
}

// read returns the object of a term. One that is gone was cleaned up, and is
// over; so is one that nobody can read, after nobody has renewed it.
func (l *Lease) read(ctx context.Context, term int64) (object, error) {
	data, err := l.bucket.Get(ctx, l.name(term))
	if errors.Is(err, blob.ErrNotExist) {
		return object{Released: true}, nil
	}
	if err != nil {
		return object{}, fmt.Errorf("looking for who holds the lease: %w", err)
	}
	var o object
	_ = json.Unmarshal(data, &o) // one of another shape is watched like any other
	return o, nil
}

func (o object) reader() *bytes.Reader {
	data, _ := json.Marshal(o) //nolint:errchkjson // texts and numbers only: cannot fail
	return bytes.NewReader(data)
}

func (l *Lease) name(term int64) string { return path.Join(l.folder, fmt.Sprintf("%020d.json", term)) }

// termOf returns the term of an object's name, 0 where it is none.
func termOf(name string) int64 {
	term, err := strconv.ParseInt(strings.TrimSuffix(path.Base(name), ".json"), 10, 64)
	if err != nil {
		return 0
	}
	return term
}

// Over returns the content of a term's object with the lease given back, for a
// copy of the lake: whoever holds it works on the original. What is no such
// object stays as it is.
func Over(content []byte) []byte {
	var o object
	if json.Unmarshal(content, &o) != nil {
		return content
	}
	o.Released = true
	over, err := json.Marshal(o)
	if err != nil {
		return content
	}
	return over
}
