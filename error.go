package leadlake

import (
	"errors"
	"fmt"
)

// Kind says what sort of thing went wrong, for machines: it becomes an HTTP
// status or an exit code.
type Kind string

// The kinds.
const (
	Invalid     Kind = "invalid"     // the caller asked for something impossible
	NotFound    Kind = "not_found"   // it does not exist, or may not be seen
	Conflict    Kind = "conflict"    // somebody else was there first
	Denied      Kind = "denied"      // a credential is missing, wrong or too weak
	Unavailable Kind = "unavailable" // a service or disk that we need does not answer; later may work
	Internal    Kind = "internal"    // our fault
)

// Error is the one error type that crosses packages.
type Error struct {
	Kind Kind
	Msg  string // for people: what is wrong and what to do about it; no personal data, no secret
	Err  error  // the cause, for logs; may be nil
}

// Errorf returns an Error without a cause.
func Errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Msg: fmt.Sprintf(format, args...)}
}

// Because returns a copy of e with its cause.
func (e *Error) Because(cause error) *Error {
	return &Error{Kind: e.Kind, Msg: e.Msg, Err: cause}
}

// Error returns the message and the cause.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Msg
	}
	return e.Msg + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the first Error in err's tree; Internal where
// there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// MessageOf returns the message for people of the first Error in err's tree,
// or "" where there is none.
func MessageOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Msg
	}
	return ""
}
