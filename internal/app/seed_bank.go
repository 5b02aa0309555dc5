package app

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"

	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/flow"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// bankDays is how many days each statement of the demo is of: a standing order is seen before a reminder would go out.
const bankDays = 7

// bankStory is how far the bank's statements have come.
type bankStory struct {
	from    calendar.Date // first day of the next
	balance int64
	no      int
}

// moved is a movement on the council's account, as its bank writes it down.
type moved struct {
	day       calendar.Date
	minor     int64
	name      string
	iban      string
	reference string
	text      string
	toPay     string // of what leaves: our number
	returned  string // why the bank sent it back
}

// bank lets the council's bank send its statement when its days have passed: of the card provider's payouts, of standing
// orders, and at the end of transfers by residents, of which one has a slip in its reference, one pays a part, and one nobody
// can explain. An officer of the treasury imports it, as anybody would. Call it at the end of each day that the demo lives.
func (s *seeder) bank(ctx context.Context, day, today calendar.Date) error {
	if s.j.Money == nil {
		return nil
	}
	story := &s.statements
	if story.from.IsZero() {
		*story = bankStory{from: day, balance: 1_250_000_00}
	}
	if story.from.DaysUntil(day) < bankDays-1 && day != today {
		return nil
	}
	officer, ok := s.of1(s.j.Money.Treasury, policy.Officer, policy.Supervisor)
	if !ok {
		return nil
	}
	before, err := story.from.AddDays(-1) // its takings are paid out on the first day
	if err != nil {
		return err
	}
	moves, err := s.payouts(ctx, before, day)
	if err != nil {
		return err
	}
	var transfers []moved
	if day == today {
		if transfers, err = s.transfers(ctx, today); err != nil {
			return err
		}
	}
	standing, err := s.standingOrders(ctx, service.Span{From: story.from, Until: day}, transfers)
	if err != nil {
		return err
	}
	moves = slices.Concat(moves, transfers, standing, s.bankMoves(story.from, day))
	slices.SortStableFunc(moves, func(a, b moved) int { return a.day.Compare(b.day) })
	story.no++
	file, closing := s.statement(story.no, story.from, day, story.balance, moves)
	in := flow.ImportStatement{Name: fmt.Sprintf("statement-%s.xml", day), Bytes: file}
	if _, err := s.Flow.Banking().ImportStatement(ctx, officer, in); err != nil {
		return fmt.Errorf("importing the statement of %s: %w", day, err)
	}
	story.balance = closing
	if story.from, err = day.AddDays(1); err != nil {
		return err
	}
	if _, err := s.Jobs.RunDue(ctx); err != nil {
		return fmt.Errorf("matching the bank's statements: %w", err)
	}
	return s.placeIncome(ctx)
}

// payouts are what the card provider has paid out: each day's takings less what went back, a day later.
func (s *seeder) payouts(ctx context.Context, from, until calendar.Date) (all []moved, err error) {
	var totals []pay.Total
	err = s.DB.Read(ctx, "app.seed", func(ctx context.Context, tx *store.Tx) error {
		totals, err = s.Flow.Money.Treasury.Payments.Totals(ctx, tx, s.j.Money.Treasury, from, until)
		return err
	})
	for _, t := range totals {
		day, err := t.Day.AddDays(1)
		if err != nil {
			return nil, err
		}
		if net := t.In.Minor - t.Out.Minor; t.Method == pay.Card && net > 0 && t.In.Currency == s.j.File.Currency && !day.After(until) {
			all = append(all, moved{day: day, minor: net, name: "SANDBOX CARDS", text: "payout of " + t.Day.String()})
		}
	}
	return all, err
}

// transfers are what some residents transferred for bills that are open: not those whom visitors may be, whose bills must
// stand as their story left them, and by their titles, since one run numbers all its bills in no order.
func (s *seeder) transfers(ctx context.Context, today calendar.Date) (all []moved, err error) {
	var open []*bill.Bill
	err = s.DB.Read(ctx, "app.seed", func(ctx context.Context, tx *store.Tx) error {
		for _, kind := range []string{bill.Tax, bill.Fee} {
			some, err := s.Flow.Money.Treasury.Bills.Find(ctx, tx, bill.Query{Organisation: s.j.Money.Treasury, Kind: kind, State: bill.Open, Limit: 500})
			if err != nil {
				return err
			}
			some = slices.DeleteFunc(some, func(b *bill.Bill) bool {
				return slices.ContainsFunc(s.tax.with, func(p payer) bool { return p.Holder == b.Payer })
			})
			slices.SortFunc(some, func(a, b *bill.Bill) int { return strings.Compare(a.Title, b.Title) })
			open = append(open, some...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	yesterday, err := today.AddDays(-1)
	if err != nil {
		return nil, err
	}
	for i, b := range open[:min(len(open), 8)] {
		day := yesterday
		if day.Before(b.Day) {
			day = today
		}
		m := moved{day: day, minor: dueOf(b), name: b.Name, iban: fictitious[i%len(fictitious)], reference: b.Reference, text: b.Title}
		switch i {
		case 2: // two digits the wrong way round: the check digits notice
			m.reference, m.text = "", "ref "+swapped(b.Reference)
		case 4:
			m.minor = max(1, m.minor/2)
		}
		all = append(all, m)
	}
	return append(all, moved{day: yesterday, minor: 42_17, name: "H. Underhill", iban: fictitious[0], text: "as agreed on the phone"}), nil
}

// dueOf is the instalment that is due next, or all.
func dueOf(b *bill.Bill) int64 {
	for _, p := range b.Plan {
		if p.Due == b.Next {
			return min(p.Amount, b.Balance)
		}
	}
	return b.Balance
}

// fictitious are account numbers from the registries' own examples.
var fictitious = []string{"GB29NWBK60161331926819", "DE89370400440532013000", "FR1420041010050500013M02606"}

func swapped(reference string) string {
	b := []byte(reference)
	for i := len(b) - 1; i > 4; i-- {
		if b[i] != b[i-1] {
			b[i], b[i-1] = b[i-1], b[i]
			break
		}
	}
	return string(b)
}

// statement writes camt.053.001.08 as a bank does, and gives the closing balance.
func (s *seeder) statement(no int, from, until calendar.Date, opening int64, moves []moved) (file []byte, closing int64) {
	var b bytes.Buffer
	currency := s.j.File.Currency
	amount := func(minor int64) string {
		sign := "CRDT"
		if minor < 0 {
			sign, minor = "DBIT", -minor
		}
		return fmt.Sprintf(`<Amt Ccy="%s">%d.%02d</Amt><CdtDbtInd>%s</CdtDbtInd>`, currency, minor/100, minor%100, sign)
	}
	escaped := func(s string) string {
		var e bytes.Buffer
		_ = xml.EscapeText(&e, []byte(s)) // into memory
		return e.String()
	}
	balance := func(code string, minor int64, day calendar.Date) {
		fmt.Fprintf(&b, "<Bal><Tp><CdOrPrtry><Cd>%s</Cd></CdOrPrtry></Tp>%s<Dt><Dt>%s</Dt></Dt></Bal>\n", code, amount(minor), day)
	}
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>%[1]d-%[2]s</MsgId></GrpHdr><Stmt><Id>%[2]s</Id>
<FrToDt><FrDtTm>%[3]sT00:00:00</FrDtTm><ToDtTm>%[2]sT23:59:59</ToDtTm></FrToDt><Acct><Id><IBAN>%[4]s</IBAN></Id><Ccy>%[5]s</Ccy></Acct>
`, no, until, from, s.j.Money.Bank.IBAN, currency)
	balance("OPBD", opening, from)
	closing = opening
	for i, m := range moves {
		closing += m.minor
		fmt.Fprintf(&b, "<Ntry>%s<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt><ValDt><Dt>%s</Dt></ValDt><AcctSvcrRef>%s-%03d</AcctSvcrRef>", amount(m.minor), m.day, m.day, until, i+1)
		side, minor := "Dbtr", m.minor
		if (minor < 0) != (m.returned != "") {
			side = "Cdtr"
		}
		minor = max(minor, -minor)
		b.WriteString("<NtryDtls><TxDtls>")
		if m.toPay != "" {
			fmt.Fprintf(&b, "<Refs><EndToEndId>%s</EndToEndId></Refs>", m.toPay)
		}
		fmt.Fprintf(&b, "<Amt Ccy=\"%s\">%d.%02d</Amt><RltdPties><%[4]s><Pty><Nm>%[5]s</Nm></Pty></%[4]s>", currency, minor/100, minor%100, side, escaped(m.name))
		if m.iban != "" {
			fmt.Fprintf(&b, "<%[1]sAcct><Id><IBAN>%[2]s</IBAN></Id></%[1]sAcct>", side, m.iban)
		}
		b.WriteString("</RltdPties><RmtInf>")
		if m.text != "" {
			fmt.Fprintf(&b, "<Ustrd>%s</Ustrd>", escaped(m.text))
		}
		if m.reference != "" {
			fmt.Fprintf(&b, "<Strd><CdtrRefInf><Ref>%s</Ref></CdtrRefInf></Strd>", m.reference)
		}
		b.WriteString("</RmtInf>")
		if m.returned != "" {
			fmt.Fprintf(&b, "<RtrInf><Rsn><Cd>%s</Cd></Rsn></RtrInf>", m.returned)
		}
		b.WriteString("</TxDtls></NtryDtls></Ntry>\n")
	}
	balance("CLBD", closing, until)
	b.WriteString("</Stmt></BkToCstmrStmt></Document>\n")
	return b.Bytes(), closing
}
