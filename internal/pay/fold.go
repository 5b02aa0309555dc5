package pay

import (
	"slices"
	"time"

	"stoa/internal/money"
)

// ChangeKind says what a change is to the books.
type ChangeKind string

// The kinds of changes. Each is told once, however often and in whatever order it was reported.
const (
	MoneyIn           ChangeKind = "money_in"
	RefundDone        ChangeKind = "refund_done"
	RefundNotDone     ChangeKind = "refund_failed"   // it never went out
	RefundReturned    ChangeKind = "refund_returned" // it had gone out (RefundDone) and came back
	DisputeOpened     ChangeKind = "dispute_opened"
	DisputeClosedWon  ChangeKind = "dispute_won"  // the money came back
	DisputeClosedLost ChangeKind = "dispute_lost" // the money is gone
	NoChange          ChangeKind = ""             // nothing to post; Odd says what did not fit
)

// Change is what a report means to the books.
type Change struct {
	Kind    ChangeKind
	Amount  money.Amount
	Method  string // by which the money moved
	Key     string // of the refund or dispute
	Unasked bool   // a refund that was made at the provider's, not by us
	Odd     string // kind of the exception that it goes with; "" where all is as it should be
}

// mostMinor bounds what one report may state, so that sums stay far from the ends of 64 bits.
const mostMinor = 1 << 50

// Fold adds a report to a payment. The result does not depend on the order of reports, nor on how often
// each comes: a payment is paid once, a refund goes by its key, a dispute by its name, and each of them
// only ever goes forward. What is reported of refunds and disputes before the money itself is kept, and
// told with it.
//
// Two reports that cannot both be true (the same payment with two amounts) are the one case in which the
// first stays; the second gives a change without a kind, for a person to look at.
func Fold(p Payment, r Report) (Payment, []Change) {
	p.Refunds, p.Disputes = slices.Clone(p.Refunds), slices.Clone(p.Disputes)
	if p.Ref == "" {
		p.Ref = r.Ref
	}
	if p.Charge == "" {
		p.Charge = r.Charge
	}
	var changes []Change
	switch r.Kind {
	case Paid:
		changes = p.paid(r)
	case Failed:
		p.raise(StateFailed)
	case Expired:
		p.raise(StateExpired)
	case RefundAsked:
		changes = p.refund(r, RefundIsAsked)
	case Refunded:
		changes = p.refund(r, RefundIsDone)
	case RefundFailed:
		changes = p.refund(r, RefundIsFailed)
	case Disputed:
		changes = p.dispute(r, DisputeIsOpen)
	case DisputeWon:
		changes = p.dispute(r, DisputeIsWon)
	case DisputeLost:
		changes = p.dispute(r, DisputeIsLost)
	}
	p.total()
	return p, changes
}

func (p *Payment) raise(to State) {
	if rank[to] > rank[p.State] {
		p.State = to
	}
}

func sound(a money.Amount) bool { return a.Minor > 0 && a.Minor <= mostMinor }

// contradicts tells of a report that cannot be true beside what is known.
func contradicts(r Report) []Change {
	return []Change{{Odd: Contradiction, Amount: r.Amount, Key: string(r.Kind) + " " + r.Key}}
}

func (p *Payment) paid(r Report) []Change {
	switch {
	case !sound(r.Amount), p.State == StatePaid && p.Received != r.Amount:
		return contradicts(r)
	case p.State == StatePaid:
		return nil
	}
	p.State, p.Received, p.Settled = StatePaid, r.Amount, r.At
	in := Change{Kind: MoneyIn, Amount: r.Amount, Method: p.Method}
	switch {
	case r.Amount.Currency != p.Amount.Currency:
		in.Odd = WrongCurrency
	case r.Amount != p.Amount:
		in.Odd = WrongAmount
	}
	changes := []Change{in}
	for i := range p.Refunds {
		changes = append(changes, p.Refunds[i].tells(RefundIsOwed)...)
	}
	for i := range p.Disputes {
		changes = append(changes, p.tellsDispute(&p.Disputes[i], "")...)
	}
	return changes
}

func (p *Payment) refund(r Report, to string) []Change {
	if !sound(r.Amount) || r.Key == "" {
		return contradicts(r)
	}
	i := slices.IndexFunc(p.Refunds, func(x Refund) bool { return x.Key == r.Key })
	if i < 0 {
		p.Refunds = append(p.Refunds, Refund{Organisation: p.Organisation, Payment: p.ID, Key: r.Key, Amount: r.Amount,
			Method: p.Method, State: RefundIsOwed, Unasked: true, Created: r.At})
		i = len(p.Refunds) - 1
	}
	x := &p.Refunds[i]
	switch {
	case x.Amount != r.Amount:
		return contradicts(r)
	case refundRank[to] <= refundRank[x.State]:
		return nil
	}
	from := x.State
	x.State = to
	if to != RefundIsAsked {
		x.Settled = r.At
	}
	if p.State != StatePaid {
		return nil
	}
	return x.tells(from)
}

// tells is what it means to the books that a refund has come to where it stands.
func (x *Refund) tells(from string) []Change {
	c := Change{Amount: x.Amount, Method: x.Method, Key: x.Key, Unasked: x.Unasked}
	switch {
	case x.State == RefundIsDone:
		c.Kind = RefundDone
		if x.Unasked {
			c.Odd = RefundUnasked
		}
	case x.State == RefundIsFailed && from == RefundIsDone:
		c.Kind, c.Odd = RefundReturned, RefundHasFailed
	case x.State == RefundIsFailed:
		c.Kind, c.Odd = RefundNotDone, RefundHasFailed
	default:
		return nil
	}
	return []Change{c}
}

func (p *Payment) dispute(r Report, to string) []Change {
	if !sound(r.Amount) || r.Key == "" {
		return contradicts(r)
	}
	from := DisputeIsOpen
	i := slices.IndexFunc(p.Disputes, func(d Dispute) bool { return d.Key == r.Key })
	if i < 0 {
		from = ""
		p.Disputes = append(p.Disputes, Dispute{Key: r.Key, Amount: r.Amount, State: DisputeIsOpen, Opened: r.At})
		i = len(p.Disputes) - 1
	}
	d := &p.Disputes[i]
	switch {
	case d.Amount != r.Amount, d.State != DisputeIsOpen && to != DisputeIsOpen && d.State != to:
		return contradicts(r)
	case d.State != DisputeIsOpen || from != "" && to == DisputeIsOpen:
		if to == DisputeIsOpen && r.At.Before(d.Opened) {
			d.Opened = r.At // its end was reported first
		}
		return nil
	}
	d.State = to
	if to != DisputeIsOpen {
		d.Closed = r.At
	}
	if p.State != StatePaid {
		return nil
	}
	return p.tellsDispute(d, from)
}

// tellsDispute gives the opening, unless it was told before, and the end, if there is one.
func (p *Payment) tellsDispute(d *Dispute, from string) (changes []Change) {
	if from == "" {
		changes = append(changes, Change{Kind: DisputeOpened, Amount: d.Amount, Method: p.Method, Key: d.Key, Odd: WasDisputed})
	}
	switch d.State {
	case DisputeIsWon:
		changes = append(changes, Change{Kind: DisputeClosedWon, Amount: d.Amount, Method: p.Method, Key: d.Key})
	case DisputeIsLost:
		changes = append(changes, Change{Kind: DisputeClosedLost, Amount: d.Amount, Method: p.Method, Key: d.Key})
	}
	return changes
}

// total works out what went back; before the money came there is nothing to tell.
func (p *Payment) total() {
	p.Refunded, p.Disputed = money.Amount{Currency: p.Received.Currency}, money.Amount{Currency: p.Received.Currency}
	if p.State != StatePaid {
		return
	}
	for _, x := range p.Refunds {
		if x.State == RefundIsDone {
			p.Refunded.Minor += x.Amount.Minor
		}
	}
	for _, d := range p.Disputes {
		if d.State != DisputeIsWon {
			p.Disputed.Minor += d.Amount.Minor
		}
	}
}

// How a provider is asked about what it does not report by itself.
const (
	soonest  = time.Minute
	latest   = 12 * time.Hour
	longTail = 3 * 24 * time.Hour // after the window: money may still have come
)

// whenToAsk is when the provider should be asked about a payment, zero for never: the longer nothing
// happens, the rarer.
func whenToAsk(p *Payment, now time.Time) time.Time {
	if p.Provider == "" || p.Ref == "" {
		return time.Time{}
	}
	var since time.Time
	waits := func(t time.Time) {
		if since.Before(t) {
			since = t
		}
	}
	if p.State != StatePaid && now.Before(p.Until.Add(longTail)) {
		waits(p.Created)
	}
	for _, r := range p.Refunds {
		if r.State == RefundIsAsked && r.Method == Card {
			waits(r.Created)
		}
	}
	for _, d := range p.Disputes {
		if d.State == DisputeIsOpen {
			waits(d.Opened)
		}
	}
	if since.IsZero() {
		return since
	}
	return now.Add(min(max(now.Sub(since)/4, soonest), latest))
}
