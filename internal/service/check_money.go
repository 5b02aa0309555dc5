package service

import (
	"maps"
	"slices"
)

var defaultOrder = []string{"costs", "penalty", "interest", "principal"}

// checkMoney checks money.yaml, and sets what it leaves out.
func (l *loader) checkMoney() {
	f := l.j.Money
	if f == nil || f.Pos.Line == 0 {
		return
	}
	l.known(l.places.at(f.Pos, "treasury"), "organisation", f.Treasury, l.organisations())
	funds := ids(f.Funds, func(x *FundFile) string { return x.ID })
	l.unique("fund", len(f.Funds), func(i int) (string, Pos) { return f.Funds[i].ID, l.places.at(f.Funds[i].Pos, "id") })
	l.unique("account", len(f.Accounts), func(i int) (string, Pos) { return f.Accounts[i].Code, l.places.at(f.Accounts[i].Pos, "code") })
	l.unique("account for", len(f.Accounts), func(i int) (string, Pos) { return f.Accounts[i].Use, l.places.at(f.Accounts[i].Pos, "use") })
	for i := range f.Accounts {
		a := &f.Accounts[i]
		l.known(l.places.at(a.Pos, "fund"), "fund", a.Fund, funds)
		l.known(l.places.at(a.Pos, "for"), "organisation", a.For, l.organisations())
		if kind := useKinds[a.Use]; kind != "" && a.Kind != "" && a.Kind != kind {
			l.problem(l.places.at(a.Pos, "kind"), "write kind: "+kind, "the account for %s is not of kind %s", a.Use, a.Kind)
		}
	}
	for _, use := range slices.Sorted(maps.Keys(useKinds)) {
		if f.Code(use) == "" && !optional(use) {
			l.problem(l.places.key(f.Pos, "accounts"), "add an account with kind: "+useKinds[use]+" and use: "+use, "there is no account for %s", use)
		}
	}
	if len(f.Order) == 0 {
		f.Order = defaultOrder
	}
	for _, part := range defaultOrder {
		if n := count(f.Order, part); n != 1 {
			l.problem(l.places.key(f.Pos, "order"), "name costs, penalty, interest and principal, each once", "%s stands %d times in the order of part payments", part, n)
		}
	}
}

// compileMoney checks and compiles what money.yaml says of late bills, once parameters are known.
func (l *loader) compileMoney() {
	f := l.j.Money
	if f == nil || f.Pos.Line == 0 {
		return
	}
	l.checkLate(f.Late, f.Interest, keys(f.Law))
	l.j.Late, l.j.Interest = l.compileLate(f.Late, f.Interest)
}

func count(list []string, word string) (n int) {
	for _, w := range list {
		if w == word {
			n++
		}
	}
	return n
}

// incomeAccount notes an account that is not in the chart, or takes no income. A pinned definition is read without the
// chart: what it names was there when it was published.
func (l *loader) incomeAccount(pos Pos, code string) {
	if l.pinned || code == "" {
		return
	}
	m := l.j.Money
	if m == nil {
		l.problem(pos, "describe the accounts in money.yaml", "there is no account %q, since the jurisdiction keeps no books", code)
		return
	}
	if !l.known(pos, "account", code, ids(m.Accounts, func(a *AccountFile) string { return a.Code })) {
		return
	}
	if a := m.Account(code); a.Kind != "income" {
		l.problem(pos, "name an account with kind: income", "the account %q is of kind %s: fees and taxes are income", code, a.Kind)
	}
}

// checkPayment checks how the fee is paid.
func (b *builder) checkPayment() {
	p := b.f.Payment
	if p == nil {
		return
	}
	if len(b.f.Fee) == 0 {
		b.problem(b.places.key(b.f.Pos, "payment"), "add fee:, or remove it", "the service has no fee to be paid")
	}
	b.incomeAccount(b.places.at(p.Pos, "account"), p.Account)
	if b.known(b.places.at(p.Pos, "waits"), "state", p.Waits, b.stateIDs()) {
		switch s := b.state(p.Waits); {
		case s.End != "":
			b.problem(b.places.at(p.Pos, "waits"), "name a state in which the case is not over", "nobody waits in the state %q, where the case is over", s.ID)
		case s.ID == b.f.Case.Start:
			b.problem(b.places.at(p.Pos, "waits"), "give waiting for the fee a state of its own", "a case whose fee is paid goes to the start state %q", s.ID)
		case s.Deadline == nil || s.Deadline.Then == "":
			b.problem(s.Pos, "add deadline: with days: and then:", "a case whose fee nobody pays waits in the state %q for ever", s.ID)
		}
	}
	for i := range p.Refunds {
		r := &p.Refunds[i]
		set(&r.Share, 100)
		if r.Share < 0 || r.Share > 100 {
			b.problem(b.places.at(r.Pos, "share"), "write 1 to 100", "%d per cent of the fee cannot be given back", r.Share)
		}
		for n, id := range r.From {
			b.known(b.places.at(r.Pos, "from", n), "state", id, b.stateIDs())
		}
		b.law(r.Pos, r.Law)
	}
}
