package bankfile_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"

	"stoa/internal/bankfile"
	"stoa/internal/fault"
	"stoa/internal/money"
)

// written is what was read, for people to compare.
func written(all []bankfile.Statement) []byte {
	var b bytes.Buffer
	for _, s := range all {
		fmt.Fprintf(&b, "statement %s of %s in %s, %s to %s, opening %v, closing %v, %d pending\n", s.ID, s.Account, s.Currency, s.From, s.Until, s.Opening, s.Closing, s.Pending)
		for _, l := range s.Lines {
			fmt.Fprintf(&b, "  %s booked %s value %s at line %d\n    id %s, ref %q, code %q\n    %q %q\n    %q\n    references %q, end to end %q", l.Amount, l.Booked, l.Value, l.At,
				l.ID, l.Ref, l.Code, l.Name, l.IBAN, l.Text, l.References, l.EndToEnd)
			if l.BatchOf > 0 {
				fmt.Fprintf(&b, ", of a batch of %d", l.BatchOf)
			}
			if l.Split {
				b.WriteString(", split")
			}
			if l.Reversal {
				b.WriteString(", reversal")
			}
			if l.Returned != "" {
				b.WriteString(", returned for " + l.Returned)
			}
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}

func samples(t testing.TB, pattern string) []string {
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	return files
}

func sample(t testing.TB, file string) string {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestCamt(t *testing.T) {
	for _, file := range samples(t, "testdata/camt/*.xml") {
		all, err := bankfile.ReadCamt(strings.NewReader(sample(t, file)))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		golden(t, strings.TrimSuffix(file, ".xml")+".golden", written(all))
	}
}

// Every version, with the name where it stands in that version and the status in the form that it has.
func TestCamtVersions(t *testing.T) {
	v02 := sample(t, "testdata/camt/v02-batch.xml")
	want, err := bankfile.ReadCamt(strings.NewReader(v02))
	if err != nil {
		t.Fatal(err)
	}
	for v := 2; v <= 13; v++ {
		text := strings.Replace(v02, "camt.053.001.02\"", fmt.Sprintf("camt.053.001.%02d\"", v), 1)
		if v >= 8 {
			text = strings.NewReplacer("<Dbtr><Nm>", "<Dbtr><Pty><Nm>", "</Nm></Dbtr>", "</Nm></Pty></Dbtr>",
				"<Sts>", "<Sts><Cd>", "</Sts>", "</Cd></Sts>").Replace(text)
		}
		got, err := bankfile.ReadCamt(strings.NewReader(text))
		if err != nil || !bytes.Equal(written(got), written(want)) {
			t.Errorf("version %d: %v\n%s", v, err, written(got))
		}
	}
}

func TestCamtEncodings(t *testing.T) {
	v02 := sample(t, "testdata/camt/v02-batch.xml")
	want, err := bankfile.ReadCamt(strings.NewReader(v02))
	if err != nil {
		t.Fatal(err)
	}
	v02 = strings.ReplaceAll(v02, "č", "c")
	for name, encoder := range map[string]*charmap.Charmap{"ISO-8859-1": charmap.ISO8859_1, "windows-1252": charmap.Windows1252, "iso-8859-15": charmap.ISO8859_15} {
		text, err := encoder.NewEncoder().String(strings.Replace(v02, "UTF-8", name, 1))
		if err != nil {
			t.Fatal(err)
		}
		got, err := bankfile.ReadCamt(strings.NewReader(text))
		if err != nil || got[0].Lines[0].Name != want[0].Lines[0].Name {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if got, err := bankfile.ReadCamt(strings.NewReader("\ufeff" + v02)); err != nil || len(got) != 2 {
		t.Errorf("with a mark of UTF-8: %v", err)
	}
}

func TestCamtRefuses(t *testing.T) {
	v02 := sample(t, "testdata/camt/v02-batch.xml")
	latin, err := charmap.ISO8859_1.NewEncoder().String(strings.ReplaceAll(v02, "č", "c"))
	if err != nil {
		t.Fatal(err)
	}
	change := func(pairs ...string) string {
		got := strings.NewReplacer(pairs...).Replace(v02)
		if got == v02 {
			t.Fatalf("%q changes nothing", pairs)
		}
		return got
	}
	for name, c := range map[string]struct{ text, says string }{
		"nothing":           {"", "The file holds no statement"},
		"cut off":           {v02[:len(v02)/2], "The file ends in the middle, at line 54"},
		"cut off at once":   {v02[:20], "The file ends in the middle, at line 1"},
		"wrong encoding":    {latin, "Line 18: the file is not in the encoding it should be in"},
		"unknown encoding":  {change("UTF-8", "EBCDIC-US"), "in the encoding EBCDIC-US, which we cannot read"},
		"UTF-16":            {"\xff\xfe<\x00", "in the encoding UTF-16"},
		"another file":      {"PK\x03\x04\x00", "is not XML"},
		"not a bank's":      {"<html><body/></html>", "The file holds no statement"},
		"another message":   {change("camt.053", "camt.052"), "says of itself: camt.052.001.02"},
		"version 1":         {change("camt.053.001.02\"", "camt.053.001.01\""), "says of itself: camt.053.001.01"},
		"no version":        {change("urn:iso:std:iso:20022:tech:xsd:camt.053.001.02", ""), "says of itself: -"},
		"a line is missing": {change("<Sts>PDNG</Sts>", "<Sts>BOOK</Sts><BookgDt><Dt>2026-04-01</Dt></BookgDt>"), "make 1285.45 EUR"},
		"decimals":          {change(">58.70<", ">58.705<"), "Line 56: 58.705 has more decimals than EUR has"},
		"beyond 64 bits":    {change(">58.70<", ">99999999999999999.99<"), "Line 56: 99999999999999999.99 is larger than we can keep books of"},
		"sums beyond":       {change(">58.70<", ">92233720368547758.07<"), "larger than we can keep books of"},
		"no number":         {change(">58.70<", ">5,870<"), "Line 56: 5,870 is not an amount"},
		"a negative number": {change(">58.70<", ">-58.70<"), "Line 56: -58.70 is not an amount"},
		"no currency":       {change("EUR", "EUU"), "Line 21: EUU is not a currency we know"},
		"two currencies":    {change("<Amt Ccy=\"EUR\">58.70", "<Amt Ccy=\"GBP\">58.70"), "Line 56: this is in GBP, the account in EUR"},
		"no day":            {change("<BookgDt><Dt>2026-04-01", "<BookgDt><Dt>2026-02-30"), "2026-02-30 is not a date"},
		"no booking day":    {change("<BookgDt><DtTm>2026-04-01T18:00:00+02:00</DtTm></BookgDt>", ""), "no day on which it was booked"},
		"no status":         {change("<Sts>PDNG</Sts>", ""), "does not say whether it is booked"},
		"no sign":           {change("<CdtDbtInd>DBIT", "<CdtDbtInd>DEBIT"), "neither a credit (CRDT) nor a debit"},
		"no number of it":   {change("<Id>2026-063</Id>", "<Id> </Id>"), "no number of its own"},
		"no account":        {change("<Id><IBAN>DE89370400440532013000</IBAN></Id>", ""), "of which account and currency"},
		"a document type":   {change("<Document", "<!DOCTYPE x [<!ENTITY a \"b\">]><Document"), "Line 3: the file has a document type"},
		"an entity":         {change("Gutschrift", "&a;"), "is not XML: invalid character entity &a;"},
		"too deep":          {change("Gutschrift", strings.Repeat("<x>", 50)), "nested deeper"},
		"tags that cross":   {change("</Sts>", "</Stz>"), "is not XML: element <Sts> closed by </Stz>"},
	} {
		all, err := bankfile.ReadCamt(strings.NewReader(c.text))
		if err == nil || all != nil {
			t.Errorf("%s: read", name)
			continue
		}
		if got := says(t, err); !strings.Contains(strings.NewReplacer("\u2068", "", "\u2069", "").Replace(got), c.says) {
			t.Errorf("%s: %q, want %q", name, got, c.says)
		}
	}
}

// Wherever a file is cut off, it is refused: never read in part.
func TestCamtCutAnywhere(t *testing.T) {
	for _, file := range samples(t, "testdata/camt/*.xml") {
		text := strings.TrimSpace(sample(t, file))
		for n := range len(text) {
			if n%7 != 0 && n < len(text)-20 {
				continue
			}
			if all, err := bankfile.ReadCamt(strings.NewReader(text[:n])); err == nil || all != nil {
				t.Fatalf("%s cut off at byte %d is read", file, n)
			}
		}
	}
}

// camtOf writes lines as camt.053.001.08.
func camtOf(s bankfile.Statement) string {
	var b strings.Builder
	amount := func(a money.Amount) string {
		sign := "CRDT"
		if a.Minor < 0 {
			sign, a.Minor = "DBIT", -a.Minor
		}
		text, _, _ := strings.Cut(a.String(), " ")
		return fmt.Sprintf(`<Amt Ccy="%s">%s</Amt><CdtDbtInd>%s</CdtDbtInd>`, a.Currency, text, sign)
	}
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt>`)
	fmt.Fprintf(&b, "<Id>%s</Id><Acct><Id><IBAN>%s</IBAN></Id><Ccy>%s</Ccy></Acct>\n", s.ID, s.Account, s.Currency)
	for code, a := range map[string]*money.Amount{"OPBD": s.Opening, "CLBD": s.Closing} {
		if a != nil {
			fmt.Fprintf(&b, "<Bal><Tp><CdOrPrtry><Cd>%s</Cd></CdOrPrtry></Tp>%s<Dt><Dt>%s</Dt></Dt></Bal>\n", code, amount(*a), s.Until)
		}
	}
	for _, l := range s.Lines {
		fmt.Fprintf(&b, "<Ntry>%s<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt><ValDt><Dt>%s</Dt></ValDt><AcctSvcrRef>%s</AcctSvcrRef><BkTxCd/><NtryDtls><TxDtls>", amount(l.Amount), l.Booked, l.Value, l.Ref)
		party, acct := "Dbtr", "DbtrAcct"
		if l.Amount.Minor < 0 {
			party, acct = "Cdtr", "CdtrAcct"
		}
		fmt.Fprintf(&b, "<Refs><EndToEndId>%s</EndToEndId></Refs>%s<RltdPties><%s><Pty><Nm>%s</Nm></Pty></%[3]s>", l.EndToEnd, amount(l.Amount), party, l.Name)
		if l.IBAN != "" {
			fmt.Fprintf(&b, "<%s><Id><IBAN>%s</IBAN></Id></%[1]s>", acct, l.IBAN)
		}
		b.WriteString("</RltdPties><RmtInf>")
		if l.Text != "" {
			fmt.Fprintf(&b, "<Ustrd>%s</Ustrd>", l.Text)
		}
		for _, r := range l.References {
			fmt.Fprintf(&b, "<Strd><CdtrRefInf><Ref>%s</Ref></CdtrRefInf></Strd>", r)
		}
		b.WriteString("</RmtInf></TxDtls></NtryDtls></Ntry>\n")
	}
	b.WriteString("</Stmt></BkToCstmrStmt></Document>")
	return b.String()
}

func lines(t *rapid.T) []bankfile.Line {
	word := rapid.SampledFrom([]string{"", "rent", "B-2026-000001", "Müller", "رنا"})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) bankfile.Line {
		day, err := date("2026-01-01").AddDays(rapid.IntRange(0, 3).Draw(t, "day"))
		if err != nil {
			t.Fatal(err)
		}
		return bankfile.Line{Booked: day, Value: day, Amount: pounds(rapid.SampledFrom([]int64{1, -1, 999, 14025, -50000}).Draw(t, "amount")),
			Ref: rapid.SampledFrom([]string{"", "", "A", "B"}).Draw(t, "ref"), Name: word.Draw(t, "name"), Text: word.Draw(t, "text")}
	}), 1, 12).Draw(t, "lines")
}

func TestCamtRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		opening, sum := pounds(rapid.Int64Range(-100000, 100000).Draw(t, "opening")), int64(0)
		s := bankfile.Statement{ID: "1", Account: "GB33BUKB20201555555555", Currency: "GBP", Lines: lines(t), Opening: &opening}
		for _, l := range s.Lines {
			sum += l.Amount.Minor
		}
		closing := pounds(opening.Minor + sum)
		s.Closing = &closing
		got, err := bankfile.ReadCamt(strings.NewReader(camtOf(s)))
		if err != nil || len(got) != 1 || len(got[0].Lines) != len(s.Lines) {
			t.Fatalf("%v, %v", got, err)
		}
		ids := map[string]bool{}
		for i, l := range got[0].Lines {
			ids[l.ID] = true
			l.ID, l.At = "", 0
			if fmt.Sprint(l) != fmt.Sprint(s.Lines[i]) {
				t.Fatalf("read %+v, written %+v", l, s.Lines[i])
			}
		}
		if len(ids) != len(s.Lines) {
			t.Fatalf("%d identifiers of %d lines", len(ids), len(s.Lines))
		}
		s.Closing.Minor++
		if _, err := bankfile.ReadCamt(strings.NewReader(camtOf(s))); err == nil {
			t.Fatal("a wrong closing balance is let through")
		}
	})
}

// Statements that overlap by whole days name the lines they share alike, and no others.
func TestLinesKeepTheirNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := lines(t)
		read := func(from, until string) map[string]int {
			s := bankfile.Statement{ID: "1", Account: "GB33BUKB20201555555555", Currency: "GBP"}
			for _, l := range all {
				if l.Booked.String() >= from && l.Booked.String() <= until {
					s.Lines = append(s.Lines, l)
				}
			}
			got, err := bankfile.ReadCamt(strings.NewReader(camtOf(s)))
			if err != nil {
				t.Fatal(err)
			}
			ids := map[string]int{}
			for _, l := range got[0].Lines {
				ids[l.ID]++
			}
			return ids
		}
		whole, first, second := read("2026-01-01", "2026-01-04"), read("2026-01-01", "2026-01-02"), read("2026-01-02", "2026-01-04")
		for id := range second {
			first[id] = 1
		}
		if len(first) != len(whole) {
			t.Fatalf("%d lines in two parts, %d in one", len(first), len(whole))
		}
		for id := range first {
			if whole[id] != 1 {
				t.Fatalf("%s is in a part and not in the whole", id)
			}
		}
	})
}

// FuzzCamt begins with small files: what is made of large ones is large, and takes its time to be made smaller.
func FuzzCamt(f *testing.F) {
	head := `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>GB29NWBK60161331926819</IBAN></Id></Acct>`
	entry := `<Ntry><Amt Ccy="GBP">1.5</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-01-01</Dt></BookgDt></Ntry>`
	batch := `<Ntry><Amt Ccy="GBP">2</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-01</Dt></BookgDt><NtryDtls><TxDtls><Amt Ccy="GBP">2</Amt><RmtInf><Ustrd>x</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`
	balance := `<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="GBP">1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>`
	tail := "</Stmt></BkToCstmrStmt></Document>"
	for _, s := range []string{head, head + entry + tail, head + balance + batch + tail, `<?xml version="1.0" encoding="windows-1252"?>` + head + entry + entry + tail} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all, err := bankfile.ReadCamt(strings.NewReader(text))
		checkRead(t, all, err)
	})
}

// checkRead holds whatever was read to what callers rely on.
func checkRead(t *testing.T, all []bankfile.Statement, err error) {
	t.Helper()
	if err != nil {
		if all != nil {
			t.Fatal("refused, and given all the same")
		}
		says(t, err)
		return
	}
	for _, s := range all {
		ids := map[string]bool{}
		for _, l := range s.Lines {
			if l.Amount.Currency != s.Currency || l.Booked.IsZero() || l.Value.IsZero() || l.ID == "" || ids[l.ID] || len(l.Text) > 8000 {
				t.Fatalf("%+v", l)
			}
			ids[l.ID] = true
		}
		if s.ID == "" || s.Account == "" || s.Currency == "" {
			t.Fatalf("%+v", s)
		}
	}
}

// What fails below is not the file's fault, and a file without end is refused when it is too large.
func TestReadersThatFail(t *testing.T) {
	broken := errors.New("connection lost")
	head := sample(t, "testdata/camt/v02-batch.xml")[:2000]
	for name, read := range map[string]func(r io.Reader) ([]bankfile.Statement, error){
		"camt": bankfile.ReadCamt,
		"csv": func(r io.Reader) ([]bankfile.Statement, error) {
			return bankfile.ReadCSV(r, bankfile.DefaultFormat, ours, "GBP")
		},
	} {
		all, err := read(io.MultiReader(strings.NewReader(strings.Repeat(" ", 10)+head[55:]), iotest.ErrReader(broken)))
		if name == "csv" {
			all, err = read(io.MultiReader(strings.NewReader("booked,value,amount,currency,name,iban,reference,text,id\n"), iotest.ErrReader(broken)))
		}
		if all != nil || fault.KindOf(err) != fault.Internal || !errors.Is(err, broken) {
			t.Errorf("%s: %v, %v", name, all, err)
		}
		if all, err := read(io.MultiReader(strings.NewReader("\""), endless{})); all != nil || fault.KindOf(err) != fault.TooLarge {
			t.Errorf("%s without end: %v", name, err)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}
