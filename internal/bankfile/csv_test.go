package bankfile_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"stoa/internal/bankfile"
)

const ours = "GB33 BUKB 2020 1555 5555 55"

// A German savings bank's, as to form.
var german = bankfile.Format{
	Columns: bankfile.Columns{Booked: "Buchungstag", Value: "Valutadatum", Amount: "Betrag", Currency: "Waehrung", Name: "Beguenstigter/Zahlungspflichtiger",
		IBAN: "Kontonummer/IBAN", Text: "Verwendungszweck", EndToEnd: "Kundenreferenz (End-to-End)", Balance: "Saldo"},
	Dates: "DD.MM.YY", Decimal: ",", Delimiter: ";", Encoding: "windows-1252", Skip: 2,
}

const germanText = `Umsätze
"Konto 1"
"Buchungstag";"Valutadatum";"Beguenstigter/Zahlungspflichtiger";"Verwendungszweck";"Kontonummer/IBAN";"Kundenreferenz (End-to-End)";"Betrag";"Waehrung";"Saldo"
"02.04.26";"03.04.26";"Jürgen Müller";"RF18 5390 0754 7034 € fällig";"AT61 1904 3002 3457 3201";"NOTPROVIDED";"1.140,25";"EUR";"1.235,75"
"01.04.26";"";"Bank";"Entgelt";"";"";"-4,50";"EUR";"95,50"
`

const debitCredit = `Date,Paid out,Paid in,Details
1/4/2026,,"1,250.00",Rana Haddad
15/4/2026,£,,x
`

func TestDefaultFormat(t *testing.T) {
	text := `Booked,VALUE,amount,currency,name,iban,reference,text,id
2026-04-01,2026-04-02,140.25,GBP,"Haddad, Rana",GB29NWBK60161331926819,rf71 2348 231,"council
tax",T-1
2026-04-01,,-12,,,,,,
2026-04-01,,-12,,,,,,

`
	all, err := bankfile.ReadCSV(strings.NewReader(text), bankfile.DefaultFormat, ours, "GBP")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/csv/default.golden", written(all))
	withMark, err := bankfile.ReadCSV(strings.NewReader("\ufeff"+strings.ReplaceAll(text, "\n", "\r\n")), bankfile.DefaultFormat, ours, "GBP")
	if err != nil || string(written(withMark)) != string(written(all)) {
		t.Errorf("with another ending of lines: %v\n%s", err, written(withMark))
	}
}

func TestDeclaredFormat(t *testing.T) {
	text, err := charmap.Windows1252.NewEncoder().String(germanText)
	if err != nil {
		t.Fatal(err)
	}
	all, err := bankfile.ReadCSV(strings.NewReader(text), german, "DE89370400440532013000", "EUR")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/csv/german.golden", written(all))

	rows := strings.SplitAfter(text, "\n")
	slices.Reverse(rows[3:5]) // oldest first
	turned, err := bankfile.ReadCSV(strings.NewReader(strings.Join(rows, "")), german, "DE89370400440532013000", "EUR")
	if err != nil || *turned[0].Opening != *all[0].Opening || *turned[0].Closing != *all[0].Closing {
		t.Errorf("the other way round: %+v, %v", turned, err)
	}
}

func TestDebitAndCredit(t *testing.T) {
	f := bankfile.Format{Columns: bankfile.Columns{Booked: "date", Debit: "paid out", Credit: "paid in", Name: "details"}, Dates: "D/M/YYYY", Decimal: ".", Delimiter: ","}
	_, err := bankfile.ReadCSV(strings.NewReader(debitCredit), f, ours, "GBP")
	if err == nil || !strings.Contains(says(t, err), "£") {
		t.Errorf("a sign for an amount: %v", err)
	}
	all, err := bankfile.ReadCSV(strings.NewReader(strings.Replace(debitCredit, "£", "-3.5", 1)), f, ours, "GBP")
	if err != nil || all[0].Lines[0].Amount != pounds(125000) || all[0].Lines[1].Amount != pounds(-350) {
		t.Errorf("%v, %v", all, err)
	}
}

func TestCSVRefuses(t *testing.T) {
	head := "booked,value,amount,currency,name,iban,reference,text,id\n"
	for name, c := range map[string]struct{ text, says string }{
		"nothing":          {"", "holds no statement"},
		"headings only":    {head, "holds no statement"},
		"another format":   {"a,b\n1,2\n", "Line 1: the file has no column booked"},
		"a column twice":   {"booked,amount,booked\n", "Line 1: the file has the column booked twice"},
		"cut off":          {head + "2026-04-01,,1,,,,,,\n2026-04-01,,1", "Line 3: this line has another number of columns"},
		"cut in quotes":    {head + "2026-04-01,,1,,,,,\"abc\n\n", "the quotation marks"},
		"stray quotes":     {head + "2026-04-01,,1,,,,,a\"b,\n", "Line 2: the quotation marks"},
		"wrong encoding":   {head + "2026-04-01,,1,,\xfc,,,,\n", "Line 2: the file is not in the encoding"},
		"UTF-16":           {"\xff\xfeb\x00", "UTF-16"},
		"no amount":        {head + "2026-04-01,,,,,,,,\n", "Line 2: there is no amount"},
		"a comma":          {head + "2026-04-01,,\"1,5\",,,,,,\n", "Line 2: 1,5 is not an amount"},
		"decimals":         {head + "2026-04-01,,1.505,,,,,,\n", "has more decimals than GBP"},
		"beyond 64 bits":   {head + "2026-04-01,,92233720368547758.08,,,,,,\n", "larger than"},
		"another currency": {head + "2026-04-01,,1,EUR,,,,,\n", "Line 2: this is in EUR, the account in GBP"},
		"no day":           {head + "2026-04-31,,1,,,,,,\n", "2026-04-31 is not a date"},
		"another day":      {head + "01/04/2026,,1,,,,,,\n", "is not a date"},
		"exponents":        {head + "2026-04-01,,1e5,,,,,,\n", "is not an amount"},
	} {
		all, err := bankfile.ReadCSV(strings.NewReader(c.text), bankfile.DefaultFormat, ours, "GBP")
		if err == nil || all != nil {
			t.Errorf("%s: read", name)
			continue
		}
		if got := strings.NewReplacer("\u2068", "", "\u2069", "").Replace(says(t, err)); !strings.Contains(got, c.says) {
			t.Errorf("%s: %q", name, got)
		}
	}
	broken := strings.Replace(germanText, "1.140,25", "1.140,26", 1)
	broken, _ = charmap.Windows1252.NewEncoder().String(broken)
	if _, err := bankfile.ReadCSV(strings.NewReader(broken), german, "DE89370400440532013000", "EUR"); err == nil || !strings.Contains(says(t, err), "does not follow") {
		t.Errorf("balances that do not follow: %v", err)
	}
	for _, change := range []func(f *bankfile.Format){
		func(f *bankfile.Format) { f.Columns.Booked = "" },
		func(f *bankfile.Format) { f.Columns.Amount = "" },
		func(f *bankfile.Format) { f.Columns.Debit = "x" },
		func(f *bankfile.Format) { f.Columns.Amount, f.Columns.Debit = "", "x" },
		func(f *bankfile.Format) { f.Delimiter = "" },
		func(f *bankfile.Format) { f.Delimiter = ";;" },
		func(f *bankfile.Format) { f.Decimal = "" },
		func(f *bankfile.Format) { f.Dates = "MM/DD" },
		func(f *bankfile.Format) { f.Dates = "DD/DD/YYYY" },
		func(f *bankfile.Format) { f.Encoding = "EBCDIC" },
		func(f *bankfile.Format) { f.Skip = -1 },
	} {
		f := bankfile.DefaultFormat
		change(&f)
		_, err := bankfile.ReadCSV(strings.NewReader(head+"2026-04-01,,1,,,,,,\n"), f, ours, "GBP")
		if err == nil {
			t.Errorf("%+v reads", f)
			continue
		}
		says(t, err)
	}
}

func FuzzCSV(f *testing.F) {
	f.Add("booked,value,amount,currency,name,iban,reference,text,id\n2026-04-01,,1,,,,,,\n", false)
	f.Add(germanText, true)
	f.Fuzz(func(t *testing.T, text string, other bool) {
		format := bankfile.DefaultFormat
		if other {
			format = german
		}
		all, err := bankfile.ReadCSV(strings.NewReader(text), format, ours, "GBP")
		checkRead(t, all, err)
	})
}
