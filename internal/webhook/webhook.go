// Package webhook takes what Notion tells of by itself: that pages have
// changed. It believes only what is signed with the token that Notion sent
// once, while somebody was waiting for it, and passes on which pages to read.
// What gets lost on the way is found by the next sync.
//
// Start reading at Inbox.Receive; enrol.go is how the token gets here.
package webhook

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"leadlake"
	"leadlake/internal/blob"
	"leadlake/internal/notion"
)

// Options are what an Inbox can be told.
type Options struct {
	// Source returns the id of the source that is synced, "" while it is not
	// known. Messages about another one are left alone.
	Source func() string
	// Changed is told the ids of pages that may have changed, or be gone.
	Changed func(ids ...string)
	// Start is told that something else than a page has changed.
	Start func()
	Now   func() time.Time // default time.Now
	Log   *slog.Logger     // default discards
}

// Inbox takes messages. Its methods may be called from many goroutines.
type Inbox struct {
	enrolment *Enrolment
	options   Options

	mu    sync.Mutex
	token notion.Token // the last that was read; "" before that
	read  time.Time    // when it was
	seen  memory
}

// New returns an inbox of the lake in bucket.
func New(bucket blob.Bucket, o Options) *Inbox {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Inbox{enrolment: &Enrolment{bucket: bucket, now: o.Now}, options: o, seen: memory{places: map[string]bool{}}}
}

// Receive takes the body of one request as it came, and its signature. What is
// not from Notion is an error of kind Denied, what is from it and cannot be
// read one of kind Invalid. It does not wait for what the message asks for.
func (i *Inbox) Receive(ctx context.Context, signature string, body []byte) error {
	event, err := notion.ParseEvent(body)
	if err == nil && event.Handshake != "" {
		return i.enrolment.take(ctx, event.Handshake)
	}
	genuine, errToken := i.genuine(ctx, signature, body)
	switch {
	case errToken != nil:
		return errToken
	case !genuine:
		return leadlake.Errorf(leadlake.Denied, "The signature is not Notion's.")
	case err != nil:
		return leadlake.Errorf(leadlake.Invalid, "This message cannot be read.").Because(err)
	case !i.first(event.ID):
		return nil // sent again
	}
	i.act(ctx, event)
	return nil
}

// reread is how long a token is believed to be the newest once a signature did
// not match it.
const reread = time.Second

// genuine checks a signature. Another process may have enrolled meanwhile, so
// where it does not match, the token is read again, but not for every forgery.
func (i *Inbox) genuine(ctx context.Context, signature string, body []byte) (bool, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	matches := func() bool {
		return i.token != "" && notion.VerifySignature(i.token.Reveal(), signature, body)
	}
	if matches() {
		return true, nil
	}
	now := i.options.Now()
	if now.Sub(i.read) < reread {
		return false, nil
	}
	state, err := i.enrolment.State(ctx)
	if err != nil {
		return false, err
	}
	i.token, i.read = state.token, now
	return matches(), nil
}

// act passes on what an event asks for. A page that moves tells of where it is
// then, so that it is read wherever that is.
func (i *Inbox) act(ctx context.Context, event notion.Event) {
	ours := strings.TrimPrefix(i.options.Source(), "notion:")
	elsewhere := event.DataSource != "" && ours != "" && event.DataSource != ours
	log := func(outcome string) {
		i.options.Log.DebugContext(ctx, "notion told of a change", slog.String("type", known(event.Type)),
			slog.Int("attempt", event.Attempt), slog.String("outcome", outcome))
	}
	switch {
	case elsewhere && event.Type != "page.moved":
		log("of another database")
	case event.Page != "":
		i.options.Changed(event.Page)
		log("page to be read")
	case strings.HasPrefix(event.Type, "data_source.") || strings.HasPrefix(event.Type, "database."):
		i.options.Start()
		log("sync asked for")
	default:
		log("nothing to do")
	}
}

// known returns a type that is safe to log: words and dots.
func known(kind string) string {
	if len(kind) > 60 || strings.ContainsFunc(kind, func(r rune) bool { return r != '.' && r != '_' && (r < 'a' || r > 'z') }) {
		return "other"
	}
	return kind
}

// first reports whether the event was not seen lately. One without an id cannot
// be told from another.
func (i *Inbox) first(id string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return id == "" || i.seen.add(id)
}

// memory holds the last few thousand ids.
type memory struct {
	places map[string]bool
	order  []string
}

const remembered = 10_000

func (m *memory) add(id string) bool {
	if m.places[id] {
		return false
	}
	if len(m.order) >= remembered {
		delete(m.places, m.order[0])
		m.order = m.order[1:]
	}
	m.places[id] = true
	m.order = append(m.order, id)
	return true
}
