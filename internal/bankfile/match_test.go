package bankfile_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/bankfile"
)

func reference(t testing.TB, own string) bankfile.Reference {
	r, err := bankfile.NewReference(own)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func debts(t testing.TB) []bankfile.Debt {
	debt := func(n int, payer, name string, owed int64, due string) bankfile.Debt {
		number := fmt.Sprintf("B-2026-%06d", n)
		return bankfile.Debt{Bill: fmt.Sprintf("bill%d", n), Number: number, Reference: reference(t, fmt.Sprintf("2026%06d", n)),
			Payer: payer, Name: name, Owed: pounds(owed), Due: date(due)}
	}
	all := []bankfile.Debt{
		debt(1, "p1", "Rana Haddad", 2100, "2026-06-30"),
		debt(2, "p2", "Jürgen Müller", 14025, "2026-05-01"),
		debt(3, "p2", "Jürgen Müller", 14025, "2026-06-01"),
		debt(4, "p2", "Jürgen Müller", 5000, "2026-07-01"),
		debt(5, "", "The Corner Bakery Ltd", 88000, "2026-06-15"),
		debt(6, "p6", "Sean O'Neil", -500, "2026-01-15"), // paid too much
		debt(7, "p7", "رنا حدّاد", 7700, "2026-06-15"),
	}
	all = append(all, bankfile.Debt{Bill: "euro", Number: "B-2026-000099", Name: "Ana Kovač", Owed: euros(100)})
	return all
}

var own = bankfile.Own{
	Card:    []bankfile.Pattern{{Text: "swift pay payout"}, {IBAN: "GB29 NWBK 6016 1331 9268 19", Text: "ref"}, {}},
	Cash:    []bankfile.Pattern{{Text: "Cash paid in"}},
	Refunds: []bankfile.Refund{{ID: "r1", EndToEnd: "R-2026-000001", Amount: pounds(2100)}},
}

// told is a finding in a line.
func told(f bankfile.Found) string {
	var all []string
	write := func(mark string, c bankfile.Candidate) {
		why := make([]string, len(c.Reasons))
		for i, r := range c.Reasons {
			why[i] = strings.NewReplacer("\u2068", "", "\u2069", "").Replace(r.In(english))
		}
		all = append(all, fmt.Sprintf("%s%s %s %d: %s", mark, c.To, strings.Join(c.IDs, " "), c.Score, strings.Join(why, "; ")))
	}
	if f.Sure != nil {
		write("sure ", *f.Sure)
	}
	for _, s := range f.Suggestions {
		write("", s)
	}
	return strings.Join(all, "\n") + "\n"
}

func TestMatch(t *testing.T) {
	m := bankfile.NewMatcher(debts(t), own)
	line := func(pence int64, name, text string, change ...func(l *bankfile.Line)) bankfile.Line {
		l := bankfile.Line{Amount: pounds(pence), Name: name, Text: text, Value: date("2026-06-10"), Booked: date("2026-06-10")}
		for _, c := range change {
			c(&l)
		}
		return l
	}
	structured := func(r string) func(l *bankfile.Line) {
		return func(l *bankfile.Line) { l.References = []string{r} }
	}
	endToEnd := func(s string) func(l *bankfile.Line) { return func(l *bankfile.Line) { l.EndToEnd = s } }
	first := string(reference(t, "2026000001"))
	var b strings.Builder
	for _, c := range []struct {
		name string
		line bankfile.Line
	}{
		{"structured reference", line(2100, "somebody", "", structured(first))},
		{"structured reference, another amount", line(50, "", "B-2026-000002", structured(first))},
		{"reference in the text, in groups", line(2100, "", "payment "+bankfile.Reference(first).Printed()+" thanks")},
		{"number in the text", line(2100, "", "bill b 2026/000001, notice")},
		{"number in the end-to-end id", line(2100, "", "", endToEnd("B-2026-000001"))},
		{"number as a structured reference", line(2100, "", "", structured("B2026000001"))},
		{"a wrong digit in the reference", line(999, "", "RF71 2026 0000 01")},
		{"two bills named, with their sum", line(16125, "", "B-2026-000001 and B-2026-000002")},
		{"two bills named, another sum", line(16000, "", "B-2026-000001 and B-2026-000002")},
		{"a bill in another currency", line(100, "", "B-2026-000099")},
		{"an overpaid bill", line(100, "", "B-2026-000006")},
		{"amount and name", line(88000, "CORNER BAKERY", "order 7")},
		{"amount only", line(88000, "Nobody Known", "")},
		{"name only", line(123, "HADDAD RANA MS", "")},
		{"two equal bills of one payer", line(14025, "Mueller, Juergen", "tax")},
		{"several bills of one payer", line(28050, "Jurgen Muller", "tax")},
		{"three bills of one payer", line(33050, "J Müller", "tax")},
		{"an Arabic name", line(7700, "رنا حداد", "")},
		{"nothing", line(1, "Nobody", "hello")},
		{"nothing at all", bankfile.Line{}},
		{"card payout", line(500000, "SWIFT PAY", "payout 2026-06-09")},
		{"card payout by account", line(1, "x", "REF 1", func(l *bankfile.Line) { l.IBAN = "GB29NWBK60161331926819" })},
		{"cash", line(12000, "", "CASH PAID IN at branch 7")},
		{"refund left", line(-2100, "Rana Haddad", "", endToEnd("R-2026-000001"))},
		{"refund left, another amount", line(-2000, "", "", endToEnd("R-2026-000001"))},
		{"refund came back", line(2100, "", "", endToEnd("R-2026-000001"), func(l *bankfile.Line) { l.Returned = "AC04" })},
		{"its number used again", line(2100, "", "", endToEnd("R-2026-000001"))},
		{"payment taken back", line(-2100, "", "unpaid B-2026-000001")},
		{"payment reversed", line(2100, "", "B-2026-000001", func(l *bankfile.Line) { l.Reversal = true })},
		{"bank charge", line(-450, "Bank", "fee")},
	} {
		fmt.Fprintf(&b, "# %s\n%s\n", c.name, told(m.Match(c.line)))
	}
	golden(t, "testdata/match.golden", []byte(b.String()))
}

// Whatever order debts come in, a line finds the same; and a reference finds its bill among any others.
func TestMatchIsTheSameInAnyOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		all := debts(t)
		a := bankfile.NewMatcher(all, own)
		b := bankfile.NewMatcher(rapid.Permutation(all).Draw(rt, "order"), own)
		name := rapid.SampledFrom([]string{"", "Rana Haddad", "J Muller", "Jurgen Miller", "corner", "رنا", "O Neil Sean"})
		for _, l := range rapid.SliceOf(rapid.Custom(func(t *rapid.T) bankfile.Line {
			return bankfile.Line{Amount: pounds(rapid.SampledFrom([]int64{2100, 14025, 28050, 33050, -5, 88000, 7700, 1}).Draw(t, "amount")),
				Name: name.Draw(t, "name"), Text: rapid.SampledFrom([]string{"", "B-2026-000001", "B-2026-000002 B-2026-000003"}).Draw(t, "text"), Value: date("2026-06-10")}
		})).Draw(rt, "lines") {
			if x, y := a.Match(l), b.Match(l); !reflect.DeepEqual(x, y) {
				rt.Fatalf("%+v\n%s\n%s", l, told(x), told(y))
			}
		}
	})
}

// Bills that together make an amount are held against trying every subset.
func TestTogether(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		owed := rapid.SliceOfN(rapid.Int64Range(1, 30), 1, 8).Draw(rt, "owed")
		sum := rapid.Int64Range(1, 90).Draw(rt, "sum")
		var all []bankfile.Debt
		for i, o := range owed {
			all = append(all, bankfile.Debt{Bill: fmt.Sprint(i), Payer: "p", Name: "Rana Haddad", Owed: pounds(o), Due: date("2026-01-01")})
		}
		fewest := 0
		for set := range 1 << len(owed) {
			total, n := int64(0), 0
			for i, o := range owed {
				if set>>i&1 == 1 {
					total, n = total+o, n+1
				}
			}
			if total == sum && n > 1 && (fewest == 0 || n < fewest) {
				fewest = n
			}
		}
		if slices.Contains(owed, sum) {
			fewest = 1
		}
		f := bankfile.NewMatcher(all, bankfile.Own{}).Match(bankfile.Line{Amount: pounds(sum), Name: "Haddad Rana", Value: date("2026-01-01")})
		if len(f.Suggestions) == 0 {
			rt.Fatal("a name that is known suggests nothing")
		}
		best := f.Suggestions[0]
		if fewest > 0 != (best.Score > 50) || fewest > 0 && len(best.IDs) != fewest {
			rt.Fatalf("%d bills make %d of %v: %s", fewest, sum, owed, told(f))
		}
	})
}

var firstNames = strings.Fields("Rana Omar Ana Jürgen Zoë Peter Mary Amina Leila John Paul Grace Nadia Yusuf Ivan Chloe Sean Layla Thomas Sara")
var lastNames = strings.Fields("Haddad Müller Kovač Smith Jones Okafor Ibrahim Novak García Rossi O'Neil Brown Khan Ali Wilson Evans Dubois Schmidt Yılmaz Petrov")

// town makes debts as a town has them: a third of them a tax in bands, so that thousands are equal. Lines pay them: four
// fifths with a reference or number, the rest by name, amount or neither.
func town(t testing.TB, bills, payments int) ([]bankfile.Debt, []bankfile.Line) {
	r := rand.New(rand.NewPCG(1, 2))
	bands := []int64{10000, 12500, 15000, 17500, 20000, 24000}
	all := make([]bankfile.Debt, bills)
	for i := range all {
		p := r.IntN(bills * 2 / 3)
		owed := int64(r.IntN(100000) + 100)
		if i%3 == 0 {
			owed = bands[r.IntN(len(bands))]
		}
		due, err := date("2026-04-01").AddDays(r.IntN(300))
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("%s %s-%s", firstNames[p%20], lastNames[p/20%20], lastNames[p/400%20])
		if p%5 == 0 {
			name = fmt.Sprintf("Shop %d of %s Ltd", p, lastNames[p%20])
		}
		all[i] = bankfile.Debt{Bill: fmt.Sprintf("bill%06d", i), Number: fmt.Sprintf("B-2026-%06d", i), Reference: reference(t, fmt.Sprintf("2026%06d", i)),
			Payer: fmt.Sprint("p", p), Name: name, Owed: pounds(owed), Due: due}
	}
	lines := make([]bankfile.Line, payments)
	for i := range lines {
		d := all[r.IntN(bills)]
		day, err := date("2026-06-01").AddDays(i * 5 / payments)
		if err != nil {
			t.Fatal(err)
		}
		l := bankfile.Line{Booked: day, Value: day, Amount: d.Owed, Name: strings.ToUpper(d.Name), IBAN: "GB29NWBK60161331926819", Ref: fmt.Sprintf("REF%08d", i), EndToEnd: fmt.Sprintf("E%d", i)}
		switch i % 10 {
		case 0, 1, 2, 3, 4:
			l.References = []string{string(d.Reference)}
		case 5, 6:
			l.Text = "thank you " + d.Reference.Printed()
		case 7:
			l.Text = "council tax bill " + d.Number + " house 7"
		case 8:
			l.Text = "council tax"
		case 9:
			l.Text, l.Name, l.Amount = "invoice of last month", "Somebody Else", pounds(int64(r.IntN(100000)+1))
		}
		lines[i] = l
	}
	return all, lines
}

func TestTown(t *testing.T) {
	debts, lines := town(t, 20_000, 10_000)
	m := bankfile.NewMatcher(debts, own)
	sure, suggested := 0, 0
	for _, l := range lines {
		if f := m.Match(l); f.Sure != nil {
			sure++
		} else if len(f.Suggestions) > 0 {
			suggested++
		}
	}
	if sure != 8000 || suggested < 1000 {
		t.Errorf("%d are sure, %d suggested", sure, suggested)
	}
}

// BenchmarkRead10000 is what reading a statement of 10,000 lines takes.
func BenchmarkRead10000(b *testing.B) {
	_, lines := town(b, 20_000, 10_000)
	text := camtOf(bankfile.Statement{ID: "1", Account: "GB33BUKB20201555555555", Currency: "GBP", Lines: lines})
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if all, err := bankfile.ReadCamt(strings.NewReader(text)); err != nil || len(all[0].Lines) != 10_000 {
			b.Fatal(err)
		}
	}
}

// BenchmarkMatch10000 is what matching 10,000 lines against 20,000 bills takes, the index included.
func BenchmarkMatch10000(b *testing.B) {
	debts, lines := town(b, 20_000, 10_000)
	for b.Loop() {
		m := bankfile.NewMatcher(debts, own)
		for _, l := range lines {
			m.Match(l)
		}
	}
}
