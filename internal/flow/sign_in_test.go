package flow_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/passkey"
	"stoa/internal/passkey/passkeytest"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/totp"
)

// door is a world with ways in, and the log of what matters for security.
type door struct {
	*world
	events *bytes.Buffer
}

func doors(t *testing.T, test func(d *door)) {
	each(t, func(w *world) {
		party, err := passkey.New(w.Site.URL)
		w.must(err)
		d := &door{w, &bytes.Buffer{}}
		w.Flow.Ways = flow.Ways{Passkeys: party, Events: slog.New(slog.NewTextHandler(d.events, nil))}
		test(d)
	})
}

func (d *door) device() *passkeytest.Device {
	return passkeytest.New(d.Site.URL, strings.TrimPrefix(d.Site.URL, "https://"), rand.Reader)
}

// code signs in by mail; it returns what EnterCode does.
func (d *door) code(email string) (string, error) {
	d.t.Helper()
	d.clock.Advance(time.Second)
	id, err := d.RequestCode(d.ctx, flowStranger, flow.RequestCode{Email: email, Language: "en"})
	d.must(err)
	return d.EnterCode(d.ctx, flowStranger, flow.EnterCode{CodeID: id, Code: d.lastCode(), Device: "Firefox, Linux"})
}

func (d *door) actor(token string) policy.Actor {
	d.t.Helper()
	a, err := d.Session(d.ctx, token)
	d.must(err)
	return a
}

// resident signs in by mail.
func (d *door) resident(email string) string {
	d.t.Helper()
	token, err := d.code(email)
	d.must(err)
	return token
}

// addKey makes a passkey in a session, whose token changes.
func (d *door) addKey(token string, device *passkeytest.Device) string {
	d.t.Helper()
	asked, err := d.Identity().AskNewPasskey(d.ctx, d.actor(token), token, "Testshire")
	d.must(err)
	answer, err := device.Make(asked.Options)
	d.must(err)
	next, err := d.Identity().AddPasskey(d.ctx, d.actor(token), flow.AddPasskey{Session: token, Ceremony: asked.Ceremony, Name: "Phone", Answer: answer})
	d.must(err)
	return next
}

func (d *door) byKey(device *passkeytest.Device) (string, error) {
	d.t.Helper()
	asked, err := d.Identity().AskPasskey(d.ctx, flowStranger, false)
	d.must(err)
	answer, err := device.Use(asked.Options)
	d.must(err)
	return d.Identity().PasskeySignIn(d.ctx, flow.PasskeySignIn{Ceremony: asked.Ceremony, Answer: answer})
}

// lastLink is where the latest message leads.
func (d *door) lastLink() string {
	d.t.Helper()
	var link string
	d.must(d.DB.Read(d.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		all, err := d.Outbox.Latest(ctx, tx, 1)
		if err == nil {
			link = all[0].Link
		}
		return err
	}))
	return link
}

// hired takes an invitation up with a device.
func (d *door) hired(id string, device *passkeytest.Device) string {
	d.t.Helper()
	d.clock.Advance(time.Second)
	link, waits, err := d.Identity().Invite(d.ctx, d.system, flow.Invite{Person: id, Again: true})
	d.must(err)
	if waits || d.lastLink() != link {
		d.t.Fatalf("waits %v, mailed %q, said %q", waits, d.lastLink(), link)
	}
	token, err := d.Identity().TakeInvitation(d.ctx, strings.TrimPrefix(link, "/invitation/"), "")
	d.must(err)
	return d.addKey(token, device)
}

func invalid(t testing.TB, what string, err error) {
	t.Helper()
	if fault.KindOf(err) != fault.Invalid || err == nil {
		t.Errorf("%s: %v", what, err)
	}
}

func TestAPasskeySignsIn(t *testing.T) {
	doors(t, func(d *door) {
		device, token := d.device(), d.resident("rana@testshire.example")
		next := d.addKey(token, device)
		if a := d.actor(token); a.Person != "" {
			d.t.Error("the session's old token still works after its rights have changed")
		}
		if d.actor(next).Person == "" {
			d.t.Fatal("the new token does not work")
		}
		signed, err := d.byKey(device)
		d.must(err)
		if a := d.actor(signed); a.Person != d.actor(next).Person || a.Level != policy.Low || a.Staff() {
			d.t.Errorf("signed in as %+v: a key that was made after a code by mail is worth no more than that", a)
		}
		for _, want := range []string{"event=passkey-added", "event=signed-in", "method=passkey"} {
			if !strings.Contains(d.events.String(), want) {
				d.t.Errorf("no %s in %s", want, d.events)
			}
		}
		if strings.Contains(d.events.String(), "rana") {
			d.t.Error("the log of security names people")
		}
	})
}

func TestAChallengeIsAnsweredOnceAndInTime(t *testing.T) {
	doors(t, func(d *door) {
		device := d.device()
		d.addKey(d.resident("rana@testshire.example"), device)
		asked, err := d.Identity().AskPasskey(d.ctx, flowStranger, false)
		d.must(err)
		answer, err := device.Use(asked.Options)
		d.must(err)
		in := flow.PasskeySignIn{Ceremony: asked.Ceremony, Answer: answer}
		if _, err := d.Identity().PasskeySignIn(d.ctx, in); err != nil {
			d.t.Fatal(err)
		}
		_, err = d.Identity().PasskeySignIn(d.ctx, in)
		invalid(d.t, "the same answer again", err)

		asked, err = d.Identity().AskPasskey(d.ctx, flowStranger, false)
		d.must(err)
		_, err = d.Identity().PasskeySignIn(d.ctx, flow.PasskeySignIn{Ceremony: asked.Ceremony, Answer: answer})
		invalid(d.t, "an old answer to a new question", err)
		fresh, err := device.Use(asked.Options)
		d.must(err)
		_, err = d.Identity().PasskeySignIn(d.ctx, flow.PasskeySignIn{Ceremony: asked.Ceremony, Answer: fresh})
		invalid(d.t, "the right answer after a wrong one", err)

		asked, err = d.Identity().AskPasskey(d.ctx, flowStranger, false)
		d.must(err)
		late, err := device.Use(asked.Options)
		d.must(err)
		d.clock.Advance(person.CeremonyLife + time.Second)
		_, err = d.Identity().PasskeySignIn(d.ctx, flow.PasskeySignIn{Ceremony: asked.Ceremony, Answer: late})
		invalid(d.t, "a late answer", err)
	})
}

func TestACopiedPasskeyIsNoted(t *testing.T) {
	doors(t, func(d *door) {
		device := d.device()
		d.addKey(d.resident("rana@testshire.example"), device)
		other := device.Copy()
		for _, one := range []*passkeytest.Device{device, device, other} {
			if _, err := d.byKey(one); err != nil {
				d.t.Fatal(err)
			}
		}
		if n := strings.Count(d.events.String(), "event=passkey-copied"); n != 1 {
			d.t.Errorf("noted %d times", n)
		}
	})
}

func TestWhoWorksHereNeedsMoreThanMail(t *testing.T) {
	doors(t, func(d *door) {
		email := "olu.officer@testshire.example"
		var second *flow.SecondNeeded
		if token, err := d.code(email); !errors.As(err, &second) || token != "" {
			d.t.Fatalf("a code by mail lets an officer in: %q, %v", token, err)
		}
		device := d.device()
		token := d.hired(d.officer.Person, device)
		if a := d.actor(token); !a.Staff() || a.Level != policy.Substantial {
			d.t.Errorf("after the invitation: %+v", a)
		}
		signed, err := d.byKey(device)
		d.must(err)
		if a := d.actor(signed); !a.Staff() {
			d.t.Errorf("signed in: %+v", a)
		}
		if _, err := d.code(email); !errors.As(err, &second) {
			d.t.Errorf("a code by mail lets an officer in who has a passkey: %v", err)
		}
	})
}

// TestAResidentsPasskeyDoesNotOpenTheDesk: whoever made a passkey by their mailbox alone, before they worked here, still needs
// an invitation.
func TestAResidentsPasskeyDoesNotOpenTheDesk(t *testing.T) {
	doors(t, func(d *door) {
		device, token := d.device(), d.resident("fay@testshire.example")
		token = d.addKey(token, device)
		who := d.actor(token)
		_, err := d.AddStaff(d.ctx, d.system, flow.AddStaff{Name: "Fay", Email: "fay@testshire.example", Language: "en", Grants: d.officer.Grants})
		d.must(err)
		if a := d.actor(token); a.Person != "" {
			d.t.Error("a session outlives a change of rights")
		}
		signed, err := d.byKey(device)
		d.must(err)
		if a := d.actor(signed); a.Person != who.Person || a.Staff() {
			d.t.Errorf("%+v", a)
		}
		again := d.addKey(signed, d.device())
		if a := d.actor(again); a.Staff() {
			d.t.Error("a passkey made without an invitation opens the desk")
		}
	})
}

func TestAnInvitationIsTakenOnce(t *testing.T) {
	doors(t, func(d *door) {
		link, _, err := d.Identity().Invite(d.ctx, d.system, flow.Invite{Person: d.officer.Person, Again: true})
		d.must(err)
		token := strings.TrimPrefix(link, "/invitation/")
		for range 3 {
			if _, err := d.Identity().Invited(d.ctx, token); err != nil {
				d.t.Fatal("looking uses it up: ", err)
			}
		}
		session, err := d.Identity().TakeInvitation(d.ctx, token, "")
		d.must(err)
		if d.actor(session).Staff() {
			d.t.Error("an invitation alone opens the desk")
		}
		if _, err := d.Identity().TakeInvitation(d.ctx, token, ""); fault.KindOf(err) != fault.Gone {
			d.t.Errorf("again: %v", err)
		}
		link, _, err = d.Identity().Invite(d.ctx, d.system, flow.Invite{Person: d.officer.Person, Again: true})
		d.must(err)
		d.clock.Advance(person.InvitationLife + time.Second)
		if _, err := d.Identity().TakeInvitation(d.ctx, strings.TrimPrefix(link, "/invitation/"), ""); fault.KindOf(err) != fault.Gone {
			d.t.Errorf("too late: %v", err)
		}
		if _, _, err := d.Identity().Invite(d.ctx, d.officer, flow.Invite{Person: d.officer.Person, Again: true}); fault.KindOf(err) != fault.Forbidden {
			d.t.Errorf("an officer invites: %v", err)
		}
	})
}

// TestOneAdministratorAloneTakesNobodyOver: who has a way in gets another by two administrators only, and hears of it.
func TestOneAdministratorAloneTakesNobodyOver(t *testing.T) {
	doors(t, func(d *door) {
		device := d.device()
		token := d.hired(d.officer.Person, device)
		one := d.staff("Ada Admin", policy.Grant{Role: policy.Administrator, Organisation: "markets"})
		two := d.staff("Bo Admin", policy.Grant{Role: policy.Administrator, Organisation: "markets"})
		d.clock.Advance(time.Second)
		link, waits, err := d.Identity().Invite(d.ctx, one, flow.Invite{Person: d.officer.Person, Again: true})
		d.must(err)
		if !waits || link != "" || d.lastLink() != "" {
			d.t.Fatalf("one alone: %q, %v", link, waits)
		}
		if err := d.Identity().AgreeToInvitation(d.ctx, one, d.officer.Person); fault.KindOf(err) != fault.Forbidden {
			d.t.Errorf("agreeing with oneself: %v", err)
		}
		if d.actor(token).Person == "" {
			d.t.Error("the old way in ended before the new one was taken up")
		}
		d.clock.Advance(time.Second)
		d.must(d.Identity().AgreeToInvitation(d.ctx, two, d.officer.Person))
		session, err := d.Identity().TakeInvitation(d.ctx, strings.TrimPrefix(d.lastLink(), "/invitation/"), "")
		d.must(err)
		if d.actor(token).Person != "" {
			d.t.Error("what was lost still lets somebody in")
		}
		if _, err := d.byKey(device); err == nil {
			d.t.Error("the lost passkey still works")
		}
		if a := d.actor(d.addKey(session, d.device())); !a.Staff() {
			d.t.Errorf("%+v", a)
		}
	})
}

func TestTheLastWayInOfStaffStays(t *testing.T) {
	doors(t, func(d *door) {
		device := d.device()
		token := d.hired(d.officer.Person, device)
		keys := func() (ids []string) {
			d.must(d.DB.Read(d.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
				all, err := d.People.Factors().Passkeys(ctx, tx, d.officer.Person)
				for _, k := range all {
					ids = append(ids, k.ID)
				}
				return err
			}))
			return ids
		}
		invalid(d.t, "removing the last", d.Identity().RemovePasskey(d.ctx, d.actor(token), keys()[0]))
		d.clock.Advance(time.Second)
		token = d.addKey(token, d.device())
		d.must(d.Identity().RemovePasskey(d.ctx, d.actor(token), keys()[0]))
		if _, err := d.byKey(device); err == nil {
			d.t.Error("a removed passkey signs in")
		}
		if err := d.Identity().RemovePasskey(d.ctx, d.other, keys()[0]); fault.KindOf(err) != fault.NotFound {
			d.t.Errorf("somebody else's passkey: %v", err)
		}
	})
}

// app sets an authenticator app up, and returns its secret, recovery codes and the session's token.
func (d *door) app(token string) ([]byte, []string, string) {
	d.t.Helper()
	d.must(d.Identity().NewApp(d.ctx, d.actor(token)))
	secret, account, err := d.Identity().AppSecret(d.ctx, d.actor(token))
	d.must(err)
	if account == "" || len(secret) != totp.SecretLength {
		d.t.Fatalf("%q, %d", account, len(secret))
	}
	_, _, err = d.Identity().SetUpApp(d.ctx, d.actor(token), flow.SetUpApp{Session: token, Code: "000000x"})
	invalid(d.t, "setting up by a wrong code", err)
	codes, next, err := d.Identity().SetUpApp(d.ctx, d.actor(token), flow.SetUpApp{Session: token, Code: totp.Code(secret, totp.StepAt(d.clock.Now()))})
	d.must(err)
	return secret, codes, next
}

func (d *door) second(email string) string {
	d.t.Helper()
	var second *flow.SecondNeeded
	if token, err := d.code(email); !errors.As(err, &second) {
		d.t.Fatalf("the code by mail is enough: %q, %v", token, err)
	}
	return second.Ceremony
}

func TestAnAppIsASecondFactor(t *testing.T) {
	doors(t, func(d *door) {
		email := "rana@testshire.example"
		secret, codes, _ := d.app(d.resident(email))
		if again, _, err := d.Identity().AppSecret(d.ctx, d.actor(d.resident2(email, codes[9]))); err != nil || again != nil {
			d.t.Errorf("the secret is shown again: %v", err)
		}
		d.clock.Advance(time.Minute)
		now := totp.Code(secret, totp.StepAt(d.clock.Now()))
		c := d.second(email)
		_, err := d.Identity().EnterSecond(d.ctx, flow.EnterSecond{Ceremony: c, Code: totp.Code(secret, totp.StepAt(d.clock.Now())+5)})
		invalid(d.t, "a code of another time", err)
		token, err := d.Identity().EnterSecond(d.ctx, flow.EnterSecond{Ceremony: c, Code: now[:3] + " " + now[3:]})
		d.must(err)
		if d.actor(token).Person == "" {
			d.t.Error("nobody is signed in")
		}
		_, err = d.Identity().EnterSecond(d.ctx, flow.EnterSecond{Ceremony: c, Code: now})
		invalid(d.t, "the ceremony again", err)
		_, err = d.Identity().EnterSecond(d.ctx, flow.EnterSecond{Ceremony: d.second(email), Code: now})
		invalid(d.t, "the same code again", err)

		_, err = d.Identity().EnterSecond(d.ctx, flow.EnterSecond{Ceremony: d.second(email), Code: codes[9]})
		invalid(d.t, "a recovery code again", err)
		if _, err = d.Identity().EnterSecond(d.ctx, flow.EnterSecond{Ceremony: d.second(email), Code: strings.ToUpper(codes[1])}); err != nil {
			d.t.Errorf("a recovery code: %v", err)
		}
	})
}

// resident2 signs in by mail and a second code.
func (d *door) resident2(email, code string) string {
	d.t.Helper()
	token, err := d.Identity().EnterSecond(d.ctx, flow.EnterSecond{Ceremony: d.second(email), Code: code})
	d.must(err)
	return token
}

// TestGuessingTheAppEnds: the limit is the account's, however many ceremonies are begun from wherever.
func TestGuessingTheAppEnds(t *testing.T) {
	doors(t, func(d *door) {
		email := "rana@testshire.example"
		secret, _, _ := d.app(d.resident(email))
		d.clock.Advance(2 * time.Hour)
		for i := range 8 {
			if i%4 == 0 {
				d.clock.Advance(time.Hour) // codes by mail are limited too
			}
			_, err := d.Identity().EnterSecond(d.ctx, flow.EnterSecond{Ceremony: d.second(email), Code: totp.Code(secret, totp.StepAt(d.clock.Now())+7)})
			invalid(d.t, "a wrong code", err)
			if _, told := d.mails()["Somebody tries to get into your account"]; told != (i >= 2) {
				d.t.Errorf("after %d wrong codes its owner was told: %v", i+1, told)
			}
		}
		d.clock.Advance(time.Second)
		right := func() (string, error) {
			return d.Identity().EnterSecond(d.ctx, flow.EnterSecond{Ceremony: d.second(email), Code: totp.Code(secret, totp.StepAt(d.clock.Now()))})
		}
		_, err := right()
		invalid(d.t, "the right code after eight wrong ones", err)
		d.clock.Advance(16 * time.Minute)
		if _, err := right(); err != nil {
			d.t.Errorf("after the rest: %v", err)
		}
	})
}

// TestRecoveryWaitsAndCanBeStopped: whoever reads the mailbox gets in after three days, unless the owner stops it.
func TestRecoveryWaitsAndCanBeStopped(t *testing.T) {
	doors(t, func(d *door) {
		email := "rana@testshire.example"
		secret, _, _ := d.app(d.resident(email))
		c := d.second(email)
		d.clock.Advance(time.Second)
		d.must(d.Identity().LostSecond(d.ctx, c))
		stop := strings.TrimPrefix(d.lastLink(), "/sign-in/stop/")
		d.clock.Advance(person.RecoveryWait - time.Hour)
		c = d.second(email) // still asked for
		d.must(d.Identity().LostSecond(d.ctx, c))
		d.must(d.Identity().StopRecovery(d.ctx, stop))
		d.clock.Advance(2 * time.Hour)
		c = d.second(email)
		d.must(d.Identity().LostSecond(d.ctx, c))
		d.clock.Advance(time.Hour)
		if _, err := d.Identity().EnterSecond(d.ctx, flow.EnterSecond{Ceremony: d.second(email), Code: totp.Code(secret, totp.StepAt(d.clock.Now()))}); err != nil {
			d.t.Fatal(err)
		}
		d.clock.Advance(person.RecoveryWait + time.Hour)
		c = d.second(email) // who signs in with the app has not lost it
		d.must(d.Identity().LostSecond(d.ctx, c))
		d.clock.Advance(person.RecoveryWait + time.Hour)
		if _, err := d.code(email); err != nil {
			d.t.Errorf("after the wait: %v", err)
		}
		if err := d.Identity().LostSecond(d.ctx, d.second("olu.officer@testshire.example")); fault.KindOf(err) != fault.Forbidden {
			d.t.Errorf("staff: %v", err)
		}
	})
}

func TestConfirming(t *testing.T) {
	doors(t, func(d *door) {
		email := "rana@testshire.example"
		token := d.resident(email)
		d.clock.Advance(policy.FreshFor + time.Second)
		if policy.Fresh(d.actor(token), d.clock.Now()) {
			d.t.Fatal("fresh for ever")
		}
		id, err := d.Identity().SendConfirmCode(d.ctx, d.actor(token))
		d.must(err)
		_, err = d.Identity().Confirm(d.ctx, d.actor(token), flow.Confirm{Session: token, CodeID: id, Code: "x"})
		invalid(d.t, "a wrong code", err)
		_, err = d.Identity().Confirm(d.ctx, d.actor(token), flow.Confirm{Session: token})
		invalid(d.t, "nothing at all", err)
		next, err := d.Identity().Confirm(d.ctx, d.actor(token), flow.Confirm{Session: token, CodeID: id, Code: d.lastCode()})
		d.must(err)
		if !policy.Fresh(d.actor(next), d.clock.Now()) || d.actor(token).Person != "" {
			d.t.Error("not fresh, or under the old token")
		}
		// Somebody else's code confirms nothing.
		d.clock.Advance(policy.FreshFor + time.Second)
		other, err := d.RequestCode(d.ctx, flowStranger, flow.RequestCode{Email: "mallory@testshire.example", Language: "en"})
		d.must(err)
		_, err = d.Identity().Confirm(d.ctx, d.actor(next), flow.Confirm{Session: next, CodeID: other, Code: d.lastCode()})
		invalid(d.t, "a code of another address", err)

		device := d.device()
		next = d.addKey(next, device)
		d.clock.Advance(policy.FreshFor + time.Second)
		asked, err := d.Identity().AskPasskey(d.ctx, d.actor(next), true)
		d.must(err)
		answer, err := device.Use(asked.Options)
		d.must(err)
		_, err = d.Identity().PasskeySignIn(d.ctx, flow.PasskeySignIn{Ceremony: asked.Ceremony, Answer: answer})
		invalid(d.t, "an answer for one purpose used for another", err)
		asked, err = d.Identity().AskPasskey(d.ctx, d.actor(next), true)
		d.must(err)
		answer, err = device.Use(asked.Options)
		d.must(err)
		last, err := d.Identity().ConfirmByPasskey(d.ctx, d.actor(next), flow.ConfirmByPasskey{Session: next, Ceremony: asked.Ceremony, Answer: answer})
		d.must(err)
		if !policy.Fresh(d.actor(last), d.clock.Now()) {
			d.t.Error("not fresh")
		}
		if _, err := d.Identity().SendConfirmCode(d.ctx, d.actor(d.hired(d.officer.Person, d.device()))); fault.KindOf(err) != fault.NotFound {
			d.t.Errorf("mail is enough for staff: %v", err)
		}
	})
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	doors(t, func(d *door) {
		email := "rana@testshire.example"
		one, two, three := d.resident(email), d.resident(email), d.resident(email)
		other := d.resident("ben@testshire.example")
		d.must(d.Identity().EndSession(d.ctx, d.actor(one), d.actor(two).Session))
		d.must(d.Identity().EndSession(d.ctx, d.actor(one), d.actor(other).Session)) // says nothing, does nothing
		if d.actor(two).Person != "" || d.actor(one).Person == "" || d.actor(three).Person == "" || d.actor(other).Person == "" {
			d.t.Error("another session ended than the one that was named")
		}
		d.must(d.Identity().EndOtherSessions(d.ctx, d.actor(one)))
		if d.actor(three).Person != "" || d.actor(one).Person == "" || d.actor(other).Person == "" {
			d.t.Error("not all others, or more than they")
		}
	})
}
