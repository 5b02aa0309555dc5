package spend_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/spend"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// model is the slow one: documents only. Every sum is added up from them when it is asked for.
type model struct {
	contracts map[string]*modelContract
	invoices  map[string]*modelInvoice
	limits    spend.Limits
}

type modelContract struct {
	parts  map[string]int64 // approved, by line
	closed bool
}

type modelInvoice struct {
	contract, line string
	amount         int64
	state          spend.InvoiceState
}

func (m *model) sums(line string) (s spend.Sums) {
	byContract := map[string]int64{}
	for _, i := range m.invoices {
		if i.line != line || !i.state.Owed() {
			continue
		}
		s.Invoiced += i.amount
		if i.state == spend.Settled {
			s.Paid += i.amount
		}
		if i.contract == "" {
			s.Committed += i.amount
		} else {
			byContract[i.contract] += i.amount
		}
	}
	for id, c := range m.contracts {
		if c.closed {
			s.Committed += byContract[id]
		} else {
			s.Committed += max(c.parts[line], byContract[id])
		}
	}
	return s
}

func (m *model) invoiced(contract string) (sum int64) {
	for _, i := range m.invoices {
		if i.contract == contract && i.state.Owed() {
			sum += i.amount
		}
	}
	return sum
}

func (m *model) value(contract string) (sum int64) {
	for _, p := range m.contracts[contract].parts {
		sum += p
	}
	return sum
}

// beyond reports whether approving an invoice would go beyond its contract or its line.
func (m *model) beyond(id string) bool {
	i := m.invoices[id]
	before, state := m.sums(i.line), i.state
	if i.contract != "" && m.invoiced(i.contract)+i.amount > m.value(i.contract) {
		return true
	}
	i.state = spend.Approved
	after := m.sums(i.line)
	i.state = state
	return after.Committed > before.Committed && after.Committed > m.limits[ref(i.line)]
}

// TestRandomHistories lets things happen in any order, and holds every sum against the slow model, the books and the checks.
func TestRandomHistories(t *testing.T) {
	storetest.Each(t, tables, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		w, n := newWorld(t, db), 0
		rapid.Check(t, func(r *rapid.T) {
			n++
			w.in(fmt.Sprint("org ", n)) // books and lines of its own
			h := history{w: w, r: r, m: &model{contracts: map[string]*modelContract{}, invoices: map[string]*modelInvoice{}, limits: w.limits}}
			h.x = w.supplier("Green Ltd", rapid.Bool().Draw(r, "person"))
			for range rapid.IntRange(1, 25).Draw(r, "steps") {
				h.step()
			}
			h.same()
		})
	})
}

type history struct {
	w *world
	r *rapid.T
	m *model
	x *spend.Supplier
}

func (h *history) line() string {
	return rapid.SampledFrom([]string{"waste", "parks"}).Draw(h.r, "line")
}

func (h *history) amount() int64 { return rapid.Int64Range(1, 600_00).Draw(h.r, "amount") }

func (h *history) any(of []string) string {
	slices.Sort(of)
	return rapid.SampledFrom(of).Draw(h.r, "which")
}

func (h *history) step() {
	what := rapid.SampledFrom([]string{"contract", "amend", "close", "invoice", "invoice", "check", "check", "approve", "approve", "approve", "back", "order", "release", "pay", "pay", "return", "leave"}).Draw(h.r, "what")
	switch {
	case what == "contract":
		h.contract()
	case what == "amend" && len(h.m.contracts) > 0:
		h.amend(h.any(slices.Collect(maps.Keys(h.m.contracts))))
	case what == "close" && len(h.m.contracts) > 0:
		h.close(h.any(slices.Collect(maps.Keys(h.m.contracts))))
	case what == "invoice":
		h.invoice()
	case len(h.m.invoices) > 0:
		h.move(what, h.any(slices.Collect(maps.Keys(h.m.invoices))))
	}
}

// fits tells whether more may be committed on a line.
func (h *history) fits(line string, was spend.Sums) bool {
	now := h.m.sums(line)
	return now.Committed <= was.Committed || now.Committed <= h.m.limits[ref(line)]
}

func (h *history) contract() {
	line, amount := h.line(), h.amount()
	var id string
	err := h.w.write(func(ctx context.Context, tx *store.Tx) error {
		c, err := h.w.Commitments.Propose(ctx, tx, h.x, h.w.newContract(line, amount), by("olu"))
		if err != nil {
			return err
		}
		id = c.ID
		return h.w.Commitments.Approve(ctx, tx, c, h.w.limits, "", by("sue"))
	})
	was := h.m.sums(line)
	h.m.contracts[id] = &modelContract{parts: map[string]int64{line: amount}}
	if ok := h.fits(line, was); ok != (err == nil) {
		h.r.Fatalf("a contract of %d on %s with %+v: %v", amount, line, was, err)
	}
	if err != nil {
		delete(h.m.contracts, id)
	}
}

func (h *history) amend(id string) {
	line, amount := h.line(), h.amount()-300_00
	if amount == 0 {
		return
	}
	err := h.w.write(func(ctx context.Context, tx *store.Tx) error {
		c, err := h.w.Commitments.Get(ctx, tx, h.w.org, id)
		if err != nil {
			return err
		}
		if err := h.w.Commitments.Amend(ctx, tx, c, []spend.NewAllocation{{LineRef: ref(line), Amount: amount}}, "more", by("olu")); err != nil {
			return err
		}
		return h.w.Commitments.Approve(ctx, tx, c, h.w.limits, "", by("sue"))
	})
	c := h.m.contracts[id]
	was, invoiced := h.m.sums(line), int64(0)
	for _, i := range h.m.invoices {
		if i.contract == id && i.line == line && i.state.Owed() {
			invoiced += i.amount
		}
	}
	ok := !c.closed && c.parts[line]+amount >= 0 && (amount > 0 || c.parts[line]+amount >= invoiced)
	c.parts[line] += amount
	ok = ok && h.fits(line, was)
	if ok != (err == nil) {
		h.r.Fatalf("amended by %d on %s with %+v: %v", amount, line, was, err)
	}
	if err != nil {
		c.parts[line] -= amount
	}
}

func (h *history) close(id string) {
	err := h.w.write(func(ctx context.Context, tx *store.Tx) error {
		c, err := h.w.Commitments.Get(ctx, tx, h.w.org, id)
		if err != nil {
			return err
		}
		return h.w.Commitments.Close(ctx, tx, c, "over", by("olu"))
	})
	if c := h.m.contracts[id]; c.closed != (err != nil) {
		h.r.Fatalf("closed: %v", err)
	}
	h.m.contracts[id].closed = true
}

func (h *history) invoice() {
	i := &modelInvoice{line: h.line(), amount: h.amount(), state: spend.Received}
	var c *spend.Commitment
	if len(h.m.contracts) > 0 && rapid.Bool().Draw(h.r, "by contract") {
		i.contract = h.any(slices.Collect(maps.Keys(h.m.contracts)))
		c = &spend.Commitment{ID: i.contract}
	}
	made, err := h.w.invoice(h.x, c, h.w.key(), i.line, i.amount)
	if i.contract != "" && h.m.contracts[i.contract].closed {
		if err == nil {
			h.r.Fatal("an invoice on a contract that has ended")
		}
		return
	}
	if err != nil {
		h.r.Fatal(err)
	}
	h.m.invoices[made.ID] = i
}

// move does one thing with an invoice, whether that is possible or not.
func (h *history) move(what, id string) {
	w, i := h.w, h.m.invoices[id]
	number := fmt.Sprint("O-", w.key())
	var err error
	var ok bool
	var to spend.InvoiceState
	switch what {
	case "check":
		err, ok, to = w.check(id), i.state == spend.Received || i.state == spend.Checked, spend.Checked
	case "approve":
		override := rapid.SampledFrom([]string{"", "", "the storm"}).Draw(h.r, "override")
		ok = i.state == spend.Checked && (i.contract == "" || !h.m.contracts[i.contract].closed) && (override != "" || !h.m.beyond(id))
		err, to = w.approve(id, "sue", override), spend.Approved
	case "back":
		err, ok, to = w.takeBack(id), i.state == spend.Approved, spend.Disputed
	case "order":
		err, ok, to = w.order(id, number), i.state == spend.Approved, spend.Ordered
	case "release":
		err = w.on(id, func(ctx context.Context, tx *store.Tx, x *spend.Invoice) error {
			return w.Invoices.Release(ctx, tx, x, "no")
		})
		ok, to = i.state == spend.Ordered, spend.Approved
	case "pay":
		err, ok, to = w.pay(id, number), i.state == spend.Ordered, spend.Settled
	case "return":
		err, ok, to = w.back(id, number), i.state == spend.Settled, spend.Approved
	case "leave":
		err = w.on(id, func(ctx context.Context, tx *store.Tx, x *spend.Invoice) error {
			return w.Invoices.Resume(ctx, tx, x, by("olu"))
		})
		ok, to = i.state == spend.Disputed, spend.Received
	default:
		return
	}
	if ok != (err == nil) {
		h.r.Fatalf("%s of an invoice that is %s: %v", what, i.state, err)
	}
	var over *spend.Over
	if err != nil && !errors.As(err, &over) && fault.KindOf(err) != fault.Conflict {
		h.r.Fatal(err)
	}
	if err == nil {
		i.state = to
	}
}

// same holds the sums of the lines against the model's.
func (h *history) same() {
	for _, line := range []string{"waste", "parks"} {
		if got, want := h.w.sums(line), h.m.sums(line); got != want {
			h.r.Fatalf("%s: %+v, the documents make %+v", line, got, want)
		}
	}
	h.w.read(func(ctx context.Context, tx *store.Tx) error {
		for at := range h.w.limits {
			sum := spend.Sums{}
			moves, err := h.w.Lines.Moves(ctx, tx, h.w.org, at, "", 1000)
			if err != nil {
				return err
			}
			for _, m := range moves {
				switch m.What {
				case spend.Committed:
					sum.Committed += m.Amount
				case spend.Invoiced:
					sum.Invoiced += m.Amount
				case spend.Paid:
					sum.Paid += m.Amount
				}
				if m.What != spend.Committed && m.Entry == "" {
					h.r.Fatalf("a move without an entry: %+v", m)
				}
			}
			if sum != h.m.sums(at.Line) {
				h.r.Fatalf("%s: its moves make %+v", at.Line, sum)
			}
		}
		none, err := h.w.Lines.Sums(ctx, tx, h.w.org, year, calendar.MustDate("2026-05-03"))
		if len(none) > 0 {
			h.r.Fatalf("the day before: %v", none)
		}
		return err
	})
	h.w.sound()
	if h.w.t.Failed() {
		h.r.FailNow()
	}
}
