package desk_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/store"
	"stoa/internal/view"
)

// made is a case as the slow model knows it.
type made struct {
	*cases.Case
	words []string
}

// scatter stores cases of every kind, by hand: what they say is of no matter to a queue.
func (o *office) scatter(dice *rand.Rand, n int) []made {
	o.t.Helper()
	words := []string{"fair", "market", "café", "موسيقى", "garden"}
	people := []string{"", "", o.staff["Priya"].Person, o.staff["Youssef"].Person, o.staff["Tom"].Person}
	var all []made
	o.must(o.flow.DB.Write(o.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		for i := range n {
			s := o.j.Services[dice.IntN(len(o.j.Services))]
			st := s.Case.States[dice.IntN(len(s.Case.States))]
			subject, err := o.flow.Docket.Cases.Vault.NewSubject(ctx, tx)
			if err != nil {
				return err
			}
			due, err := o.today().AddDays(dice.IntN(40) - 20)
			if err != nil {
				return err
			}
			c := &cases.Case{ID: tx.NewID(), Organisation: s.Organisation, Number: fmt.Sprintf("N-%05d", i), Service: s.Service, Variant: "new",
				Definition: s.Hash, Person: "somebody", Subject: subject, Language: "en", State: st.ID, Ending: st.End, Entered: tx.Now(),
				Submitted: o.clock.Now().Add(-time.Duration(dice.IntN(10)) * 24 * time.Hour), Assignee: people[dice.IntN(len(people))]}
			if dice.IntN(4) > 0 {
				c.Due = due
			}
			if st.End == "" && dice.IntN(5) == 0 {
				c.Awaits = "approval"
			}
			c.Label = words[dice.IntN(len(words))] + " " + words[dice.IntN(len(words))]
			if err := o.flow.Docket.Cases.Insert(ctx, tx, c); err != nil {
				return err
			}
			if err := o.flow.Docket.Cases.Index(ctx, tx, c, c.Number, c.Label); err != nil {
				return err
			}
			all = append(all, made{c, cases.Terms(c.Number + " " + c.Label)})
		}
		return nil
	}))
	return all
}

// fits is what a queue is meant to hold, said plainly.
func (o *office) fits(c made, ask view.QueueAsk, organisations, mine []string) bool {
	week, err := o.today().AddDays(8)
	o.must(err)
	ok := slices.Contains(organisations, c.Organisation) && c.Open() != ask.Closed
	ok = ok && (ask.Organisation == "" || ask.Organisation == c.Organisation) && (ask.Service == "" || ask.Service == c.Service)
	ok = ok && (ask.Service == "" || ask.State == "" || ask.State == c.State) && (!ask.Awaiting || c.Awaits == "approval")
	switch ask.Due {
	case view.DueOverdue:
		ok = ok && !c.Due.IsZero() && c.Due.Before(o.today())
	case view.DueWeek:
		ok = ok && !c.Due.IsZero() && c.Due.Before(week)
	}
	switch ask.Assignee {
	case "":
	case view.AssigneeMine:
		ok = ok && slices.Contains(mine, c.Assignee)
	case view.AssigneeNone:
		ok = ok && c.Assignee == ""
	default:
		ok = ok && c.Assignee == ask.Assignee
	}
	for _, w := range cases.Terms(ask.Words) {
		ok = ok && slices.Contains(c.words, w)
	}
	return ok
}

func before(sort string) func(a, b made) int {
	end := calendar.MustDate("9999-12-31")
	due := func(c made) calendar.Date {
		if c.Due.IsZero() {
			return end
		}
		return c.Due
	}
	return func(a, b made) int {
		switch sort {
		case cases.ByMade:
			return -cmp.Compare(a.ID, b.ID)
		case cases.BySubmitted:
			return -cmp.Or(a.Submitted.Compare(b.Submitted), cmp.Compare(a.ID, b.ID))
		case cases.ByOldest:
			return cmp.Or(a.Submitted.Compare(b.Submitted), cmp.Compare(a.ID, b.ID))
		}
		return cmp.Or(due(a).Compare(due(b)), cmp.Compare(a.ID, b.ID))
	}
}

// Any filter, sort and search, page by page, gives what the plain model gives, in its order, once each.
func TestQueueAgainstModel(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		dice := rand.New(rand.NewPCG(7, 11))
		o.must(setAbsence(o))
		all := o.scatter(dice, 150)
		words, err := i18n.Load()
		o.must(err)
		pick := func(list ...string) string { return list[dice.IntN(len(list))] }
		for _, reader := range []struct {
			name          string
			organisations []string
			mine          []string
		}{{"Leila", []string{"environmental-health", "licensing", "customer-services"}, []string{o.staff["Leila"].Person}},
			{"Youssef", []string{"licensing"}, []string{o.staff["Youssef"].Person, o.staff["Priya"].Person}}} {
			for range 60 {
				service := o.j.Services[dice.IntN(len(o.j.Services))]
				ask := view.QueueAsk{Organisation: pick("", "", "licensing", "police"), Service: pick("", "", service.Service),
					State: pick("", service.Case.States[dice.IntN(len(service.Case.States))].ID), Due: pick("", "", view.DueOverdue, view.DueWeek),
					Assignee: pick("", "", view.AssigneeMine, view.AssigneeNone, o.staff["Tom"].Person), Awaiting: dice.IntN(5) == 0, Closed: dice.IntN(4) == 0,
					Words: pick("", "", "CAFE", "fair market", "موسيقي", "n 00007"), Sort: pick("", cases.ByDue, cases.BySubmitted, cases.ByOldest)}
				var want []string
				model := slices.Clone(all)
				sort := ask.Sort
				if sort == "" && ask.Words != "" { // the newest first
					sort = cases.ByMade
				}
				slices.SortFunc(model, before(sort))
				for _, c := range model {
					if o.fits(c, ask, reader.organisations, reader.mine) {
						want = append(want, c.Number)
					}
				}
				var got []string
				r := view.Reader{Actor: o.staff[reader.name], P: words.For("en")}
				for page := 0; page == 0 || ask.After != ""; page++ {
					q, err := o.view.Queue(o.ctx, r, ask)
					o.must(err)
					total := view.Number{N: len(want)}
					if ask.Words != "" && len(want) > 25 { // the number serves nobody
						total = view.Number{N: 25, More: true}
					}
					if q.Total != total {
						t.Fatalf("%s, %+v: counts %+v, want %+v", reader.name, ask, q.Total, total)
					}
					for _, l := range q.Lines {
						got = append(got, l.Number)
					}
					ask.After = q.Next
				}
				if !slices.Equal(got, want) {
					t.Fatalf("%s, %+v:\n got %v\nwant %v", reader.name, ask, got, want)
				}
			}
		}
		if got := len(o.looks("somebody")); got == 0 {
			t.Error("searches found somebody's cases, and no read was recorded")
		}
	})
}

// setAbsence lets Youssef stand in for Priya today.
func setAbsence(o *office) error {
	return o.flow.SetAbsence(o.ctx, o.staff["Priya"], flow.SetAbsence{From: o.today(), Until: o.today(), Substitute: o.staff["Youssef"].Person})
}
