package flow

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"stoa/internal/access"
	"stoa/internal/blob"
	"stoa/internal/cases"
	"stoa/internal/dataset"
	"stoa/internal/document"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/record"
	"stoa/internal/retain"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// copyForm names the form of data.json.
const copyForm = "stoa everything 1"

// everything gathers in one transaction.
type everything struct {
	f     Privacy
	tx    *store.Tx
	files map[string][]byte
	doc   *Everything
	staff map[string]string
	away  *blob.Away // documents that must be fetched first, all at once
}

func (g *everything) names() []string { return slices.Sorted(maps.Keys(g.files)) }

// of gathers what is held of a person.
func (g *everything) of(ctx context.Context, person string) (*Everything, error) {
	j := g.f.Docket.Releases.Current()
	g.doc = &Everything{Form: copyForm, Made: g.tx.Now().UTC(), By: j.File.Jurisdiction}
	who, err := g.f.People.Get(ctx, g.tx, person)
	if err != nil {
		return nil, err
	}
	g.doc.Account = CopiedAccount{ID: who.ID, Name: who.Name, Email: who.Email, Phone: who.Phone, Language: who.Language}
	for _, grant := range who.Grants {
		g.doc.Account.Roles = append(g.doc.Account.Roles, grant)
	}
	for _, part := range []func(context.Context, string) error{g.signIn, g.drafts, g.cases, g.records, g.money, g.supplies, g.orders, g.consents, g.mandated, g.appointed, g.looks, g.data, g.wishes} {
		if err := part(ctx, person); err != nil {
			return nil, err
		}
	}
	if g.away != nil {
		return nil, g.away
	}
	return g.doc, nil
}

func (g *everything) signIn(ctx context.Context, person string) error {
	sessions, err := g.f.People.Sessions().Of(ctx, g.tx, person)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		g.doc.Sessions = append(g.doc.Sessions, CopiedSession{Begun: s.Created, LastUsed: s.Seen, Device: s.Device})
	}
	keys, err := g.f.People.Factors().Passkeys(ctx, g.tx, person)
	if err != nil {
		return err
	}
	for _, k := range keys {
		g.doc.SignIn.Passkeys = append(g.doc.SignIn.Passkeys, k.Created)
	}
	links, err := g.f.People.Schemes().Links(ctx, g.tx, person)
	for _, l := range links {
		g.doc.SignIn.Schemes = append(g.doc.SignIn.Schemes, l.Scheme)
	}
	return err
}

func (g *everything) drafts(ctx context.Context, person string) error {
	ids, err := g.f.keeping().Drafts(ctx, g.tx, person)
	if err != nil {
		return err
	}
	for _, id := range ids {
		d, err := g.f.Docket.Cases.Draft(ctx, g.tx, id)
		if err != nil {
			return err
		}
		s, err := g.f.Docket.Releases.Get(ctx, g.tx, d.Definition)
		if err != nil {
			return err
		}
		one := CopiedDraft{Service: s.Title.In(s.Jurisdiction.File.Languages[0]), Saved: d.Updated}
		if one.Answers, err = g.answers(ctx, s, d.Typed, "applications/"+id); err != nil {
			return err
		}
		g.doc.Drafts = append(g.doc.Drafts, one)
	}
	return nil
}

// answers are what was typed, question by question, and the files that were sent with them.
func (g *everything) answers(ctx context.Context, s *service.Service, typed process.Typed, folder string) (all []CopiedAnswer, err error) {
	var walk func(t process.Typed, questions []*service.Question, in string) error
	walk = func(t process.Typed, questions []*service.Question, in string) error {
		for _, q := range questions {
			for i, item := range t.Groups[q.ID] {
				if err := walk(item.Typed, q.Members, strings.TrimSpace(fmt.Sprintf("%s %s %d", in, q.ID, i+1))); err != nil {
					return err
				}
			}
			for _, name := range slices.Sorted(maps.Keys(t.Fields)) {
				if name != q.ID && !strings.HasPrefix(name, q.ID+"-") || len(t.Fields[name]) == 0 {
					continue
				}
				a := CopiedAnswer{Question: name, Asked: q.Ask.In(s.Jurisdiction.File.Languages[0]), Typed: t.Fields[name], In: in}
				if q.Type == "file" {
					if a.Typed, err = g.take(ctx, folder, t.Fields[name]); err != nil {
						return err
					}
				}
				all = append(all, a)
			}
		}
		return nil
	}
	for _, p := range s.Pages {
		if err := walk(typed, p.Questions, ""); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// take puts documents into the copy, and gives their names in it.
func (g *everything) take(ctx context.Context, folder string, ids []string) (names []string, err error) {
	for _, id := range ids {
		if id == "" {
			continue
		}
		b, data, err := g.f.Docket.Blobs.ReadAll(ctx, g.tx, id)
		if errors.Is(err, store.ErrNotFound) || errors.Is(err, vault.ErrErased) || b.Scan == blob.Infected {
			continue
		}
		var away *blob.Away
		if errors.As(err, &away) {
			g.away = g.away.With(away)
			continue
		}
		if err != nil {
			return nil, err
		}
		name := folder + "/" + id + "-" + strings.Map(safeInZip, b.Name)
		g.files[name] = data
		names = append(names, "files/"+name)
	}
	return names, nil
}

// safeInZip leaves a name that no program unpacks to another place.
func safeInZip(r rune) rune {
	if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
		return '-'
	}
	return r
}

func (g *everything) cases(ctx context.Context, person string) error {
	list, err := g.f.keeping().All(ctx, g.tx, person)
	if err != nil {
		return err
	}
	for _, row := range list {
		one, err := g.oneCase(ctx, row.ID)
		if err != nil {
			return fmt.Errorf("copying case %s: %w", row.Number, err)
		}
		g.doc.Cases = append(g.doc.Cases, one)
	}
	return nil
}

func (g *everything) oneCase(ctx context.Context, id string) (one CopiedCase, err error) {
	c, err := g.f.Docket.Cases.Get(ctx, g.tx, id)
	if err != nil {
		return one, err
	}
	s, err := g.f.Docket.Releases.Get(ctx, g.tx, c.Definition)
	if err != nil {
		return one, err
	}
	one = CopiedCase{Number: c.Number, Service: s.Title.In(s.Jurisdiction.File.Languages[0]), Office: c.Organisation, State: c.State, Ending: c.Ending, Sent: c.Submitted, Decision: c.Decision}
	if one.Deleted, err = g.f.keeping().Destroyed(ctx, g.tx, id); err != nil || one.Deleted {
		return one, err
	}
	m, err := g.f.Docket.KeepCase(ctx, g.tx, g.f.books(), c)
	if err != nil {
		return one, err
	}
	one.Law = process.Source(m.Law)
	if last, known, err := m.Keep.Until(); err == nil && known {
		one.KeptUntil = last.String()
	}
	if one.Answers, err = g.answers(ctx, s, c.Typed, "cases/"+c.Number); err != nil {
		return one, err
	}
	if len(c.Lookups)+len(c.Picks) > 0 {
		one.Registers = map[string]any{"looked_up": c.Lookups, "chosen": c.Picks}
	}
	if one.PointedOut, err = g.pointedOut(ctx, c); err != nil {
		return one, err
	}
	return one, g.casePapers(ctx, c, &one)
}

// pointedOut is what a computer pointed out to officers, and what is kept to compare others with.
func (g *everything) pointedOut(ctx context.Context, c *cases.Case) (*CopiedHints, error) {
	if g.f.Hints == nil {
		return nil, nil
	}
	compared, err := g.f.Hints.Compared(ctx, g.tx, c.ID)
	if err != nil {
		return nil, err
	}
	flags, err := g.f.Hints.Of(ctx, g.tx, c.ID, c.Subject)
	if err != nil || len(flags)+len(compared) == 0 {
		return nil, err
	}
	all := &CopiedHints{Compared: compared}
	for _, f := range flags {
		one := CopiedFlag{At: f.At, Kind: f.Kind, Question: f.Question, Others: len(f.Others) + f.More, Said: f.Said, Low: f.Low, High: f.High, Why: f.Why}
		if !f.Cleared.IsZero() {
			one.Cleared = &f.Cleared
		}
		all.Flags = append(all.Flags, one)
	}
	return all, nil
}

// casePapers are the timeline, messages, letters and what others said. Notes that the office keeps for itself are part of
// what is held too.
func (g *everything) casePapers(ctx context.Context, c *cases.Case, one *CopiedCase) error {
	events, err := g.f.Docket.Cases.Timeline(ctx, g.tx, c)
	if err != nil {
		return err
	}
	for _, e := range events {
		one.Timeline = append(one.Timeline, CopiedEvent{At: e.At, What: e.Kind, Action: e.Action, Name: e.Name, Text: e.Text})
	}
	messages, err := g.f.Docket.Cases.Messages(ctx, g.tx, c)
	if err != nil {
		return err
	}
	for _, m := range messages {
		copied := CopiedMessage{At: m.At, Own: m.Incoming, From: m.Name, Text: m.Text}
		if copied.Files, err = g.take(ctx, "cases/"+c.Number, m.Files); err != nil {
			return err
		}
		one.Messages = append(one.Messages, copied)
	}
	letters, err := g.f.Docket.Cases.SentLetters(ctx, g.tx, c)
	if err != nil {
		return err
	}
	for _, l := range letters {
		var d document.Document
		if err := json.Unmarshal(l.Document, &d); err != nil {
			return fmt.Errorf("reading a letter: %w", err)
		}
		var b bytes.Buffer
		if err := document.PDF(&b, d, document.Options{}); err != nil {
			return fmt.Errorf("printing a letter: %w", err)
		}
		name := "cases/" + c.Number + "/letter-" + l.ID + ".pdf"
		g.files[name] = b.Bytes()
		one.Letters = append(one.Letters, CopiedLetter{At: l.At, Title: l.Title, Text: document.PlainText(d), File: "files/" + name})
	}
	asked, err := g.f.Docket.Cases.Consultations(ctx, g.tx, c)
	if err != nil {
		return err
	}
	for _, q := range asked {
		one.Asked = append(one.Asked, CopiedEvent{At: q.Asked, What: "consultation", Action: q.Organisation, Name: q.Name, Text: q.Reply + " " + q.Text})
	}
	said, err := g.f.Docket.Cases.Representations(ctx, g.tx, c.ID)
	for _, r := range said { // who wrote it is another person's
		one.Asked = append(one.Asked, CopiedEvent{At: r.At, What: "representation", Action: r.Ground, Text: r.Text})
	}
	return err
}

func (g *everything) records(ctx context.Context, person string) error {
	list, err := record.AllOf(ctx, g.tx, g.f.Docket.Records, person)
	for _, r := range list {
		one := CopiedRecord{Register: r.Register, Number: r.Number, State: r.State, From: r.From.String(), Fields: r.Fields}
		if !r.Until.IsZero() {
			one.Until = r.Until.String()
		}
		if g.f.Wallets != nil {
			wallets, err := g.f.Wallets.Store.Of(ctx, g.tx, r.ID)
			if err != nil {
				return err
			}
			for _, c := range wallets {
				one.Wallets = append(one.Wallets, c.At)
			}
		}
		g.doc.Records = append(g.doc.Records, one)
	}
	return err
}

func (g *everything) orders(ctx context.Context, person string) error {
	if g.f.Extracts == nil {
		return nil
	}
	list, err := g.f.Extracts.AllOf(ctx, g.tx, person)
	for _, o := range list {
		g.doc.Copies = append(g.doc.Copies, CopiedOrder{Number: o.Number, State: o.State, Ordered: o.Ordered, Asked: o.Asked})
	}
	return err
}

func (g *everything) consents(ctx context.Context, person string) error {
	list, err := g.f.consents().Of(ctx, g.tx, person)
	for _, c := range list {
		one := CopiedConsent{Purpose: c.Purpose, Given: c.Given, Until: c.Until.String(), Receipt: c.Receipt}
		if !c.Withdrawn.IsZero() {
			one.Withdrawn = &c.Withdrawn
		}
		g.doc.Consents = append(g.doc.Consents, one)
	}
	return err
}

// allOfThem is where a list of the copy ends.
const allOfThem = math.MaxInt32

func (g *everything) looks(ctx context.Context, person string) error {
	list, err := access.Of(ctx, g.tx, person, allOfThem)
	if err != nil {
		return err
	}
	asked, err := g.f.lookQuestions().Of(ctx, g.tx, person)
	if err != nil {
		return err
	}
	for _, l := range list {
		one := CopiedLook{At: l.At, Who: l.System, Office: l.Organisation, What: l.What, Number: l.Ref, Why: l.Why, Service: l.Service}
		if l.Actor != "" {
			if one.Who, err = g.name(ctx, l.Actor); err != nil {
				return err
			}
		}
		if l.Why == string(policy.EmergencyOpen) {
			o, err := g.f.openings().During(ctx, g.tx, l)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			if err == nil {
				one.Reason = o.Reason
			}
		}
		for _, q := range asked {
			if q.Look == l.ID {
				one.Question, one.Answer = q.Text, q.Answer
			}
		}
		g.doc.Looks = append(g.doc.Looks, one)
	}
	return nil
}

func (g *everything) name(ctx context.Context, id string) (string, error) {
	if name, ok := g.staff[id]; ok {
		return name, nil
	}
	who, err := g.f.People.Get(ctx, g.tx, id)
	if g.staff == nil {
		g.staff = map[string]string{}
	}
	g.staff[id] = who.Name
	return who.Name, err
}

func (g *everything) data(ctx context.Context, person string) error {
	if g.f.Datasets == nil {
		return nil
	}
	questions, err := g.f.Data().questions().Of(ctx, g.tx, person)
	if err != nil {
		return err
	}
	for _, q := range questions {
		g.doc.Questions = append(g.doc.Questions, CopiedQuestion{Dataset: q.Dataset, Asked: q.Asked, Text: q.Text, Answer: q.Answer})
	}
	follows, err := (&dataset.Subscriptions{Vault: g.f.People.Vault}).Of(ctx, g.tx, person)
	for _, s := range follows {
		g.doc.Follows = append(g.doc.Follows, CopiedFollow{Dataset: s.Dataset, How: string(s.Kind), Since: s.Created})
	}
	return err
}

func (g *everything) wishes(ctx context.Context, person string) error {
	erasures, err := retain.ErasuresOf(ctx, g.tx, person)
	if err != nil {
		return err
	}
	for _, e := range erasures {
		g.doc.Erasures = append(g.doc.Erasures, CopiedErasure{Asked: e.Asked, State: e.State})
	}
	copies, err := g.f.copies().AllOf(ctx, g.tx, person)
	for _, c := range copies {
		g.doc.Requests = append(g.doc.Requests, c.Asked)
	}
	return err
}
