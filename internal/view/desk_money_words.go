package view

import (
	"context"
	"strings"

	"stoa/internal/bank"
	"stoa/internal/bill"
	"stoa/internal/ledger"
	"stoa/internal/pay"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// oddity is what a kind of exception means, in words.
type oddity struct{ Title, Meaning string }

func (r Reader) oddity(kind string) oddity {
	p := r.P
	switch kind {
	case pay.WrongSignature:
		return oddity{p.T("Calls that are not from the provider"), p.T("Somebody sent messages in the name of a payment provider without its signature. Nothing in them was believed. If many come, tell whoever runs this site: the secret may have to be changed.")}
	case pay.WrongAmount:
		return oddity{p.T("Another amount came"), p.T("More or less money came than the payer set out to pay. What came is booked on the bill. What is too much is the payer’s credit: move it to another bill, or propose to pay it back.")}
	case pay.WrongCurrency:
		return oddity{p.T("Money in another currency"), p.T("The money that came is not of the bill’s currency, so it pays nothing and lies in suspense until it is paid back.")}
	case pay.UnknownPayment:
		return oddity{p.T("A payment that we do not know"), p.T("The provider told of a payment that was not begun here. If it becomes known, it is booked by itself. Otherwise ask the provider what it is.")}
	case pay.PaidTwice:
		return oddity{p.T("Paid although nothing was owed"), p.T("The bill was paid already. The money is the payer’s credit: move it to another bill, or propose to pay it back.")}
	case pay.WithdrawnCase:
		return oddity{p.T("Paid after the case had ended"), p.T("The application had ended when the money came. Money that came by card goes back by itself; propose to pay back what came otherwise.")}
	case pay.RefundHasFailed:
		return oddity{p.T("A refund did not arrive"), p.T("The money could not be paid back this way and is still the payer’s. Propose to pay it back by bank transfer, or put it into another payment order.")}
	case pay.RefundUnasked:
		return oddity{p.T("A refund that nobody decided here"), p.T("Somebody paid money back on the provider’s own pages. It is booked, and the bill is owed again. Find out who did it and why.")}
	case pay.WasDisputed:
		return oddity{p.T("The payer’s bank took money back"), p.T("The payer disputes a card payment. Answer at the provider with what you know. Until it is decided the money stands in the account for disputes.")}
	case pay.Contradiction:
		return oddity{p.T("The provider contradicts itself"), p.T("Two messages about one payment cannot both be true. The first counts. Compare with the provider’s own list.")}
	case pay.TillDifference:
		return oddity{p.T("A till was over or short"), p.T("What was counted is not what should have been there. The difference is booked. Say here what was found.")}
	}
	return oddity{strings.ReplaceAll(kind, "_", " "), ""}
}

// SourceLink leads from a figure to what it comes from. Web knows the addresses of the kinds: bill, payment, refund, till,
// bank_line, case, assessment, invoice.
type SourceLink struct {
	Kind, ID, Text string
}

// source is where an entry or a move comes from.
func (r Reader) source(kind, id string) SourceLink {
	s := SourceLink{Kind: kind, ID: id}
	switch kind {
	case "bill":
		s.Text = r.P.T("Bill")
	case "payment":
		s.Text = r.P.T("Payment")
	case "held": // money of a payment that pays no bill
		s.Kind, s.Text = "payment", r.P.T("Payment")
	case "refund":
		s.Text = r.P.T("Refund")
	case "till":
		s.Text = r.P.T("Till")
	case "bank_line":
		s.Text = r.P.T("Line of a bank statement")
	case "case":
		s.Text = r.P.T("Case")
	case "assessment":
		s.Text = r.P.T("Assessment")
	case "invoice":
		s.Text = r.P.T("Invoice")
	case "extract":
		s.Text = r.P.T("Order of a copy")
	case "journal":
		s.Text = r.P.T("Entry by hand")
	default:
		s.Text = kind
	}
	return s
}

// lineOf is the bank's line that a payment came by; "" for none.
func (v *View) lineOf(ctx context.Context, tx *store.Tx, book *treasury.Book, payment string) (string, error) {
	parts, err := v.Money.Bank.PartsTo(ctx, tx, book.Organisation, bank.ToBill, payment)
	if err != nil || len(parts) == 0 {
		return "", err
	}
	return parts[len(parts)-1].Line, nil
}

// proposalKind is what is proposed, in words.
func (r Reader) proposalKind(kind string) string {
	switch kind {
	case bill.Waive:
		return r.P.T("Waive")
	case bill.WriteOff:
		return r.P.T("Write off")
	case bill.Arrange:
		return r.P.T("Agree on instalments")
	case bill.Refund:
		return r.P.T("Pay back")
	case bill.Cancel:
		return r.P.T("Cancel the bill")
	}
	return kind
}

// component is a part of what is owed, in words.
func (r Reader) component(c bill.Component) string {
	switch c {
	case bill.Principal:
		return r.P.T("The amount itself")
	case bill.Interest:
		return r.P.T("Interest")
	case bill.Penalty:
		return r.P.T("Penalty")
	case bill.Costs:
		return r.P.T("Costs")
	}
	return string(c)
}

// accountKind is what an account says, in words.
func (r Reader) accountKind(kind ledger.Kind) string {
	switch kind {
	case ledger.Asset:
		return r.P.T("What there is")
	case ledger.Liability:
		return r.P.T("What we owe")
	case ledger.Income:
		return r.P.T("Income")
	case ledger.Expense:
		return r.P.T("Expense")
	case ledger.Equity:
		return r.P.T("What remains")
	}
	return string(kind)
}

// place is the word for an account where money lies.
func (r Reader) moneyPlace(use string) string {
	switch use {
	case service.UseBank:
		return r.P.T("At the bank")
	case service.UseCard:
		return r.P.T("With the card provider")
	case service.UseCash:
		return r.P.T("In the tills")
	}
	return use
}

// eventWord is what a provider reported, in words.
func (r Reader) eventWord(kind pay.Kind) string {
	switch kind {
	case pay.Paid:
		return r.P.T("Money came")
	case pay.Failed:
		return r.P.T("An attempt failed")
	case pay.Expired:
		return r.P.T("The time to pay has passed")
	case pay.RefundAsked:
		return r.P.T("A refund was taken on")
	case pay.Refunded:
		return r.P.T("A refund was paid")
	case pay.RefundFailed:
		return r.P.T("A refund failed")
	case pay.Disputed:
		return r.P.T("The payer’s bank took the money back")
	case pay.DisputeWon:
		return r.P.T("The dispute was won")
	case pay.DisputeLost:
		return r.P.T("The dispute was lost")
	case pay.Look:
		return r.P.T("Something changed")
	}
	return r.P.T("Of no concern")
}

// eventOutcome is what became of an event, in words.
func (r Reader) eventOutcome(outcome string) string {
	switch outcome {
	case pay.Applied:
		return r.P.T("Booked")
	case pay.Repeated:
		return r.P.T("Nothing new")
	case pay.Queued:
		return r.P.T("In the queue of exceptions")
	case pay.Refused:
		return r.P.T("Not taken")
	}
	return outcome
}

// sides writes an amount on the side where it stands; of nothing both are empty.
func (r Reader) sides(minor int64, currency string) (debit, credit string) {
	switch {
	case minor > 0:
		return r.money(minor, currency), ""
	case minor < 0:
		return "", r.money(-minor, currency)
	}
	return "", ""
}

// amountOr is an amount, or nothing for zero, so that what is there stands out in a table.
func (r Reader) amountOr(minor int64, currency string) string {
	if minor == 0 {
		return ""
	}
	return r.money(minor, currency)
}
