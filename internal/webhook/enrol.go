package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"leadlake"
	"leadlake/internal/blob"
	"leadlake/internal/notion"
)

// stateName is the object that holds the state.
const stateName = "_app/webhook.json"

// State says how far the setting up of a webhook has come.
type State struct {
	OpenUntil  time.Time // when a token will no longer be taken; zero where none is waited for
	EnrolledAt time.Time // when the token came; zero where there is none
	token      notion.Token
}

// Token returns the token, which has to be typed into Notion once, and is the
// key of every signature.
func (s State) Token() notion.Token { return s.token }

// stored is a state as it lies in the lake.
type stored struct {
	OpenUntil  *time.Time `json:"open_until,omitempty"`
	EnrolledAt *time.Time `json:"enrolled_at,omitempty"`
	Token      string     `json:"token,omitempty"`
}

// Enrolment is the setting up of a webhook. Processes share it through the
// lake: one waits for the token, another is sent it.
type Enrolment struct {
	bucket blob.Bucket
	now    func() time.Time
}

// NewEnrolment returns the enrolment of the lake in bucket.
func NewEnrolment(bucket blob.Bucket) *Enrolment { return &Enrolment{bucket: bucket, now: time.Now} }

// State returns how far it has come.
func (e *Enrolment) State(ctx context.Context) (State, error) {
	data, err := e.bucket.Get(ctx, stateName)
	if errors.Is(err, blob.ErrNotExist) {
		return State{}, nil
	}
	var s stored
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err != nil {
		return State{}, fmt.Errorf("reading the state of the webhook: %w", err)
	}
	state := State{token: notion.Token(s.Token)}
	if s.OpenUntil != nil {
		state.OpenUntil = *s.OpenUntil
	}
	if s.EnrolledAt != nil {
		state.EnrolledAt = *s.EnrolledAt
	}
	return state, nil
}

// Open lets a token in for some time. A token that is there already is never
// replaced: it has to be forgotten first.
func (e *Enrolment) Open(ctx context.Context, wait time.Duration) error {
	state, err := e.State(ctx)
	if err != nil {
		return err
	}
	if state.token != "" {
		return leadlake.Errorf(leadlake.Conflict, "A webhook is set up since %s. To set up another, first run: leadlake webhook forget",
			state.EnrolledAt.Format("2006-01-02 15:04 UTC"))
	}
	until := e.now().UTC().Add(wait)
	return e.put(ctx, stored{OpenUntil: &until})
}

// Forget gives the token up; messages are no longer believed.
func (e *Enrolment) Forget(ctx context.Context) error {
	if err := e.bucket.Delete(ctx, stateName); err != nil {
		return fmt.Errorf("forgetting the webhook: %w", err)
	}
	return nil
}

// take stores a token, where somebody waits for one. Anybody can send it, which
// is why nobody else may do so at another time; and why its first sender has
// to be confirmed in Notion, by typing it in there.
func (e *Enrolment) take(ctx context.Context, token notion.Token) error {
	state, err := e.State(ctx)
	if err != nil {
		return err
	}
	if state.token == token {
		return nil // sent again
	}
	now := e.now().UTC()
	if state.token != "" || !now.Before(state.OpenUntil) {
		return leadlake.Errorf(leadlake.Denied, "Nobody waits for a token. To set up a webhook, run: leadlake webhook enroll")
	}
	return e.put(ctx, stored{EnrolledAt: &now, Token: token.Reveal()})
}

func (e *Enrolment) put(ctx context.Context, s stored) error {
	data, err := json.Marshal(s)
	if err == nil {
		err = e.bucket.Put(ctx, stateName, bytes.NewReader(data))
	}
	if err != nil {
		return fmt.Errorf("storing the state of the webhook: %w", err)
	}
	return nil
}
