package flow_test

import (
	"slices"
	"strings"
	"testing"

	"stoa/internal/bill"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/process"
)

// TestAStatementIsMatched: what is sure is booked where it belongs, whatever became of the bill; all else waits.
func TestAStatementIsMatched(t *testing.T) {
	eachTill(t, func(tl *till) {
		_, caseID, _ := tl.sent("rana@testshire.example")
		fee, tax := tl.bill(caseID), tl.taxes("Asha", "Ben", "Cora")
		file := camt("S1", 0,
			move{Minor: 5000, Reference: fee.Reference, Name: "Rana Resident"},
			move{Minor: 4000, Text: "council tax " + strings.ToLower(tax[0].Number), Name: "A"},
			move{Minor: 20000, Text: tax[1].Number + " and " + tax[2].Number, Name: "B"},
			move{Minor: 70000, Name: "SANDBOX CARDS", Text: "payout"},
			move{Minor: 12000, Text: "CASH PAID IN branch 7"},
			move{Minor: 6000, Name: "Asha", Text: "tax"},
			move{Minor: -450, Name: "Bank", Text: "charges"})
		got := tl.imports(file)
		if got.New != 7 || got.Again {
			tl.t.Errorf("imported %+v", got)
		}
		want := []string{"matched bill", "matched bill", "matched bill", "matched card", "matched cash", "suspense suspense", "suspense suspense"}
		if got := tl.placed(got); !slices.Equal(got, want) {
			tl.t.Errorf("the lines: %q", got)
		}
		if c := tl.load(caseID); c.State != "received" {
			tl.t.Errorf("the case whose fee was paid is in %s", c.State)
		}
		if a, b, c := tl.again(tax[0]), tl.again(tax[1]), tl.again(tax[2]); a.Balance != 6000 || b.State != bill.Settled || c.State != bill.Settled {
			tl.t.Errorf("the bills: %d, %s, %s", a.Balance, b.State, c.State)
		}
		tl.stands(map[string]int64{"1000": 116550, "1010": -70000, "1020": -12000, "1200": 6000, "2300": -5550, "4100": -35000})
		if n := tl.counts()["notification"]; n < 3 {
			tl.t.Errorf("%d messages, of which three are receipts", n)
		}

		again := tl.imports(file)
		if !again.Again || again.ID != got.ID {
			tl.t.Errorf("the same file again: %+v", again)
		}
		overlapping := tl.imports(camt("S2", 5000, move{Ref: "S1-2", Minor: 4000, Text: "council tax"}, move{Ref: "new", Minor: 6000, Text: tax[0].Number}))
		if overlapping.New != 1 || overlapping.Known != 1 {
			tl.t.Errorf("an overlapping statement: %+v", overlapping.File)
		}
		tl.stands(map[string]int64{"1000": 122550, "1010": -70000, "1020": -12000, "2300": -5550, "4100": -35000})
	})
}

// TestWhatTheBankSendsWrong is refused with the line and the reason, and changes nothing.
func TestWhatTheBankSendsWrong(t *testing.T) {
	eachTill(t, func(tl *till) {
		good := string(camt("S1", 0, move{Minor: 5000, Name: "Müller"}, move{Minor: 1, Name: "B"}))
		before := tl.counts()
		for name, c := range map[string]struct {
			file, says string
		}{
			"empty":               {" \n", "The file is empty"},
			"truncated":           {good[:len(good)-150], "The file ends in the middle, at line 7"},
			"wrong encoding":      {strings.Replace(good, "ü", "\xfc", 1), "Line 5: the file is not in the encoding"},
			"UTF-16":              {"\xff\xfe<\x00", "The file is in the encoding UTF-16"},
			"sums that disagree":  {strings.Replace(good, ">50.00<", ">50.01<", 2), "Something is missing"},
			"beyond 64 bits":      {strings.ReplaceAll(good, ">50.00<", ">123456789012345678.00<"), "is larger than we can keep books of"},
			"beyond our books":    {string(camt("S1", 0, move{Minor: 1 << 51})), "is larger than we can keep books of"},
			"sum beyond 64 bits":  {strings.Replace(strings.ReplaceAll(good, ">50.00<", ">92233720368547758.07<"), ">0.00<", ">92233720368547758.07<", 1), "is larger than we can keep books of"},
			"another's account":   {string(camt("S1", 0, move{Minor: 1, OtherAccount: "GB29NWBK60161331926819"})), "The books are kept for"},
			"a table, cut":        {"booked,amount,text\n2026-03-02,1.00,a\n2026-03-02", "has no column"},
			"neither":             {"%PDF-1.7\n%x", "has no column"},
			"an order of ours":    {`<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"></Document>`, "This is not a statement that we can read"},
			"two of one currency": {string(camt("S1", 0, move{Minor: 1, Currency: "XYZ"})), "is not a currency we know"},
		} {
			_, err := tl.Banking().ImportStatement(tl.ctx, tl.officer, flow.ImportStatement{Name: name, Bytes: []byte(c.file)})
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(tl.said(err), c.says) {
				tl.t.Errorf("%s: %v %q", name, fault.KindOf(err), tl.said(err))
			}
		}
		for who, actor := range map[string]policy.Actor{"an officer of another organisation": tl.other, "nobody": {}} {
			if _, err := tl.Banking().ImportStatement(tl.ctx, actor, flow.ImportStatement{Bytes: []byte(good)}); err == nil {
				tl.t.Errorf("%s imports", who)
			}
		}
		tl.work()
		if after := tl.counts(); after["job"] != before["job"] {
			tl.t.Errorf("jobs: %d before, %d after", before["job"], after["job"])
		}
		tl.stands(map[string]int64{})
	})
}

// TestMoneyThatComesTooLateOrTwice is taken, booked and stands in the queue where a person looks after it.
func TestMoneyThatComesTooLateOrTwice(t *testing.T) {
	eachTill(t, func(tl *till) {
		draft, withdrawn, holder := tl.sent("rana@testshire.example")
		fee := tl.bill(withdrawn)
		tl.must(tl.act(policy.Actor{Person: tl.load(withdrawn).Person}, withdrawn, "withdraw", process.Decision{}, ""))
		_, _ = draft, holder
		tax := tl.taxes("Asha", "Ben")
		tl.imports(camt("S1", 0, move{Minor: 5000, Reference: fee.Reference}, move{Minor: 10000, Reference: tax[0].Reference},
			move{Minor: 10000, Reference: tax[0].Reference}, move{Minor: 2500, Text: tax[1].Number}))
		if q := tl.exceptions(); q[pay.WithdrawnCase] != 1 || q[pay.PaidTwice] != 1 || len(q) != 2 {
			tl.t.Errorf("the queue: %v", q)
		}
		if a, b, c := tl.again(fee), tl.again(tax[0]), tl.again(tax[1]); a.Balance != -5000 || b.Balance != -10000 || c.Balance != 7500 {
			tl.t.Errorf("balances %d, %d, %d", a.Balance, b.Balance, c.Balance)
		}
		tl.stands(map[string]int64{"1000": 27500, "1200": -7500, "4100": -20000})
	})
}

// TestACSVStatement is of our account, in the format that the upload page describes.
func TestACSVStatement(t *testing.T) {
	eachTill(t, func(tl *till) {
		tax := tl.taxes("Asha")
		got := tl.imports([]byte("\xef\xbb\xbfbooked,value,amount,currency,name,iban,reference,text,id\n2026-03-02,,100.00,GBP,Asha,,,for " + tax[0].Number + ",\n2026-03-02,,-1.00,GBP,Bank,,,,\n"))
		if p := tl.placed(got); !slices.Equal(p, []string{"matched bill", "suspense suspense"}) {
			tl.t.Errorf("the lines: %q", p)
		}
		tl.stands(map[string]int64{"1000": 9900, "2300": 100, "4100": -10000})
	})
}

// TestAnotherCurrency: its lines wait in their own currency; they pay no bill of ours, and go back or elsewhere.
func TestAnotherCurrency(t *testing.T) {
	eachTill(t, func(tl *till) {
		tax := tl.taxes("Asha")
		got := tl.imports(camt("S1", 0, move{Minor: 10000, Currency: "EUR", Text: tax[0].Number, Name: "Asha", IBAN: "DE89370400440532013000"}))
		l := tl.lines(got)[0]
		if l.State != "suspense" {
			tl.t.Fatalf("the line is %s", l.State)
		}
		if err := tl.resolve(l.ID, flow.LinePart{To: flow.LineToBill, Number: tax[0].Number, Amount: 10000}); fault.KindOf(err) != fault.Invalid {
			tl.t.Errorf("euros for a bill in pounds: %v", err)
		}
		tl.must(tl.resolve(l.ID, flow.LinePart{To: flow.LineToSender, Amount: 10000}))
		if b := tl.again(tax[0]); b.Balance != 10000 {
			tl.t.Errorf("the bill: %d", b.Balance)
		}
		if l = tl.line(l.ID); l.State != "resolved" {
			tl.t.Errorf("the line is %s", l.State)
		}
		_, err := tl.Banking().ImportStatement(tl.ctx, tl.officer, flow.ImportStatement{Bytes: camt("S2", 0, move{Minor: 1})})
		if fault.KindOf(err) != fault.Conflict {
			tl.t.Errorf("an account that changes its currency: %v", err)
		}
	})
}
