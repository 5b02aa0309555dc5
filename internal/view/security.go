package view

import (
	"context"

	"stoa/internal/person"
	"stoa/internal/store"
)

// Security is what the reader signs in with, and where they are signed in.
type Security struct {
	Passkeys []PasskeyLine
	App      bool
	Codes    int // recovery codes that are left
	Schemes  []string
	Sessions []SessionLine
	Staff    bool // works here, even where this session does not show it
	Invited  bool // came by an invitation, and has made nothing yet
}

// PasskeyLine is a passkey.
type PasskeyLine struct {
	ID, Name      string
	Created, Used Instant // Used has no text where it was never used
	Desk          bool
}

// SessionLine is one place where the reader is signed in.
type SessionLine struct {
	Handle, Device, Method string
	Since, Seen            Instant
	Here                   bool
}

// Security lists them.
func (v Own) Security(ctx context.Context, r Reader) (s Security, err error) {
	if err := own(r); err != nil {
		return Security{}, err
	}
	j := v.place()
	err = v.read(ctx, "Security", func(ctx context.Context, tx *store.Tx) error {
		s = Security{}
		who, err := v.People.Get(ctx, tx, r.Actor.Person)
		if err != nil {
			return err
		}
		s.Staff = len(who.Grants) > 0
		have, err := v.People.Factors().Of(ctx, tx, who.ID)
		if err != nil {
			return err
		}
		s.App, s.Codes = have.App, int(have.Codes)
		keys, err := v.People.Factors().Passkeys(ctx, tx, who.ID)
		if err != nil {
			return err
		}
		for _, k := range keys {
			line := PasskeyLine{ID: k.ID, Name: k.Name, Created: r.instant(j, k.Created), Desk: k.Desk}
			if !k.Used.IsZero() {
				line.Used = r.instant(j, k.Used)
			}
			s.Passkeys = append(s.Passkeys, line)
		}
		links, err := v.People.Schemes().Links(ctx, tx, who.ID)
		if err != nil {
			return err
		}
		for _, l := range links {
			s.Schemes = append(s.Schemes, l.Scheme)
		}
		open, err := v.People.Sessions().Of(ctx, tx, who.ID)
		for _, o := range open {
			here := o.Handle == r.Actor.Session
			s.Invited = s.Invited || here && o.Method == person.ByInvitation
			s.Sessions = append(s.Sessions, SessionLine{Handle: o.Handle, Device: o.Device, Method: r.signedInBy(o.Method), Here: here,
				Since: r.instant(j, o.Created), Seen: r.instant(j, o.Seen)})
		}
		return err
	})
	return s, err
}

// signedInBy is how somebody signed in, in words.
func (r Reader) signedInBy(m string) string {
	switch m {
	case person.ByCode:
		return r.P.T("A code by email")
	case person.ByPasskey:
		return r.P.T("A passkey")
	case person.ByApp:
		return r.P.T("A code by email and one of your app")
	case person.ByRecovery:
		return r.P.T("A code by email and a recovery code")
	case person.ByInvitation:
		return r.P.T("An invitation")
	case person.ByScheme:
		return r.P.T("An identity that you have connected")
	case person.ByDemo:
		return r.P.T("A click, in this demonstration")
	}
	return ""
}
