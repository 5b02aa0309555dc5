package simulate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"stoa/internal/money"
	"stoa/internal/process"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// Cases replays cases of a service.
type Cases struct {
	*Replay[Case]
	was, is *service.Service
	moved   map[string]bool // states whose deadlines are

	// OnlyPrices says that the two differ in items of the fee alone: a case is judged once then, and priced twice.
	OnlyPrices bool
}

// Service begins a replay of a service's cases under its rules and under changed ones. Groups with fewer than floor are hidden.
func Service(was, is *service.Service, floor int) *Cases {
	c := &Cases{was: was, is: is, moved: movedDeadlines(was, is)}
	c.Replay = start(floor, c.compare, Study{Kind: "service", Subject: was.Service, Currency: was.Jurisdiction.File.Currency}, was.Hash, is.Hash)
	for _, n := range was.Values {
		if grouped(n) {
			c.order = append(c.order, tellers(n)...)
		}
	}
	for _, q := range was.Questions {
		if asFact(q) {
			c.order = append(c.order, q.ID)
		}
	}
	c.order = append(c.order, "variant", "language")
	return c
}

func (c *Cases) compare(ctx context.Context, one *Case) (compared, error) {
	day := c.was.Jurisdiction.Calendar.DateOf(one.Submitted).String()
	out := compared{id: one.ID, print: fmt.Sprintf("%s %s %s %s", one.ID, one.Definition, day, one.Ending), day: day,
		older: one.Definition != c.was.Hash, charged: one.Charged}
	if one.Erased {
		out.lacks = "erased"
		return out, nil
	}
	before, err := replay(ctx, c.was, one)
	if err != nil || before.lacks != "" {
		out.lacks = before.lacks
		return out, err
	}
	after := before
	if c.is != c.was {
		if after, err = c.changed(ctx, &before, one); err != nil || after.lacks != "" {
			out.lacks = after.lacks
			return out, err
		}
	}
	if before.refused == "" {
		out.before = before.total
	}
	if after.refused == "" {
		out.after = after.total
	}
	out.unsent = (before.refused == "") != (after.refused == "")
	tells := before.tells(c.was, one)
	if !tells && one.Ending != "" && before.refused == "" && after.refused == "" && c.timedOtherwise(one, &before, &after) {
		out.lacks = "deadline"
		return out, nil
	}
	if from, to := ends(c, one, &before, &after, tells); from != to {
		out.flip = turn{From: from, To: to}
		switch Unsent {
		case to:
			out.flip.Why = after.refused
		case from:
			out.flip.Why = before.refused
		}
	}
	if tells && before.refused == "" && after.refused == "" {
		out.late = [2]bool{before.passed(c.was, one), after.passed(c.is, one)}
	}
	out.facts, err = c.factsOf(ctx, one, before.judged)
	return out, err
}

// changed is what a case comes to under the changed rules.
func (c *Cases) changed(ctx context.Context, before *outcome, one *Case) (outcome, error) {
	if !c.OnlyPrices {
		return replay(ctx, c.is, one)
	}
	if before.refused != "" { // no price changes that
		return *before, nil
	}
	j, err := before.judged.Priced(ctx, c.is)
	if err != nil {
		return outcome{}, fmt.Errorf("pricing case %s: %w", one.ID, err)
	}
	if lookup := before.missed(); lookup != "" {
		return outcome{lacks: "lookup." + lookup}, nil
	}
	return conclude(ctx, j, one)
}

// asFact reports whether people may be grouped by a question: one that is nobody's own.
func asFact(q *service.Question) bool {
	if q.Parent != nil || q.Personal != "" && q.Personal != "no" {
		return false
	}
	switch q.Type {
	case "one_of", "yes_no", "number", "money":
		return true
	}
	return false
}

// grouped reports whether people may be grouped by a value or the outputs of a table. A text that rules put together may be
// somebody's name, so it never is.
func grouped(n *service.Named) bool {
	return n.Table != nil || n.File != nil && n.File.Type == "yes_no"
}

// tellers are what of a value or table groups.
func tellers(n *service.Named) (ids []string) {
	if n.Table == nil {
		return []string{n.ID}
	}
	for _, o := range n.Table.File.Outputs {
		if o.Type == "text" || o.Type == "yes_no" {
			ids = append(ids, n.ID+"."+o.ID)
		}
	}
	return ids
}

// factsOf are what a case is grouped by, as the rules in force see it.
func (c *Cases) factsOf(ctx context.Context, one *Case, j *process.Judgement) (map[string]string, error) {
	facts := map[string]string{"variant": one.Variant, "language": one.Language}
	for _, q := range c.was.Questions {
		if !asFact(q) {
			continue
		}
		if !j.Asked(q.ID) {
			facts[q.ID] = NotAsked
			continue
		}
		facts[q.ID] = groupOf(j.Answers[q.ID])
	}
	for _, n := range c.was.Values {
		ids := tellers(n)
		if !grouped(n) || len(ids) == 0 {
			continue
		}
		v, known, err := j.Compute(ctx, n.Rule)
		if err != nil {
			return nil, err
		}
		if n.Table == nil {
			facts[n.ID] = told(v, known)
			continue
		}
		record, _ := v.(map[string]rule.Value)
		for _, id := range ids {
			facts[id] = told(record[id[len(n.ID)+1:]], known)
		}
	}
	return facts, nil
}

func told(v rule.Value, known bool) string {
	if !known {
		return NotAsked
	}
	return groupOf(v)
}

// What a group is called where a fact says nothing.
const (
	NotAsked = "not_asked"
	Others   = "others" // of each of which there are too few
	Nothing  = "nothing"
)

// groupOf is the group that a value belongs to: itself, or the band of a number. The bands are the same for all, so that they
// tell nothing of those who are in them.
func groupOf(v any) string {
	switch v := v.(type) {
	case nil:
		return Nothing
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case string:
		if v == "" {
			return Nothing
		}
		return v
	case money.Decimal:
		return band(v)
	}
	return Nothing
}

// band is 0, or between two of 1, 2, 5, 10, 20, 50 … written low..high, without high.
func band(d money.Decimal) string {
	if d.Sign() <= 0 {
		return "..1"
	}
	low := int64(0)
	for high, step := int64(1), 0; ; step++ {
		if d.Cmp(money.NewDecimal(high)) < 0 {
			if low == 0 {
				return "..1"
			}
			return fmt.Sprintf("%d..%d", low, high)
		}
		if high > 1e15 {
			return fmt.Sprintf("%d..", low)
		}
		low = high
		high = map[int]int64{0: high * 2, 1: high / 2 * 5, 2: high * 2}[step%3]
	}
}

// Study is what came of it.
func (c *Cases) Study(change *service.ChangeFile, played *Played) (*Study, error) {
	s, err := c.finish()
	if err != nil {
		return nil, err
	}
	return sealed(s, change, played)
}

func sealed(s *Study, change *service.ChangeFile, played *Played) (*Study, error) {
	s.Title, s.Queue = change.Title, played
	if !change.OfRules() {
		s.Money, s.Groups, s.Kind = nil, []Group{}, "queue"
	}
	b, err := change.Marshal()
	if err != nil {
		return nil, fmt.Errorf("writing the change: %w", err)
	}
	sum := sha256.Sum256(b)
	s.Inputs.Change, s.Inputs.Seed = hex.EncodeToString(sum[:]), max(1, change.Seed)
	s.seal()
	return s, nil
}
