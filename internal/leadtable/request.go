package leadtable

import (
	"context"
	"errors"
	"strconv"
	"time"

	"leadlake"
	"leadlake/internal/delta"
)

// A batch with a key says so in the history, in the commit that holds its
// leads: whether it is stored, and what came of it, cannot disagree. All such
// commits move one txn, so that two that run at once conflict, and the second
// one finds the first.
const (
	requestsApp = "requests"

	keyParameter  = "request"
	bodyParameter = "requestBody"
)

// keysKept is how long a key is known: a day, and an hour for clocks that
// differ.
const keysKept = 25 * time.Hour

// requests are the keys in the newest commits. Who uses it holds Table.writing.
type requests struct {
	upTo  int64 // the version up to which commits were read
	known map[string]answered
}

// answered is what came of a request.
type answered struct {
	body  string
	at    time.Time
	tally leadlake.Tally
}

// Answered returns what came of the request, if it is stored already; a nil one
// never is. Upsert asks the same.
func (t *Table) Answered(ctx context.Context, r *leadlake.Request) (tally leadlake.Tally, known bool, err error) {
	if r == nil {
		return tally, false, nil
	}
	t.writing.Lock()
	defer t.writing.Unlock()
	base, _, err := t.latest(ctx)
	if err != nil {
		return tally, false, err
	}
	tally, known, err = t.answer(ctx, base, r)
	return tally, known, Explain("looking for a request", err)
}

// answer returns what came of the request, if the commits up to base know of it.
func (t *Table) answer(ctx context.Context, base *delta.Snapshot, r *leadlake.Request) (tally leadlake.Tally, known bool, err error) {
	if r == nil || base == nil {
		return tally, false, nil
	}
	if _, ever := base.Txn(requestsApp); !ever { // no request has had a key
		return tally, false, nil
	}
	if err := t.readRequests(ctx, base.Version()); err != nil {
		return tally, false, err
	}
	a, known := t.requests.known[r.Key]
	if known && a.body != r.Body {
		return tally, false, leadlake.Errorf(leadlake.Invalid,
			"This Idempotency-Key was used for another body within the last day. Send the first body again, or a new key with the new one. Nothing was stored.")
	}
	return a.tally, known, nil
}

// readRequests learns the keys of the commits up to version, back to those
// that it has read or that are too old.
func (t *Table) readRequests(ctx context.Context, version int64) error {
	oldest := t.now().Add(-keysKept)
	if t.requests.known == nil {
		t.requests = requests{upTo: -1, known: map[string]answered{}}
	}
	for v := version; v > t.requests.upTo; v-- {
		info, err := t.log.Info(ctx, v)
		if errors.Is(err, delta.ErrNoVersion) {
			break // cleaned up: it is older than any key
		}
		if err != nil {
			return err
		}
		at := time.UnixMilli(info.Timestamp)
		if info.Timestamp > 0 && at.Before(oldest) {
			break
		}
		if key, ok := info.OperationParameters[keyParameter].(string); ok {
			t.requests.known[key] = answerOf(info, v, at)
		}
	}
	t.requests.upTo = max(t.requests.upTo, version)
	for key, a := range t.requests.known {
		if a.at.Before(oldest) {
			delete(t.requests.known, key)
		}
	}
	return nil
}

func answerOf(info delta.CommitInfo, version int64, at time.Time) answered {
	number := func(name string) int {
		text, _ := info.OperationParameters[name].(string)
		n, _ := strconv.Atoi(text) // ours, and 0 in what is not
		return n
	}
	body, _ := info.OperationParameters[bodyParameter].(string)
	return answered{body: body, at: at, tally: leadlake.Tally{
		Version: version, Inserted: number("inserted"), Updated: number("updated"), Unchanged: number("unchanged"),
	}}
}

// txnOf returns the action that makes two requests with a key conflict.
func (t *Table) txnOf(base *delta.Snapshot, r *leadlake.Request) []delta.Txn {
	if r == nil {
		return nil
	}
	next := t.now().UnixMilli()
	if base != nil {
		if last, ok := base.Txn(requestsApp); ok {
			next = max(next, last+1)
		}
	}
	return []delta.Txn{{AppID: requestsApp, Version: next}}
}
