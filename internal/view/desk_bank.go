package view

import (
	"context"

	"stoa/internal/bank"
	"stoa/internal/bankfile"
	"stoa/internal/calendar"
	"stoa/internal/ledger"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// This file and the other files desk_bank… are what the treasury sees of the bank: statements, what became of each line,
// what nobody knows the purpose of, and orders of payments. Lists name nobody; opening a line or an order is recorded for
// the payers it shows.

// BankAsk asks for a page of statements.
type BankAsk struct{ Day, ID string } // place of the last one of the page before

// BankHome is the bank at a glance: what waits, and the statements, latest first.
type BankHome struct {
	MoneyRights
	Account    string
	New        int // lines that are being matched
	Waits      []BankWaits
	Suspense   string // account
	Agrees     bool   // the account holds what the lines that wait make
	Gaps       []BankGap
	Statements []BankStatement
	Next       BankAsk
}

// BankWaits is what waits in one currency, beside what the account in the books holds.
type BankWaits struct {
	Currency    string
	Lines       int
	Sum, Ledger string
	Oldest      string
}

// BankGap is a hole between two statements: money moved that neither has.
type BankGap struct {
	Before, After         BankStatement
	Closing, Opening, Sum string
}

// BankStatement is a statement.
type BankStatement struct {
	ID, Number         string
	From, Until        string
	Opening, Closing   string
	New, Known         int
	Pending            int
	File, Imported, By string // of the page about one
	place              bank.Place
}

const statementPage = 50

func (r Reader) bankStatement(s bank.Statement) BankStatement {
	out := BankStatement{ID: s.ID, Number: s.Number, From: r.date(s.From), Until: r.date(s.Until), New: s.New, Known: s.Known, Pending: s.Pending, place: s.Place()}
	if s.Opening != nil {
		out.Opening = r.money(s.Opening.Minor, s.Opening.Currency)
	}
	if s.Closing != nil {
		out.Closing = r.money(s.Closing.Minor, s.Closing.Currency)
	}
	return out
}

// Bank is for all who may read the money.
func (v Banking) Bank(ctx context.Context, r Reader, ask BankAsk) (h BankHome, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return h, err
	}
	ours := v.place().Money.Bank
	err = v.read(ctx, "Bank", func(ctx context.Context, tx *store.Tx) error {
		h = BankHome{MoneyRights: r.moneyRights(book), Account: bankfile.IBAN(ours.IBAN).Printed(), Suspense: book.Code(service.UseSuspense)}
		if err := v.bankWaits(ctx, tx, r, book, &h); err != nil {
			return err
		}
		account, err := bankfile.ParseIBAN(ours.IBAN)
		if err != nil {
			return err
		}
		gaps, err := v.Money.Bank.Gaps(ctx, tx, book.Organisation, string(account), 400)
		if err != nil {
			return err
		}
		for _, g := range gaps {
			gap := BankGap{Before: r.bankStatement(g.Before), After: r.bankStatement(g.After)}
			gap.Closing, gap.Opening = gap.Before.Closing, gap.After.Opening
			if sum, err := g.After.Opening.Sub(*g.Before.Closing); err == nil {
				gap.Sum = r.money(sum.Minor, sum.Currency)
			}
			h.Gaps = append(h.Gaps, gap)
		}
		before := bank.Place{ID: ask.ID}
		if ask.Day != "" {
			if before.Day, err = calendar.ParseISO(ask.Day); err != nil {
				before = bank.Place{}
			}
		}
		list, err := v.Money.Bank.Statements(ctx, tx, book.Organisation, before, statementPage)
		for _, s := range list {
			h.Statements = append(h.Statements, r.bankStatement(s))
		}
		if len(list) == statementPage {
			last := list[statementPage-1].Place()
			h.Next = BankAsk{last.Day.String(), last.ID}
		}
		return err
	})
	return h, err
}

// bankWaits compares what waits with the account in the books.
func (v *View) bankWaits(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book, h *BankHome) error {
	counts, err := v.Money.Bank.Counts(ctx, tx, book.Organisation)
	if err != nil {
		return err
	}
	sums, err := v.Money.Bank.InSuspense(ctx, tx, book.Organisation)
	if err != nil {
		return err
	}
	h.Agrees = true
	for _, c := range counts {
		switch c.State {
		case bank.New:
			h.New += c.Lines
			continue
		case bank.Suspense:
		default:
			continue
		}
		w := BankWaits{Currency: c.Currency, Lines: c.Lines, Oldest: r.date(c.Oldest)}
		held, err := v.Money.Treasury.Ledger.Balance(ctx, tx, book.Organisation, h.Suspense, c.Currency, ledger.As{})
		if err != nil {
			return err
		}
		w.Ledger = r.money(-held.Minor, c.Currency)
		for _, s := range sums {
			if s.Currency == c.Currency {
				w.Sum = r.money(s.Minor, s.Currency)
				h.Agrees = h.Agrees && s.Minor == -held.Minor
			}
		}
		h.Waits = append(h.Waits, w)
	}
	return nil
}

// BankStatementPage is a statement with its lines, and what became of each.
type BankStatementPage struct {
	MoneyRights
	BankStatement
	Lines []BankLine
	Next  int
}

// BankLine is a line in a list: it names nobody.
type BankLine struct {
	ID, Day, Amount string
	No              int
	In              bool
	State           string // state of package bank
	Title           string // the state in words
	Parts           []BankPart
	Best            string // in the queue: what it may be
	Matches         int    // in the queue: how many suggestions there are
}

// BankPart is what became of some of a line.
type BankPart struct {
	No            int
	To, Title     string
	Amount        string
	Payment       string // id, of money that paid bills
	Refund        string // id, of a refund that left or came back
	Invoice       string // id, of an invoice that was paid, or whose payment came back
	InvoiceNumber string
	Account       string
	AccountTitle  string
	Entry         string // id in the books
	At            Instant
	By, Why       string
	Bills         []BankBill
	Receipt       string
	Ended         bool
	EndedAt       Instant
	EndedBy       string
	EndedEntry    string
	Undo          bool // the reader may take it back
	SentBack      bool // it goes back to whoever sent it
	PaymentNumber string
}

// BankBill is a bill that a part paid.
type BankBill struct{ ID, Number, Title string }

const linePage = 100

// BankStatement is for all who may read the money.
func (v Banking) BankStatement(ctx context.Context, r Reader, id string, after int) (p BankStatementPage, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return p, err
	}
	err = v.read(ctx, "BankStatement", func(ctx context.Context, tx *store.Tx) error {
		s, err := v.Money.Bank.Statement(ctx, tx, book.Organisation, id)
		if err != nil {
			return err
		}
		p = BankStatementPage{MoneyRights: r.moneyRights(book), BankStatement: r.bankStatement(s)}
		file, err := v.Money.Bank.File(ctx, tx, book.Organisation, s.File)
		if err != nil {
			return err
		}
		p.File, p.Imported = file.Name, r.instant(v.place(), file.Imported).Text
		if p.By, err = v.names(r).of(ctx, tx, file.By); err != nil {
			return err
		}
		list, err := v.Money.Bank.Lines(ctx, tx, book.Organisation, id, after, linePage)
		if err == nil {
			err = v.Money.Bank.ReadParts(ctx, tx, list)
		}
		for _, l := range list {
			p.Lines = append(p.Lines, v.bankLine(r, l))
		}
		if len(list) == linePage {
			p.Next = list[linePage-1].No
		}
		return err
	})
	return p, err
}

func (v *View) bankLine(r Reader, l *bank.Line) BankLine {
	out := BankLine{ID: l.ID, No: l.No, Day: r.date(l.Value), Amount: r.money(l.Amount.Minor, l.Amount.Currency), In: l.Amount.Minor > 0,
		State: string(l.State), Title: r.lineState(l.State)}
	for _, p := range l.Standing() {
		out.Parts = append(out.Parts, v.bankPart(r, l, p))
	}
	return out
}

func (v *View) bankPart(r Reader, l *bank.Line, p bank.Part) BankPart {
	out := BankPart{No: p.No, To: p.To, Title: r.placeOf(p.To), Amount: r.money(p.Amount, l.Amount.Currency), Account: p.Account, Entry: p.Entry,
		At: r.instant(v.place(), p.At), Why: p.Why}
	switch p.To {
	case bank.ToBill:
		out.Payment = p.Ref
	case bank.ToRefund:
		out.Refund = p.Ref
	}
	if a := v.place().Money.Account(p.Account); a != nil {
		out.AccountTitle = r.words(v.place(), a.Title)
	}
	if out.Ended = !p.Stands(); out.Ended {
		out.EndedAt, out.EndedEntry = r.instant(v.place(), p.Ended), p.EndedEntry
	}
	return out
}

// lineState is where a line stands, in words.
func (r Reader) lineState(s bank.State) string {
	switch s {
	case bank.New:
		return r.P.T("Being matched")
	case bank.Matched:
		return r.P.T("Matched")
	case bank.Suspense:
		return r.P.T("Not known yet")
	case bank.Resolved:
		return r.P.T("Explained")
	}
	return string(s)
}

// placeOf is where a part of a line went, in words.
func (r Reader) placeOf(to string) string {
	switch to {
	case bank.ToBill:
		return r.P.T("Payment of a bill")
	case bank.ToCard:
		return r.P.T("Payout of the card provider")
	case bank.ToCash:
		return r.P.T("Cash paid in")
	case bank.ToRefund:
		return r.P.T("Refund")
	case bank.ToPayment:
		return r.P.T("Payment to a supplier")
	case bank.ToSuspense:
		return r.P.T("Not known yet")
	case bank.ToOther:
		return r.P.T("Another account")
	}
	return to
}
