package flow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/fault"
	"stoa/internal/insight"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Insight is what keeps the sums of what happened, and what people ask of them to be kept.
type Insight struct{ *Flow }

// Insight is what keeps the sums of what happened.
func (f *Flow) Insight() Insight { return Insight{f} }

// insightBatch bounds what one transaction counts.
const insightBatch = 500

// Follow counts what happened since it was last called, and tells how much. It may run on several nodes at once, and may
// be broken off anywhere: what is counted and how far it came are one transaction.
func (f Insight) Follow(ctx context.Context, actor policy.Actor) (n int, err error) {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "statistics"}); err != nil {
		return 0, err
	}
	j := f.Docket.Releases.Current()
	if j == nil {
		return 0, nil
	}
	for after := ""; ; {
		batch, err := f.toCount(ctx, after)
		if err != nil {
			return n, err
		}
		err = f.DB.Write(ctx, "flow.CountEvents", func(ctx context.Context, tx *store.Tx) error {
			return insight.Figures{}.Count(ctx, tx, batch.from, batch.events, batch.counts)
		})
		if fault.KindOf(err) == fault.Conflict { // another node counts
			return n, nil
		}
		if err != nil {
			return n, err
		}
		n += len(batch.events)
		if batch.last == "" {
			break
		}
		after = batch.last
	}
	noted, err := f.gather(ctx, j)
	return n + noted, err
}

func (f Insight) gather(ctx context.Context, j *service.Jurisdiction) (n int, err error) {
	for {
		some := 0
		err := f.DB.Write(ctx, "flow.CountNotes", func(ctx context.Context, tx *store.Tx) (err error) {
			some, err = insight.Figures{}.Gather(ctx, tx, j.Calendar.DateOf, insightBatch)
			return err
		})
		if n += some; err != nil || some < insightBatch {
			return n, err
		}
	}
}

// Recount throws away what the log of events gives again, and counts it from the beginning.
func (f Insight) Recount(ctx context.Context, actor policy.Actor) (int, error) {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "statistics"}); err != nil {
		return 0, err
	}
	err := f.DB.Write(ctx, "flow.Recount", func(ctx context.Context, tx *store.Tx) error { return insight.Figures{}.Forget(ctx, tx) })
	if err != nil {
		return 0, err
	}
	return f.Follow(ctx, actor)
}

// checkEvery is how often it is looked whether an event was missed.
const checkEvery = 24 * time.Hour

// CheckCount counts everything anew if there are events that were never counted, once a day. An event's place in the log
// is the time at which it was written: where a clock was put back it may come before what is counted already.
func (f Insight) CheckCount(ctx context.Context, actor policy.Actor) (missed int64, err error) {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "statistics"}); err != nil {
		return 0, err
	}
	const name = "checked"
	var last time.Time
	var from insight.Cursor
	var there int64
	due := false
	err = f.DB.Read(ctx, "flow.CheckCount", func(ctx context.Context, tx *store.Tx) (err error) {
		figures := insight.Figures{}
		if last, err = figures.Marked(ctx, tx, name); err != nil || tx.Now().Sub(last) < checkEvery {
			return err
		}
		due = true
		if from, err = figures.Cursor(ctx, tx); err != nil {
			return err
		}
		if there, err = (cases.Past{}).HappenedUpTo(ctx, tx, from.Place); err != nil {
			return err
		}
		seen, err := figures.Seen(ctx, tx)
		there += seen
		return err
	})
	if err != nil || !due {
		return 0, err
	}
	err = f.DB.Write(ctx, "flow.CheckCount", func(ctx context.Context, tx *store.Tx) error {
		if err := (insight.Figures{}).Claim(ctx, tx, name, last); err != nil || from.Counted >= 0 {
			return err
		}
		return insight.Figures{}.Know(ctx, tx, from, there)
	})
	if fault.KindOf(err) == fault.Conflict { // another node looks, or counts: tomorrow is soon enough
		return 0, nil
	}
	if err != nil || from.Counted < 0 || there == from.Counted {
		return 0, err
	}
	_, err = f.Recount(ctx, actor)
	return there - from.Counted, err
}

// batch is what one transaction is going to count, read before it, since others wait while one writes.
type batch struct {
	from   insight.Cursor
	events []string
	counts []insight.Count
	last   string // after which to go on; "" at the end
}

func (f Insight) toCount(ctx context.Context, after string) (b batch, err error) {
	err = f.DB.Read(ctx, "flow.toCount", func(ctx context.Context, tx *store.Tx) error {
		if b.from, err = (insight.Figures{}).Cursor(ctx, tx); err != nil {
			return err
		}
		list, err := cases.Past{Cases: f.Docket.Cases}.Happened(ctx, tx, max(after, b.from.Place), insightBatch)
		if err != nil {
			return err
		}
		if len(list) == insightBatch {
			b.last = list[len(list)-1].ID
		}
		ids := make([]string, len(list))
		for i, h := range list {
			ids[i] = h.ID
		}
		unseen, err := insight.Figures{}.Unseen(ctx, tx, ids)
		if err != nil {
			return err
		}
		for _, h := range list {
			if !unseen[h.ID] {
				continue
			}
			counts, err := f.countsOf(ctx, tx, h)
			if err != nil {
				return err
			}
			b.events, b.counts = append(b.events, h.ID), append(b.counts, counts...)
		}
		return nil
	})
	return b, err
}

// countsOf says what an event adds to the sums. It depends on the event and on what came before it in its case, so that
// counting everything again gives the same.
func (f Insight) countsOf(ctx context.Context, tx *store.Tx, h cases.Happened) (all []insight.Count, err error) {
	k := f.Docket.Releases.Current().Calendar
	one := insight.Count{Organisation: h.Organisation, Service: h.Service, Day: k.DateOf(h.At), N: 1}
	add := func(measure string, change func(*insight.Count)) {
		c := one
		if c.Measure = measure; change != nil {
			change(&c)
		}
		all = append(all, c)
	}
	var marks []insight.Mark
	if h.Kind == cases.EventSubmitted || h.Ending != "" {
		area, err := f.areaOf(ctx, tx, h.Case)
		if err != nil {
			return nil, err
		}
		marks = []insight.Mark{{By: insight.ByArea, Of: area}, {By: insight.ByLanguage, Of: h.Language}}
	}
	switch h.Kind {
	case cases.EventSubmitted:
		add(insight.Came, func(c *insight.Count) { c.Marks = marks })
		return all, nil
	case cases.EventRepresented:
		add(insight.Objected, nil)
		return all, nil
	}
	if !h.Entered.IsZero() {
		seconds := int64(max(0, h.At.Sub(h.Entered)) / time.Second)
		step := []insight.Mark{{By: insight.ByStep, Of: h.From}}
		add(insight.Step, func(c *insight.Count) { c.Inside, c.Amount, c.Marks = true, seconds, step })
		add(insight.Move, func(c *insight.Count) {
			c.Inside, c.Apart, c.Marks = true, true, []insight.Mark{{By: insight.ByMove, Of: h.From + ">" + h.To}}
		})
	}
	if h.Actor != "" && f.byStaff(h) {
		add(insight.Hands, func(c *insight.Count) {
			c.Service, c.Inside, c.Apart, c.Marks = "", true, true, []insight.Mark{{By: insight.ByHand, Of: hand(h.Organisation, c.Day, h.Actor)}}
		})
	}
	if h.Again {
		add(insight.Again, func(c *insight.Count) { c.Inside, c.Marks = true, []insight.Mark{{By: insight.ByStep, Of: h.To}} })
	}
	if h.Ending != "" {
		add(insight.Ended, func(c *insight.Count) {
			c.Marks = append([]insight.Mark{{By: insight.ByOutcome, Of: h.Ending}}, marks...)
		})
		if insight.IsDecision(h.Ending) {
			days := max(0, k.DateOf(h.Submitted).DaysUntil(k.DateOf(h.At)))
			add(insight.Decided, func(c *insight.Count) { c.Amount, c.Marks = int64(days), marks })
			add(insight.Wait, func(c *insight.Count) { c.Bucket, c.Marks = insight.BucketOf(days), marks })
		}
	}
	return all, nil
}

// byStaff reports whether a step is one that only staff take.
func (f Insight) byStaff(h cases.Happened) bool {
	s, there := f.Docket.Releases.InForce(h.Service)
	if !there {
		return false
	}
	i := slices.IndexFunc(s.Actions, func(a *service.Action) bool { return a.ID == h.Action })
	return i >= 0 && s.Actions[i].By != "applicant"
}

// hand marks who took a step, in a month and an organisation: so that people can be counted, and nobody followed.
func hand(organisation string, day calendar.Date, actor string) string {
	sum := sha256.Sum256([]byte(organisation + " " + day.String()[:7] + " " + actor))
	return hex.EncodeToString(sum[:6])
}

// TakeOver brings in the figures of the system before: past cases of a service, of which only days and endings are known.
// Those that were brought in before for it are replaced.
func (f Insight) TakeOver(ctx context.Context, actor policy.Actor, id string, list []insight.Earlier) error {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "statistics"}); err != nil {
		return err
	}
	s, there := f.Docket.Releases.InForce(id)
	if !there {
		return fault.NewNotFound("")
	}
	for i := range list {
		list[i].Service, list[i].Organisation = s.Service, s.Organisation
		if list[i].N < 1 || list[i].Ended.Before(list[i].Came) {
			return fmt.Errorf("earlier case %d of %s: it ended on %s and came on %s", i+1, id, list[i].Ended, list[i].Came)
		}
	}
	return f.DB.Write(ctx, "flow.TakeOver", func(ctx context.Context, tx *store.Tx) error {
		return insight.Figures{}.TakeOver(ctx, tx, id, list)
	})
}

// areaOf is the postcode district of what a case is about: of the first record chosen, or the first address given, that
// has one. Of a case whose key was destroyed it is no longer known.
func (f Insight) areaOf(ctx context.Context, tx *store.Tx, id string) (string, error) {
	c, err := f.Docket.Cases.Get(ctx, tx, id)
	if err != nil {
		return "", fmt.Errorf("finding out where case %s is: %w", id, err)
	}
	s, err := f.Docket.Releases.Get(ctx, tx, c.Definition)
	if err != nil {
		return "", err
	}
	for _, record := range []bool{true, false} { // what is applied for has a place of its own more often than who applies
		for _, q := range s.Questions {
			if q.Parent != nil {
				continue
			}
			postcode := ""
			switch {
			case record && q.Register != "":
				postcode = c.Picks[q.Register+" "+c.Typed.Get(q.ID)].Fields["postcode"]
			case !record && q.Type == "address":
				postcode = c.Typed.Get(q.ID + "-postcode")
			}
			if area := district(postcode); area != "" {
				return area, nil
			}
		}
	}
	return insight.Unknown, nil
}

// outward is the form of the first half of a postcode; other countries' are taken by their first three signs.
var outward = regexp.MustCompile(`^[A-Z]{1,2}[0-9][A-Z0-9]?$`)

// district is the part of a postcode that many share.
func district(postcode string) string {
	p := strings.ToUpper(strings.Join(strings.Fields(postcode), ""))
	if len(p) >= 5 && outward.MatchString(p[:len(p)-3]) {
		return p[:len(p)-3]
	}
	if len(p) < 4 || strings.Trim(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
		return ""
	}
	return p[:3]
}
