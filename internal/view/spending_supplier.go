package view

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"stoa/internal/fault"
	"stoa/internal/service"
	"stoa/internal/spend"
)

// spends reports whether an organisation has lines of spending.
func spends(b *service.Budget, organisation string) bool {
	return slices.ContainsFunc(b.Lines, func(l *service.BudgetLine) bool {
		return l.Kind == service.LineExpenditure && l.Organisation == organisation
	})
}

// Suppliers are those that were paid, the most first, or whose name or number has a text; next is where the next page begins.
func (v Spending) Suppliers(ctx context.Context, r Reader, text, after string) (list []SupplierLine, next string, err error) {
	err = v.look(ctx, r, "Suppliers", func(w *public) error {
		totals, err := w.Money.Spend.Payments.Totals(w.ctx, w.tx, spend.PaymentQuery{Organisation: w.org, Public: true}, spend.BySupplier)
		if err != nil {
			return err
		}
		var named map[string]spend.PublicSupplier
		if text != "" {
			if named, err = w.named(text); err != nil {
				return err
			}
			totals = found(totals, named)
		}
		from, err := strconv.Atoi(after)
		if err != nil || from < 0 || from > len(totals) {
			from = 0
		}
		rest := totals[from:]
		if len(rest) > onePage {
			rest, next = rest[:onePage], strconv.Itoa(from+onePage)
		}
		if named == nil {
			var ids []string
			for _, t := range rest {
				ids = append(ids, t.Key)
			}
			if named, err = w.Money.Spend.Suppliers.Names(w.ctx, w.tx, w.org, ids); err != nil {
				return err
			}
		}
		for _, t := range rest {
			x := named[t.Key]
			list = append(list, SupplierLine{SupplierRef: SupplierRef{x.ID, x.Name}, Identifier: x.Identifier, Payments: t.Count, Paid: w.shown(t.Amount)})
		}
		return nil
	})
	return list, next, err
}

// mostNamed is how many suppliers a search for words finds at most.
const mostNamed = 200

func (w *public) named(text string) (map[string]spend.PublicSupplier, error) {
	list, err := w.Money.Spend.Suppliers.Named(w.ctx, w.tx, w.org, text, mostNamed)
	all := map[string]spend.PublicSupplier{}
	for _, x := range list {
		all[x.ID] = x
	}
	return all, err
}

// found keeps the totals of those that were found, and adds those that were paid nothing yet.
func found(totals []spend.Total, named map[string]spend.PublicSupplier) (all []spend.Total) {
	paid := map[string]bool{}
	for _, t := range totals {
		if _, ok := named[t.Key]; ok {
			all, paid[t.Key] = append(all, t), true
		}
	}
	var rest []spend.Total
	for id := range named {
		if !paid[id] {
			rest = append(rest, spend.Total{Key: id})
		}
	}
	slices.SortFunc(rest, func(a, b spend.Total) int {
		return cmp.Or(cmp.Compare(named[a.Key].Name, named[b.Key].Name), cmp.Compare(a.Key, b.Key))
	})
	return append(all, rest...)
}

// Supplier is one supplier. A person has no page.
func (v Spending) Supplier(ctx context.Context, r Reader, id string) (p SupplierPage, err error) {
	err = v.look(ctx, r, "Supplier", func(w *public) error {
		found, err := w.Money.Spend.Suppliers.Names(w.ctx, w.tx, w.org, []string{id})
		if err != nil {
			return err
		}
		x, ok := found[id]
		if !ok {
			return fault.NewNotFound("")
		}
		p = SupplierPage{SupplierRef: SupplierRef{x.ID, x.Name}, Identifier: x.Identifier, Currency: w.book.Currency}
		if err := w.paidBy(&p); err != nil {
			return err
		}
		for kind, list := range map[string]*[]CommitmentLine{spend.Contract: &p.Contracts, spend.Grant: &p.Grants, spend.Order: &p.Orders} {
			if *list, err = w.commitments(spend.CommitmentQuery{Organisation: w.org, Kind: kind, Supplier: id, Limit: onePage}); err != nil {
				return err
			}
		}
		if p.Payments, err = w.payments(spend.PaymentQuery{Organisation: w.org, Supplier: id, Limit: somePayments + 1}); err != nil {
			return err
		}
		if p.More = len(p.Payments) > somePayments; p.More {
			p.Payments = p.Payments[:somePayments]
		}
		return nil
	})
	return p, err
}

// paidBy fills what a supplier was paid in each year, and what part that is.
func (w *public) paidBy(p *SupplierPage) error {
	sum := int64(0)
	for _, b := range w.j.Budgets {
		q := spend.PaymentQuery{Organisation: w.org, LineRef: spend.LineRef{Year: b.Budget}, Supplier: p.ID, Public: true}
		own, err := w.Money.Spend.Payments.Total(w.ctx, w.tx, q)
		if err != nil {
			return err
		}
		lines, err := w.spending(b)
		if err != nil {
			return err
		}
		if own.Count == 0 {
			continue
		}
		sum += own.Amount
		p.Years = append(p.Years, SupplierYear{w.year(b), w.shown(own.Amount), w.r.share(own.Amount, w.together(lines).Paid.Minor)})
	}
	p.Paid = w.shown(sum)
	return nil
}

// share is Percent with one place after the point, for what is small.
func (r Reader) share(part, whole int64) string {
	if whole <= 0 {
		return ""
	}
	n := (2000*part + whole) / (2 * whole)
	if part > 0 && n == 0 {
		return r.P.T("under {n}%", map[string]any{"n": r.P.Number("0.1")})
	}
	return r.P.T("{n}%", map[string]any{"n": r.P.Number(itoa(int(n/10)) + "." + itoa(int(n%10)))})
}
