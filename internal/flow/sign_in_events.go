package flow

import (
	"context"
	"errors"
	"log/slog"

	"stoa/internal/notify"
	"stoa/internal/openid"
	"stoa/internal/passkey"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// Ways are the ways in besides the code by mail.
type Ways struct {
	Passkeys *passkey.Party   // nil: the site has no name that devices could know
	Schemes  []*openid.Scheme // identity schemes of others
	Events   *slog.Logger     // where what matters for security is written; nil: nowhere
}

// Identity is how people show who they are, and what they show it with; it can do whatever Flow can.
type Identity struct{ *Flow }

// Identity is how people show who they are.
func (f *Flow) Identity() Identity { return Identity{f} }

// Events of security, as the log names them. docs/security/events.md says what each means and what to do.
const (
	EventSignedIn       = "signed-in"
	EventSignedOut      = "signed-out"
	EventSessionsEnded  = "sessions-ended"
	EventCodeWrong      = "code-wrong"
	EventCodesHeldBack  = "codes-held-back"
	EventSecondWrong    = "second-factor-wrong"
	EventConfirmed      = "confirmed"
	EventPasskeyAdded   = "passkey-added"
	EventPasskeyRemoved = "passkey-removed"
	EventPasskeyRefused = "passkey-refused"
	EventPasskeyCopied  = "passkey-copied"
	EventAppAdded       = "app-added"
	EventAppRemoved     = "app-removed"
	EventCodesMade      = "recovery-codes-made"
	EventCodeUsed       = "recovery-code-used"
	EventRecoveryAsked  = "recovery-asked"
	EventRecoveryEnded  = "recovery-stopped"
	EventRecovered      = "recovered"
	EventInvited        = "invited"
	EventInvitationUsed = "invitation-used"
	EventSchemeLinked   = "scheme-linked"
	EventSchemeUnlinked = "scheme-unlinked"
	EventSchemeRefused  = "scheme-refused"
	EventSchemeOver     = "scheme-sessions-ended"

	EventRoleConfirmed    = "role-confirmed"
	EventRoleWithdrawn    = "role-withdrawn"
	EventEmergencyOpened  = "emergency-opened"
	EventEmergencyRefused = "emergency-refused"
	EventEmergencyMisused = "emergency-misused"
	EventMandateOffered   = "mandate-offered"
	EventMandateAccepted  = "mandate-accepted"
	EventMandateRevoked   = "mandate-revoked"
	EventActsForAnother   = "acts-for-another"
)

// secure notes what matters for security, once it has happened. It names nobody but by id.
func (f *Flow) secure(tx *store.Tx, event, who string, more ...any) {
	if f.Ways.Events == nil {
		return
	}
	args := append([]any{"event", event, "person", who}, more...)
	level := slog.LevelInfo
	if suspicious[event] {
		level = slog.LevelWarn
	}
	tx.OnCommit(func() { f.Ways.Events.Log(context.Background(), level, "security", args...) })
}

// suspicious are the events that somebody should look at when there are many, or at all.
var suspicious = map[string]bool{EventCodesHeldBack: true, EventSecondWrong: true, EventPasskeyRefused: true, EventPasskeyCopied: true,
	EventRecoveryAsked: true, EventRecoveryEnded: true, EventSchemeRefused: true,
	EventEmergencyOpened: true, EventEmergencyMisused: true}

// refusedAt notes what was refused, where nothing is committed.
func (f *Flow) refusedAt(event, who string, err error) {
	if f.Ways.Events != nil {
		f.Ways.Events.Warn("security", "event", event, "person", who, "err", err)
	}
}

// tell writes to somebody that what they sign in with has changed: whoever it was, they hear of it.
func (f *Flow) tell(ctx context.Context, tx *store.Tx, who person.Person, title, text, link string) error {
	if who.Email == "" {
		return nil
	}
	return f.Outbox.Put(ctx, tx, notify.Message{Subject: who.Subject, Kind: "security", Language: who.Language,
		Content: notify.Content{To: who.Email, Name: who.Name, Title: title, Text: text, Link: link}})
}

// tellTries is after how many wrong second factors in a row their owner hears of it: one mistyped code is nothing.
const tellTries = 3

// wrongSecond notes that a second factor was wrong. Whoever got so far reads the mailbox or holds the session, so that its
// owner is told when it goes on, once in a row.
func (f *Flow) wrongSecond(ctx context.Context, tx *store.Tx, id string) error {
	f.secure(tx, EventSecondWrong, id)
	n, err := f.People.Factors().Tries(ctx, tx, id)
	if err != nil || n != tellTries {
		return err
	}
	who, err := f.People.Get(ctx, tx, id)
	if err != nil {
		return missing(err)
	}
	p := f.Words.For(who.Language)
	return f.tell(ctx, tx, who, p.T("Somebody tries to get into your account"),
		p.T("A wrong code of your authenticator app was entered several times, after a right code from your mailbox or where you are signed in. If it was you, there is nothing to do. If it was not, somebody else reads your mailbox or holds a device of yours: change your mailbox’s password, and look at what is signed in."), "/account/security")
}

// signedIn finds the actor's person and session; everything about their own ways in begins with it.
func (f *Flow) signedIn(ctx context.Context, tx *store.Tx, actor policy.Actor, token string) (person.Session, error) {
	actor = actor.Alone() // whoever they act for, it is they who show who they are
	if err := policy.Can(actor, policy.AccountOwn, policy.Thing{Kind: "account", Owner: actor.Person}); err != nil {
		return person.Session{}, err
	}
	s, err := f.People.Sessions().BySession(ctx, tx, token)
	if err == nil && s.Person.ID != actor.Person {
		err = errors.New("another person's session")
	}
	if err != nil {
		return person.Session{}, missing(err)
	}
	return s, nil
}
