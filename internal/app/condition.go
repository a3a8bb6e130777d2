package app

import (
	"context"
	"fmt"
	"time"

	"leadlake"
	"leadlake/internal/httpapi"
)

// condition says how the product is.
func (p *product) condition(ctx context.Context) (now httpapi.Condition) {
	if _, err := p.shown.Latest(ctx); err != nil {
		now.Unavailable = append(now.Unavailable, leadlake.MessageOf(err))
	}
	if since, err := p.shown.trouble(); err != nil {
		now.Degraded = append(now.Degraded, fmt.Sprintf("What is shown may be old, because the lake cannot be read since %s. %s", p.moment(since), leadlake.MessageOf(err)))
	}
	if refused := p.changes.refusal(); refused != "" {
		now.Degraded = append(now.Degraded, refused)
	}
	if p.runner != nil {
		now.Degraded = append(now.Degraded, p.staleness(p.runner.Status())...)
	}
	if full := p.lake.nearlyFull(); full != "" {
		now.Degraded = append(now.Degraded, full)
	}
	return now
}

// patience is how many syncs may be missed before the data are called old.
const patience = 3

// staleness says what is wrong with the copying.
func (p *product) staleness(in leadlake.Ingestion) (reasons []string) {
	until := p.options.Now()
	if in.Current != nil && in.LastFailure == nil {
		until = in.Current.StartedAt // a long sync is no missed one
	}
	every := p.source.config.Load().SyncEvery
	switch age := until.Sub(in.LastSuccess); {
	case in.LastSuccess.IsZero():
		reasons = append(reasons, "No sync has come to its end yet: leads may be missing.")
	case age > patience*every+time.Minute:
		reasons = append(reasons, fmt.Sprintf("The leads are %s old: no sync has succeeded since %s.", age.Round(time.Minute), p.moment(in.LastSuccess)))
	}
	if in.LastFailure != nil {
		message := leadlake.MessageOf(in.LastFailure.Err)
		if message == "" {
			message = "The log tells the cause."
		}
		reasons = append(reasons, fmt.Sprintf("Syncs fail since %s. %s", p.moment(in.FailingSince), message))
	}
	if in.Held != nil {
		reasons = append(reasons, fmt.Sprintf("%d leads are no longer in the database. So many at once may be a mistake, so none was marked as gone. "+
			"If they really are, run: leadlake sync --sweep --allow-mass-delete", in.Held.Held))
	}
	return reasons
}

// moment writes a time as the team reads it.
func (p *product) moment(t time.Time) string {
	return t.In(p.config.Zone).Format("2006-01-02 15:04 MST")
}

const (
	// leastFree is how much of a disk should be free whatever its size.
	leastFree = 256 << 20
	// enoughFree is how much is enough whatever its size.
	enoughFree = 4 << 30
)

// nearlyFull says that the disk of the lake is nearly full, "" where it is not or
// nobody knows.
func (l *lake) nearlyFull() string {
	folder, what := l.place, "The disk of the lake"
	if isBucket(l.place) {
		folder, what = l.disk.Scratch(), "The disk on which the files of the bucket are kept"
	}
	free, total, known := space(folder)
	if !known || free >= enoughFree || free >= leastFree && free >= total/20 {
		return ""
	}
	return fmt.Sprintf("%s is nearly full: %d MB are free. Free some space, or syncs will fail.", what, free>>20)
}
