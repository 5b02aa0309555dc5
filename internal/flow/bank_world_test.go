package flow_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"strings"

	"stoa/internal/bank"
	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

const ourIBAN = "GB33BUKB20201555555555"

// move is a movement on our account, as a test writes it down.
type move struct {
	Ref, Day     string // Day: "" is 2026-03-02
	Minor        int64
	Name, IBAN   string
	Reference    string // structured
	Text, ToPay  string // ToPay: end-to-end id
	Returned     string // reason code
	Currency     string
	OtherAccount string // instead of ours
}

// camt writes a statement as a bank does.
func camt(id string, opening int64, moves ...move) []byte {
	var b bytes.Buffer
	account, currency := ourIBAN, "GBP"
	if len(moves) > 0 && moves[0].OtherAccount != "" {
		account = moves[0].OtherAccount
	}
	if len(moves) > 0 && moves[0].Currency != "" {
		currency = moves[0].Currency
	}
	amount := func(minor int64) string {
		sign := "CRDT"
		if minor < 0 {
			sign, minor = "DBIT", -minor
		}
		return fmt.Sprintf(`<Amt Ccy="%s">%d.%02d</Amt><CdtDbtInd>%s</CdtDbtInd>`, currency, minor/100, minor%100, sign)
	}
	text := func(element, s string) {
		if s != "" {
			b.WriteString("<" + element + ">")
			_ = xml.EscapeText(&b, []byte(s)) // into memory
			b.WriteString("</" + element + ">")
		}
	}
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>%s</Id>
<Acct><Id><IBAN>%s</IBAN></Id><Ccy>%s</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp>%s<Dt><Dt>2026-03-02</Dt></Dt></Bal>
`, id, account, currency, amount(opening))
	closing := opening
	for i, m := range moves {
		closing += m.Minor
		if m.Day == "" {
			m.Day = "2026-03-02"
		}
		if m.Ref == "" {
			m.Ref = fmt.Sprintf("%s-%d", id, i+1)
		}
		fmt.Fprintf(&b, "<Ntry>%s<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt><ValDt><Dt>%s</Dt></ValDt><AcctSvcrRef>%s</AcctSvcrRef><NtryDtls><TxDtls><Refs>",
			amount(m.Minor), m.Day, m.Day, m.Ref)
		text("EndToEndId", m.ToPay)
		fmt.Fprintf(&b, "</Refs>%s<RltdPties>", amount(m.Minor))
		side := "Dbtr"
		if (m.Minor < 0) != (m.Returned != "") {
			side = "Cdtr"
		}
		if m.Name != "" {
			b.WriteString("<" + side + "><Pty>")
			text("Nm", m.Name)
			b.WriteString("</Pty></" + side + ">")
		}
		if m.IBAN != "" {
			fmt.Fprintf(&b, "<%[1]sAcct><Id><IBAN>%[2]s</IBAN></Id></%[1]sAcct>", side, m.IBAN)
		}
		b.WriteString("</RltdPties><RmtInf>")
		text("Ustrd", m.Text)
		if m.Reference != "" {
			fmt.Fprintf(&b, "<Strd><CdtrRefInf><Ref>%s</Ref></CdtrRefInf></Strd>", m.Reference)
		}
		b.WriteString("</RmtInf>")
		if m.Returned != "" {
			fmt.Fprintf(&b, "<RtrInf><Rsn><Cd>%s</Cd></Rsn></RtrInf>", m.Returned)
		}
		b.WriteString("</TxDtls></NtryDtls></Ntry>\n")
	}
	fmt.Fprintf(&b, "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>%s<Dt><Dt>2026-03-02</Dt></Dt></Bal></Stmt></BkToCstmrStmt></Document>\n", amount(closing))
	return b.Bytes()
}

// imports imports a file as the officer, and lets the jobs run.
func (tl *till) imports(file []byte) bank.Imported {
	tl.t.Helper()
	got, err := tl.Banking().ImportStatement(tl.ctx, tl.officer, flow.ImportStatement{Name: "statement.xml", Bytes: file})
	tl.must(err)
	tl.work()
	return got
}

// taxes issues bills of 100.00 for council tax, one for each payer.
func (tl *till) taxes(payers ...string) (list []*bill.Bill) {
	tl.t.Helper()
	book, err := treasury.NewBook(tl.Docket.Releases.Current())
	tl.must(err)
	tl.must(tl.DB.Write(tl.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		list = nil
		subject, err := tl.People.Vault.NewSubject(ctx, tx)
		if err != nil {
			return err
		}
		for _, name := range payers {
			list = append(list, &bill.Bill{Kind: bill.Tax, Of: bill.Source{Kind: "assessment", ID: tx.NewID()}, For: "markets", Service: "council-tax", Payer: strings.ToLower(name),
				Subject: subject, Language: "en", Day: calendar.MustDate("2026-03-02"), Words: bill.Words{Name: name, Title: "Council tax", Email: strings.ToLower(name) + "@example.org"},
				Items: []bill.Item{{ID: "tax", Title: i18n.Text{"en": "Tax"}, Account: "4100", Component: bill.Principal, Amount: 10000}},
				Plan:  []bill.Instalment{{Due: calendar.MustDate("2026-04-01"), Amount: 10000}}})
		}
		return tl.Money.Treasury.Issue(ctx, tx, book, list...)
	}))
	return list
}

// again reads a bill once more.
func (tl *till) again(b *bill.Bill) (got *bill.Bill) {
	tl.t.Helper()
	tl.must(tl.DB.Read(tl.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		got, err = tl.Money.Treasury.Bills.Get(ctx, tx, "markets", b.ID)
		return err
	}))
	return got
}

// lines are all lines of a file with their parts, in its order.
func (tl *till) lines(in bank.Imported) (all []*bank.Line) {
	tl.t.Helper()
	tl.must(tl.DB.Read(tl.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		all = nil
		for _, s := range in.Statements {
			some, err := tl.Money.Bank.Lines(ctx, tx, "markets", s.ID, 0, 1000)
			if err != nil {
				return err
			}
			all = append(all, some...)
		}
		return tl.Money.Bank.ReadParts(ctx, tx, all)
	}))
	return all
}

// line reads a line whole.
func (tl *till) line(id string) (l *bank.Line) {
	tl.t.Helper()
	tl.must(tl.DB.Read(tl.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		l, err = tl.Money.Bank.Line(ctx, tx, "markets", id)
		return err
	}))
	return l
}

// placed says in short where the lines of a file are: "matched bill", "suspense suspense" …
func (tl *till) placed(in bank.Imported) (all []string) {
	tl.t.Helper()
	for _, l := range tl.lines(in) {
		said := string(l.State)
		for _, p := range l.Standing() {
			said += " " + p.To
		}
		all = append(all, said)
	}
	return all
}

// stands wants the books to hold these balances, and to agree with all that they stand for.
func (tl *till) stands(want map[string]int64) {
	tl.t.Helper()
	if got := tl.balances(); !maps.Equal(got, want) {
		tl.t.Errorf("the books: %v, want %v", got, want)
	}
	tl.must(tl.DB.Read(tl.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		wrong, err := tl.Money.Bank.Check(ctx, tx, "markets", 10)
		if len(wrong) > 0 {
			tl.t.Errorf("lines whose parts do not make them: %q", wrong)
		}
		return err
	}))
}

// resolve places a line that waits.
func (tl *till) resolve(id string, parts ...flow.LinePart) error {
	return tl.Banking().ResolveLine(tl.ctx, tl.officer, flow.ResolveLine{Line: id, Version: tl.line(id).Version, Parts: parts, Key: tl.key()})
}

// said is what a person is told.
func (tl *till) said(err error) string {
	var public *fault.Error
	if !errors.As(err, &public) {
		return fmt.Sprint(err)
	}
	return strings.NewReplacer("\u2068", "", "\u2069", "").Replace(tl.Words.For("en").Key(public.Key, i18n.V(public.Args)))
}
