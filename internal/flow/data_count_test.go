package flow_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/flow"
	"stoa/internal/service"
	"stoa/internal/store"
)

// counted is a case as the slow count sees it.
type counted struct {
	month, over, outcome, language string // over: the month in which it ended
	days                           int
}

// invent stores cases of a service that came in from January to June 2026, with nothing but what is in the open.
func (o *office) invent(seed uint64, n int) (all []counted) {
	o.t.Helper()
	dice, k := rand.New(rand.NewPCG(seed, 1)), o.Docket.Releases.Current().Calendar
	outcomes := []string{"granted", "granted", "granted", "granted", "refused", "withdrawn", "lapsed", ""}
	o.must(o.DB.Write(o.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		all = nil
		for i := range n {
			day, err := calendar.MustDate("2026-01-05").AddDays(dice.IntN(170))
			o.must(err)
			days, c := dice.IntN(30), counted{outcome: outcomes[dice.IntN(len(outcomes))], language: []string{"en", "en", "ar"}[dice.IntN(3)]}
			ended, err := day.AddDays(days)
			o.must(err)
			c.month, c.over = day.String()[:7], ended.String()[:7]
			for at := day; at.Before(ended); { // one by one
				at, err = at.AddDays(1)
				o.must(err)
				if working, err := k.IsWorkingDay(at); err != nil || working {
					o.must(err)
					c.days++
				}
			}
			us := store.Micros(k.StartOf(ended).Add(15 * time.Hour))
			if c.outcome == "" {
				us = 0
			}
			_, err = tx.Exec(ctx, `INSERT INTO cases (id, organisation, number, service, variant, definition, person, subject, language, licence, state, entered,
				submitted, due, due_then, turn, stopped, assignee, awaits, ending, ended, is_open, label, sealed, version, updated)
				VALUES ($1, 'markets', $2, 'street-stall', 'new', '', '', '', $3, '', 'x', 0, $4, '', '', '9999-12-31', $5, '', '', $6, $7, $8, $9, $9, 1, 0)`,
				tx.NewID(), fmt.Sprintf("X-%d-%d", seed, i), c.language, store.Micros(k.StartOf(day).Add(10*time.Hour)), false, c.outcome, us, c.outcome == "", []byte{})
			if err != nil {
				return err
			}
			if all = append(all, c); c.outcome == "" {
				all[i].outcome = "open"
			}
		}
		return nil
	}))
	return all
}

// slow counts one cell by looking at everything.
func slow(all []counted, month, column string) (n int, days []int) {
	for _, c := range all {
		decided := c.outcome == "granted" || c.outcome == "refused"
		is := c.over == month
		switch column {
		case "received":
			is = c.month == month
		case "in_time":
			is = is && decided && c.days <= 10
		case "decided", "median_days", "most_days":
			is = is && decided
		default:
			is = is && c.outcome == column
		}
		if is {
			n++
			days = append(days, c.days)
		}
	}
	slices.Sort(days)
	return n, days
}

// TestStatisticsAgreeWithASlowCount holds every number that is shown against counting one by one, and sees to it that no small
// one is.
func TestStatisticsAgreeWithASlowCount(t *testing.T) {
	eachOffice(t, func(o *office) {
		o.clock.Set(time.Date(2026, 6, 25, 12, 0, 0, 0, time.UTC))
		all := o.invent(7, 400)
		o.write("stalls-in-time.yaml", "frequency: MONTHLY\nfrom: {cases: {service: street-stall, standard: 10}}\n")
		if !o.publish("stalls-in-time") {
			o.t.Fatal(o.state("stalls-in-time"))
		}
		rows, _ := o.rows("stalls-in-time")
		if len(rows) != 6 || rows[1][0] != "2026-01" || rows[5][0] != "2026-05" {
			o.t.Fatalf("the months are %q: June is not over", rows)
		}
		shown, hidden := 0, 0
		for _, row := range rows[1:] {
			for i, column := range rows[0][1:] {
				n, days := slow(all, row[0], column)
				want := strconv.Itoa(n)
				switch {
				case column == "median_days" && n >= 5:
					want = median(days)
				case column == "most_days" && n >= 10:
					want = strconv.Itoa(days[(len(days)*9+9)/10-1])
				case n > 0 && n < 5, n == 0 && strings.HasSuffix(column, "_days"):
					want = ""
				}
				switch got := row[i+1]; {
				case got == want && got != "":
					shown++
				case got == "":
					hidden++
				default:
					o.t.Errorf("%s %s is %q, not %q", row[0], column, got, want)
				}
			}
		}
		if shown < 25 || hidden == 0 {
			o.t.Errorf("%d numbers are shown and %d hidden", shown, hidden)
		}
	})
}

func median(days []int) string {
	if n := len(days); n%2 == 0 {
		sum := days[n/2-1] + days[n/2]
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(sum)/2), ".0")
	}
	return strconv.Itoa(days[len(days)/2])
}

// TestEveryServicePublishesItsStatistics publishes what no file says, and again when a month more is over.
func TestEveryServicePublishesItsStatistics(t *testing.T) {
	eachOffice(t, func(o *office) {
		o.clock.Set(time.Date(2026, 4, 20, 12, 0, 0, 0, time.UTC))
		o.invent(3, 300)
		o.work()
		first := o.version("street-stall-statistics", 0)
		if first.Number != 1 || first.Rows != 3 || first.Spec.Title["en"] != "Street stall licence: Statistics" {
			o.t.Errorf("version %d has %d rows: %v", first.Number, first.Rows, first.Spec.Title)
		}
		if s := o.state("street-stall-statistics"); s.Due.String() != "2026-05-01" || len(s.Memory) == 0 {
			o.t.Errorf("due on %s, remembers %d bytes", s.Due, len(s.Memory))
		}
		o.later(12 * 24 * time.Hour)
		o.work()
		if v := o.version("street-stall-statistics", 0); v.Number != 2 || v.Rows != 4 || v.Changes.Added != 1 {
			o.t.Errorf("in May version %d has %d rows, changes %+v: %+v", v.Number, v.Rows, v.Changes, o.state(v.Dataset).Findings)
		}
		for _, d := range o.Docket.Releases.Current().Datasets {
			if s := o.state(d.Dataset); s.Problem != "" {
				o.t.Errorf("%s: %s %v", d.Dataset, s.Problem, s.Findings)
			}
		}
	})
}

// TestNoiseHasABudget publishes a noisy dataset until nothing is left to spend.
func TestNoiseHasABudget(t *testing.T) {
	eachOffice(t, func(o *office) {
		o.write("noisy.yaml", `
frequency: DAILY
from: {register: stalls, count: true}
columns: [{id: metres, bands: [3, 6]}, {id: records}]
disclosure: {noise: {epsilon: 0.4, budget: 1}}
`)
		for n := 1; n <= 3; n++ {
			o.licensed(fmt.Sprintf("rana%d@testshire.example", n))
			fresh := o.publish("noisy")
			if n == 2 && !fresh && len(o.spent("noisy")) == 1 && o.state("noisy").Problem == "" {
				return // by chance the noise made the former figures again: nothing new to publish, nothing spent
			}
			for range 2 {
				if o.publish("noisy") {
					o.t.Error("the same numbers were published with other noise")
				}
			}
			spent := o.spent("noisy")
			switch {
			case n < 3 && (!fresh || len(spent) != n):
				o.t.Errorf("version %d: published %v, spent %v, %+v", n, fresh, spent, o.state("noisy"))
			case n == 3 && (fresh || len(spent) != 2 || !strings.Contains(o.state("noisy").Problem, "budget")):
				o.t.Errorf("beyond the budget: published %v, spent %v, %q", fresh, spent, o.state("noisy").Problem)
			}
		}
		if v := o.version("noisy", 0); v.Number != 2 {
			o.t.Errorf("version %d is the newest", v.Number)
		}
	})
}

func (o *office) spent(id string) (all []string) {
	o.t.Helper()
	o.must(o.DB.Read(o.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		list, err := o.States.Spent(ctx, tx, id)
		all = nil
		for _, s := range list {
			all = append(all, fmt.Sprint(s.Number, " ", s.Epsilon))
		}
		return err
	}))
	return all
}

// TestBooksAndHistory publishes the books, sums and lines, and every version of every licence.
func TestBooksAndHistory(t *testing.T) {
	eachOffice(t, func(o *office) {
		o.write("lines.yaml", "frequency: DAILY\nfrom: {ledger: entries, accounts: [\"4100\", \"1200\"]}\n")
		o.write("versions.yaml", "frequency: DAILY\nfrom: {register: stalls, history: true}\n")
		o.licensed("rana@testshire.example")
		o.licensed("omar@testshire.example")
		o.clock.Set(time.Date(2026, 4, 2, 12, 0, 0, 0, time.UTC))
		o.must(o.suspend("SL-2026-00001"))
		for _, id := range []string{service.BooksDataset, "lines", "versions"} {
			if !o.publish(id) {
				o.t.Fatalf("%s: %+v", id, o.state(id))
			}
		}
		months, _ := o.rows(service.BooksDataset)
		lines, _ := o.rows("lines")
		fees := 0.0
		for _, l := range lines[1:] {
			amount, err := strconv.ParseFloat(l[slices.Index(lines[0], "amount")], 64)
			o.must(err)
			if l[slices.Index(lines[0], "account")] == "4100" {
				fees -= amount
			}
		}
		if len(months) != 2 || months[1][0] != "2026-03" || months[1][1] != "4100" || fees <= 0 ||
			months[1][slices.Index(months[0], "amount")] != fmt.Sprintf("%.2f", fees) {
			o.t.Errorf("the months are %q, the lines give %.2f", months, fees)
		}
		versions, _ := o.rows("versions")
		if len(versions) != 4 || versions[1][1] != "1" || versions[2][1] != "2" || versions[2][2] != "2026-04-02" || versions[2][len(versions[0])-3] != "suspended" {
			o.t.Errorf("the versions are %q", versions)
		}
	})
}

func (o *office) suspend(number string) error {
	var id string
	o.must(o.DB.Read(o.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		r, err := o.Docket.Records.PublicByNumber(ctx, tx, "stalls", number)
		if err == nil {
			id = r.ID
		}
		return err
	}))
	return o.ActOnLicence(o.ctx, o.officer, flow.ActOnLicence{Licence: id, Version: 1, Action: "suspend", Reason: "Litter.", Key: o.key()})
}
