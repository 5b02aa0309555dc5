// Package fault owns what an error tells its caller: a kind, which the edge
// turns into a status; a public message key, which i18n turns into a sentence;
// and a cause, which only the log sees. It knows neither HTTP nor languages.
package fault

import (
	"errors"
	"fmt"
)

// Kind says whose business an error is. The zero value is Internal, so that an
// error nobody thought about is treated as ours and shows nothing.
type Kind uint8

// The kinds.
const (
	Internal        Kind = iota // ours; the person sees only a default sentence
	Invalid                     // what was sent does not pass a rule
	NotFound                    // no such thing, or none this actor may know of
	Forbidden                   // known actor, not allowed
	Conflict                    // the thing has changed, or exists already
	TooLarge                    // more than we accept
	Unauthenticated             // no known actor
	Unavailable                 // something we need is not answering; try again
	Gone                        // was there, and is not coming back
)

var kindNames = [...]string{
	"internal", "invalid", "not found", "forbidden", "conflict",
	"too large", "unauthenticated", "unavailable", "gone",
}

// String names the kind for logs.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return kindNames[Internal]
}

// Error carries a kind, the public message key with its arguments, and the
// hidden cause.
type Error struct {
	Kind  Kind
	Key   string         // public message key; empty means the kind's default sentence
	Args  map[string]any // values for the message; public
	Cause error          // for the log only, never shown
}

// New returns an error of the kind with a public message key. Args are pairs
// of name and value.
func New(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: pairs(args)}
}

// Wrap is New with a hidden cause. It returns an error even for a nil cause.
func Wrap(cause error, kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: pairs(args), Cause: cause}
}

// NewInternal hides a cause that is ours, saying what we were doing.
func NewInternal(doing string, cause error) *Error {
	return &Error{Cause: fmt.Errorf("%s: %w", doing, cause)}
}

// NewInvalid returns an error of kind Invalid.
func NewInvalid(key string, args ...any) *Error { return New(Invalid, key, args...) }

// NewNotFound returns an error of kind NotFound.
func NewNotFound(key string, args ...any) *Error { return New(NotFound, key, args...) }

// NewForbidden returns an error of kind Forbidden.
func NewForbidden(key string, args ...any) *Error { return New(Forbidden, key, args...) }

// NewConflict returns an error of kind Conflict.
func NewConflict(key string, args ...any) *Error { return New(Conflict, key, args...) }

// NewTooLarge returns an error of kind TooLarge.
func NewTooLarge(key string, args ...any) *Error { return New(TooLarge, key, args...) }

// NewUnauthenticated returns an error of kind Unauthenticated.
func NewUnauthenticated(key string, args ...any) *Error { return New(Unauthenticated, key, args...) }

// NewUnavailable returns an error of kind Unavailable.
func NewUnavailable(key string, args ...any) *Error { return New(Unavailable, key, args...) }

// NewGone returns an error of kind Gone.
func NewGone(key string, args ...any) *Error { return New(Gone, key, args...) }

// Error is for logs: it shows the cause.
func (e *Error) Error() string {
	s := e.Kind.String()
	if e.Key != "" {
		s += " (" + e.Key + ")"
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Cause }

// Is makes errors.Is(err, &Error{Kind: k, Key: key}) ask for kind and key; an
// empty key asks for the kind alone.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Cause == nil && t.Kind == e.Kind && (t.Key == "" || t.Key == e.Key)
}

// kinder lets an error of another package state its kind.
type kinder interface{ FaultKind() Kind }

// FaultKind returns the kind of the error.
func (e *Error) FaultKind() Kind { return e.Kind }

// KindOf returns the kind of the outermost error in the chain that states one,
// and Internal when none does.
func KindOf(err error) Kind {
	var k kinder
	if errors.As(err, &k) {
		return k.FaultKind()
	}
	return Internal
}

// pairs panics on a malformed list: that is a slip in our own code, which any
// test that reaches the line shows.
func pairs(args []any) map[string]any {
	if len(args) == 0 {
		return nil
	}
	if len(args)%2 != 0 {
		panic("fault: arguments must be pairs of name and value")
	}
	m := make(map[string]any, len(args)/2)
	for i := 0; i < len(args); i += 2 {
		m[args[i].(string)] = args[i+1]
	}
	return m
}
