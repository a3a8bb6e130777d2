package app

import (
	"context"
	"errors"
	"time"

	"leadlake"
	"leadlake/internal/config"
	"leadlake/internal/httpapi"
	"leadlake/internal/ingest"
	"leadlake/internal/webhook"
)

// inbox returns what takes Notion's messages, nil where nothing is synced.
func inbox(o Options, l *lake, runner *ingest.Runner) httpapi.Webhooks {
	if runner == nil {
		return nil
	}
	return webhook.New(l.disk, webhook.Options{Source: runner.Source, Changed: runner.Changed, Start: runner.Start, Log: o.log("webhook")})
}

// enrolmentOpen is how long a token of a webhook is waited for.
const enrolmentOpen = 15 * time.Minute

// EnrolWebhook lets the token of a webhook in, waits for it and returns it.
// waiting is told until when. The server of the same lake has to run meanwhile.
func EnrolWebhook(ctx context.Context, c config.Config, waiting func(until time.Time)) (token string, err error) {
	l, err := openLake(ctx, c)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	enrolment := webhook.NewEnrolment(l.disk)
	if err := enrolment.Open(ctx, enrolmentOpen); err != nil {
		return "", err
	}
	until := time.Now().Add(enrolmentOpen)
	waiting(until)
	for time.Now().Before(until) {
		state, err := enrolment.State(ctx)
		if err != nil {
			return "", err
		}
		if state.Token() != "" {
			return state.Token().Reveal(), nil
		}
		select {
		case <-ctx.Done():
			return "", errors.Join(ctx.Err(), enrolment.Forget(context.WithoutCancel(ctx)))
		case <-time.After(time.Second):
		}
	}
	return "", errors.Join(leadlake.Errorf(leadlake.Unavailable,
		"No token came from Notion. Does the address reach this Leadlake from outside, and does leadlake serve run?"), enrolment.Forget(ctx))
}

// Webhook is the state of a webhook.
type Webhook struct {
	OpenUntil, EnrolledAt time.Time // zero where that is not so
}

// WebhookState returns how far the setting up of a webhook has come.
func WebhookState(ctx context.Context, c config.Config) (w Webhook, err error) {
	l, err := openExisting(ctx, c)
	if err != nil || l == nil {
		return w, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	state, err := webhook.NewEnrolment(l.disk).State(ctx)
	return Webhook{state.OpenUntil, state.EnrolledAt}, err
}

// ForgetWebhook gives the token of a webhook up.
func ForgetWebhook(ctx context.Context, c config.Config) (err error) {
	l, err := openExisting(ctx, c)
	if err != nil || l == nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	return webhook.NewEnrolment(l.disk).Forget(ctx)
}
