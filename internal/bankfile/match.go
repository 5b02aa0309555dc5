package bankfile

import (
	"cmp"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/money"
)

// Debt is a bill on which something is owed, or may be paid too much.
type Debt struct {
	Bill      string // id
	Number    string // as printed, like B-2026-000001
	Reference Reference
	Payer     string // id, so that several bills are known to be one person's; "": unknown
	Name      string // of the payer
	Owed      money.Amount
	Due       calendar.Date
}

// Pattern recognises what arrives or leaves without a bill. What is empty is not looked at; an empty pattern is never met.
type Pattern struct {
	IBAN string
	Text string // in the name, the text or the end-to-end id; case and marks do not count
}

// Refund is a transfer that we ordered.
type Refund struct {
	ID       string
	EndToEnd string
	Amount   money.Amount // positive
}

// Own is what we know of our own movements.
type Own struct {
	Card    []Pattern // payouts of a provider of card payments
	Cash    []Pattern // takings of a till, brought to the bank
	Refunds []Refund
}

// Target is what a line is about.
type Target string

// The targets.
const (
	ToBill     Target = "bill"
	ToCard     Target = "card"
	ToCash     Target = "cash"
	ToRefund   Target = "refund"   // left as ordered
	ToReturned Target = "returned" // a refund that came back
)

// Candidate is something that a line may be.
type Candidate struct {
	To      Target
	IDs     []string // of bills, in the order in which they are due, or of the refund
	Score   int      // 1 to 100; of what is sure, 100
	Reasons []Reason
}

// Reason is a sentence that says why.
type Reason struct {
	Text   string // to be translated
	Values i18n.V
}

// In says the reason in a reader's language.
func (r Reason) In(p *i18n.Printer) string { return p.T(r.Text, r.Values) }

// Found is what matching gives for a line: one sure candidate, or suggestions, the best first, or nothing.
type Found struct {
	Sure        *Candidate
	Suggestions []Candidate
}

// The reasons.
var (
	whyReference = i18n.Msg("The structured reference is that of bill {number}")
	whyNumber    = i18n.Msg("The text names bill {number}")
	whyNamed     = i18n.Msg("The text names these bills, and the amount is what is owed on all of them")
	whyManyNamed = i18n.Msg("The text names {n} bills, but the amount is not what is owed on all of them")
	whyCurrency  = i18n.Msg("The text names bill {number}, which is in {currency}")
	whyTakesBack = i18n.Msg("Money left that had been paid for bill {number}")
	whyAmount    = i18n.Msg("The amount is what is owed on bill {number}")
	whyName      = i18n.Msg("The name is like {name}")
	whyDue       = i18n.Msg("The bill is due within two weeks of the payment")
	whyTogether  = i18n.Msg("{n} bills of {name} together make the amount")
	whyCard      = i18n.Msg("It looks like a payout of the card provider")
	whyCash      = i18n.Msg("It looks like takings that were brought to the bank")
	whyRefund    = i18n.Msg("It carries the number of our refund {id}")
	whyReturned  = i18n.Msg("Our refund {id} came back")
	whyUnsaid    = i18n.Msg("The bank does not say that it is a return")
	whyNotEqual  = i18n.Msg("The amount differs: ordered was {amount}")
)

const mostSuggestions = 5

// Match says what a line is. A reference or number of ours makes a match sure, whatever the amount: whether that is a
// part or too much is the treasury's to say. Names and amounts only ever suggest. The same line and the same debts give
// the same answer.
func (m *Matcher) Match(l Line) Found {
	if r, ok := m.refunds[l.EndToEnd]; ok {
		return m.refund(l, r)
	}
	if l.Amount.Minor < 0 {
		return m.outgoing(l)
	}
	if found, ok := m.named(l); ok {
		if found.Sure != nil && (l.Reversal || l.Returned != "") { // of which payment, nobody has said
			found.Sure.Score = 50
			return Found{Suggestions: []Candidate{*found.Sure}}
		}
		return found
	}
	for _, own := range []struct {
		all []pattern
		to  Target
		why string
	}{{m.card, ToCard, whyCard}, {m.cash, ToCash, whyCash}} {
		if meets(own.all, l) {
			return sure(Candidate{To: own.to, Reasons: []Reason{{own.why, nil}}})
		}
	}
	return Found{Suggestions: m.suggest(l)}
}

func sure(c Candidate) Found {
	c.Score = 100
	return Found{Sure: &c}
}

func (m *Matcher) refund(l Line, r Refund) Found {
	c := Candidate{To: ToRefund, IDs: []string{r.ID}, Reasons: []Reason{{whyRefund, i18n.V{"id": r.EndToEnd}}}}
	expected := -r.Amount.Minor
	if l.Amount.Minor > 0 {
		c.To, c.Reasons = ToReturned, []Reason{{whyReturned, i18n.V{"id": r.EndToEnd}}}
		expected = r.Amount.Minor
	}
	c.Score = 60
	switch {
	case l.Amount != money.Amount{Minor: expected, Currency: r.Amount.Currency}:
		c.Reasons = append(c.Reasons, Reason{whyNotEqual, i18n.V{"amount": r.Amount}})
	case c.To == ToReturned && l.Returned == "" && !l.Reversal: // whoever got it knows its number, and may use it again
		c.Reasons = append(c.Reasons, Reason{whyUnsaid, nil})
	default:
		return sure(c)
	}
	return Found{Suggestions: []Candidate{c}}
}

// outgoing is money that left without being a refund of ours: a direct debit, a charge, or a payment taken back. None of
// it is sure.
func (m *Matcher) outgoing(l Line) (f Found) {
	for _, d := range m.says(l) {
		f.Suggestions = append(f.Suggestions, Candidate{To: ToBill, IDs: []string{m.debts[d].Bill}, Score: 50,
			Reasons: []Reason{{whyTakesBack, i18n.V{"number": m.debts[d].Number}}}})
	}
	if meets(m.card, l) {
		f.Suggestions = append(f.Suggestions, Candidate{To: ToCard, Score: 50, Reasons: []Reason{{whyCard, nil}}})
	}
	f.Suggestions = first(f.Suggestions, mostSuggestions)
	return f
}

// named matches by structured references, then by what the text names. ok is false when there is neither.
func (m *Matcher) named(l Line) (f Found, ok bool) {
	why, ids := whyReference, m.structured(l)
	if len(ids) == 0 {
		why, ids = whyNumber, m.says(l)
	}
	if len(ids) == 0 {
		return f, false
	}
	m.inOrder(ids)
	c, total := Candidate{To: ToBill}, money.Amount{Currency: l.Amount.Currency}
	for _, i := range ids {
		d := &m.debts[i]
		c.IDs = append(c.IDs, d.Bill)
		var err error
		if total, err = total.Add(d.Owed); err != nil { // another currency, or beyond 64 bits
			c.IDs, c.Score = []string{d.Bill}, 30
			c.Reasons = []Reason{{whyCurrency, i18n.V{"number": d.Number, "currency": d.Owed.Currency}}}
			return Found{Suggestions: []Candidate{c}}, true
		}
	}
	if len(ids) == 1 {
		c.Reasons = []Reason{{why, i18n.V{"number": m.debts[ids[0]].Number}}}
		return sure(c), true
	}
	if total == l.Amount {
		c.Reasons = []Reason{{whyNamed, nil}}
		return sure(c), true
	}
	c.Score, c.Reasons = 70, []Reason{{whyManyNamed, i18n.V{"n": len(ids)}}}
	f.Suggestions = []Candidate{c}
	for _, i := range ids {
		f.Suggestions = append(f.Suggestions, Candidate{To: ToBill, IDs: []string{m.debts[i].Bill}, Score: 60,
			Reasons: []Reason{{whyNumber, i18n.V{"number": m.debts[i].Number}}}})
	}
	f.Suggestions = first(f.Suggestions, mostSuggestions)
	return f, true
}

// suggest looks at amounts and names.
func (m *Matcher) suggest(l Line) []Candidate {
	likes := m.namesLike(l)
	var all []Candidate
	amountOf := map[int32]bool{} // payers who owe just this
	for _, i := range m.owing(l.Amount, likes) {
		d, p := &m.debts[i], m.payerOf[i]
		amountOf[p] = true
		c := Candidate{To: ToBill, IDs: []string{d.Bill}, Score: 40, Reasons: []Reason{{whyAmount, i18n.V{"number": d.Number}}}}
		all = append(all, m.judged(c, l, i, likes[p]))
	}
	for p, like := range likes {
		if like < likeEnough || amountOf[p] {
			continue
		}
		open := m.payers[p].debts
		if some := m.together(p, l.Amount); len(some) > 0 {
			c := Candidate{To: ToBill, IDs: m.bills(some), Score: 40,
				Reasons: []Reason{{whyTogether, i18n.V{"n": len(some), "name": m.payers[p].name}}}}
			all = append(all, m.judged(c, l, some[0], like))
		} else if len(open) > 0 && m.debts[open[0]].Owed.Currency == l.Amount.Currency { // the one that is due first
			all = append(all, m.judged(Candidate{To: ToBill, IDs: m.bills(open[:1])}, l, open[0], like))
		}
	}
	slices.SortFunc(all, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), slices.Compare(a.IDs, b.IDs))
	})
	return first(all, mostSuggestions)
}

// owing are the debts of an amount. Where hundreds owe the same, as for a tax in bands, only those for whom the name
// speaks.
func (m *Matcher) owing(a money.Amount, likes map[int32]float64) []int32 {
	equal := m.byAmount[a]
	if len(equal) <= few {
		return equal
	}
	var some []int32
	for p, like := range likes {
		for _, i := range m.payers[p].debts {
			if like >= likeEnough && m.debts[i].Owed == a {
				some = append(some, i)
			}
		}
	}
	return some
}

// judged adds to a candidate what name and day say for it.
func (m *Matcher) judged(c Candidate, l Line, debt int32, like float64) Candidate {
	if like >= likeEnough {
		c.Score += int(40 * like)
		c.Reasons = append(c.Reasons, Reason{whyName, i18n.V{"name": m.debts[debt].Name}})
	}
	if due := m.debts[debt].Due; !due.IsZero() && !l.Value.IsZero() {
		if days := due.DaysUntil(l.Value); days >= -14 && days <= 14 {
			c.Score += 10
			c.Reasons = append(c.Reasons, Reason{whyDue, nil})
		}
	}
	return c
}

func first[T any](all []T, most int) []T { return all[:min(len(all), most)] }

// pattern is a Pattern made ready.
type pattern struct{ iban, text string }

func ready(all []Pattern) (out []pattern) {
	for _, p := range all {
		if r := (pattern{compact(p.IBAN), squeezed(p.Text)}); r != (pattern{}) {
			out = append(out, r)
		}
	}
	return out
}

func squeezed(s string) string { return strings.Join(strings.Fields(fold(s)), " ") }

func meets(all []pattern, l Line) bool {
	if len(all) == 0 {
		return false
	}
	said := squeezed(l.Name + " " + l.Text + " " + l.EndToEnd)
	return slices.ContainsFunc(all, func(p pattern) bool {
		return (p.iban == "" || p.iban == compact(l.IBAN)) && strings.Contains(said, p.text)
	})
}
