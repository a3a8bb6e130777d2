package fakenotion

import (
	"encoding/json"
	"net/http"
	"time"
)

// Fault is one misbehaviour in the script of a Server.
type Fault struct {
	On    Route // the endpoint it befalls; "" for every endpoint
	After int   // how many requests to that endpoint pass first
	Times int   // how many it befalls then; default 1; negative: all that follow
	Do    Effect
}

// Effect is what a Fault does: it answers instead of the API, or bends the
// question or the answer of a query.
type Effect struct {
	pause    time.Duration // before the answer
	instead  func(http.ResponseWriter, *http.Request)
	question func(*question) *problem
	list     func(*Server, *list)
}

// Script adds faults to the script. Of the faults that want the same request
// the first has it.
func (s *Server) Script(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		if f.Times == 0 {
			f.Times = 1
		}
		s.faults = append(s.faults, &f)
	}
}

// Clear forgets the faults that have not befallen anything yet.
func (s *Server) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

func (s *Server) effectOn(route Route) Effect {
	var effect Effect
	hit := false
	for _, f := range s.faults {
		switch {
		case f.On != "" && f.On != route:
		case f.After > 0:
			f.After--
		case f.Times != 0 && !hit:
			f.Times--
			effect, hit = f.Do, true
		}
	}
	return effect
}

// RateLimited answers 429 and asks for a pause.
func RateLimited(retryAfter time.Duration) Effect {
	return refuse(rateLimited(retryAfter, "public_api_space_request_rate_limit"))
}

// Blocked answers the 429 that no waiting heals.
func Blocked() Effect {
	return refuse(rateLimited(time.Minute, "public_api_request_blocked"))
}

// Overloaded answers 529.
func Overloaded(retryAfter time.Duration) Effect {
	p := rateLimited(retryAfter, "")
	p.Status, p.Code, p.Message, p.Additional = 529, "service_overload", "Notion is overloaded. Please try again later.", nil
	return refuse(p)
}

// Unavailable answers 503.
func Unavailable() Effect {
	return refuse(&problem{Status: 503, Code: "service_unavailable", Message: "Notion is currently unavailable. Please try again later."})
}

// UnavailableFor answers 503 and asks for a pause.
func UnavailableFor(retryAfter time.Duration) Effect {
	return refuse(&problem{
		Status: 503, Code: "service_unavailable", Message: "Notion is currently unavailable. Please try again later.",
		RetryAfter: rateLimited(retryAfter, "").RetryAfter,
	})
}

// UnavailableAbove answers 503 to every query of more than size rows.
func UnavailableAbove(size int) Effect {
	return Effect{question: func(q *question) *problem {
		if q.size <= size {
			return nil
		}
		return &problem{Status: 503, Code: "service_unavailable", Message: "Notion is currently unavailable. Please try again later."}
	}}
}

// Missing answers 404, both for what is gone and for what is not shared.
func Missing() Effect {
	return refuse(notFound("page", "00000000-0000-4000-8000-000000000404"))
}

// Restricted answers 403: the integration lacks a capability.
func Restricted() Effect {
	return refuse(&problem{Status: 403, Code: "restricted_resource", Message: "Insufficient permissions for this endpoint."})
}

// Refused answers 400 with a message of validation.
func Refused(message string) Effect { return refuse(invalid("%s", message)) }

// HTML answers with a page for people, as the edge in front of Notion does.
func HTML(status int) Effect {
	return Effect{instead: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
		w.Header().Set("Cf-Ray", "8c0ffee000000000-CDG")
		w.WriteHeader(status)
		_, _ = w.Write([]byte("<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head></html>"))
	}}
}

// Cut answers 200 and breaks off in the middle of the body.
func Cut() Effect {
	return Effect{instead: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte(`{"object":"list","results":[`))
	}}
}

// Hang does not answer until the client gives up.
func Hang() Effect {
	return Effect{instead: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }}
}

// Stall keeps the client waiting and then answers 503, as Notion does when a
// query has taken it 60 s.
func Stall(d time.Duration) Effect {
	after := Unavailable().instead
	return Effect{pause: d, instead: after}
}

// FaultRequestID is the request id of an answer that a Fault gives.
const FaultRequestID = "00000000-0000-4000-8000-00000000fa17"

func refuse(p *problem) Effect {
	return Effect{instead: func(w http.ResponseWriter, _ *http.Request) {
		copied := *p
		copied.Object, copied.RequestID = "error", FaultRequestID
		body, _ := json.Marshal(copied) // strings only: cannot fail
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("X-Notion-Request-Id", copied.RequestID)
		if p.RetryAfter != "" {
			w.Header().Set("Retry-After", p.RetryAfter)
		}
		w.WriteHeader(p.Status)
		_, _ = w.Write(body) // a client that left needs no answer
	}}
}
