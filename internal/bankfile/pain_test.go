package bankfile_test

import (
	"strings"
	"testing"
	"time"

	"stoa/internal/bankfile"
	"stoa/internal/calendar"
	"stoa/internal/money"
)

func order() bankfile.Order {
	return bankfile.Order{
		MessageID: "O-2026-000003", Created: time.Date(2026, 6, 15, 9, 30, 0, 0, time.UTC), Execute: date("2026-06-16"),
		Debtor: bankfile.Party{Name: "Greenvale Council", IBAN: "GB33BUKB20201555555555", BIC: "BUKBGB22"},
		Payments: []bankfile.Payment{
			{EndToEnd: "R-2026-000001", Amount: pounds(2100), Text: "Refund of bill B-2026-000001 – withdrawn; \"thank you\"",
				Creditor: bankfile.Party{Name: "Zoë Łukasiewicz & Søn", IBAN: "GB29NWBK60161331926819"}},
			{EndToEnd: "R-2026-000002", Amount: pounds(123456), Reference: "RF18539007547034",
				Creditor: bankfile.Party{Name: "Straße Nr. 5 eG", IBAN: "DE89370400440532013000", BIC: "COBADEFFXXX"}},
		},
	}
}

func TestPain(t *testing.T) {
	got, err := bankfile.Pain(order())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/pain/pounds.xml", got)

	o := order()
	o.Debtor.BIC, o.Payments = "", o.Payments[1:]
	o.Payments[0].Amount = euros(99999999999)
	got, err = bankfile.Pain(o)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/pain/euros.xml", got)
}

func TestPainRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(o *bankfile.Order)
		says   string
	}{
		"nothing":        {func(o *bankfile.Order) { o.Payments = nil }, "no payments"},
		"no number":      {func(o *bankfile.Order) { o.MessageID = "" }, "does not identify an order"},
		"a long number":  {func(o *bankfile.Order) { o.MessageID = strings.Repeat("1", 36) }, "does not identify an order"},
		"slashes":        {func(o *bankfile.Order) { o.Payments[0].EndToEnd = "a//b" }, "does not identify a payment"},
		"a letter":       {func(o *bankfile.Order) { o.Payments[0].EndToEnd = "ä" }, "does not identify a payment"},
		"twice":          {func(o *bankfile.Order) { o.Payments[1].EndToEnd = o.Payments[0].EndToEnd }, "each once"},
		"nothing to pay": {func(o *bankfile.Order) { o.Payments[0].Amount = pounds(0) }, "0.00 GBP cannot be transferred"},
		"two currencies": {func(o *bankfile.Order) { o.Payments[1].Amount = euros(1) }, "is in EUR"},
		"beyond SEPA":    {func(o *bankfile.Order) { o.Payments = o.Payments[:1]; o.Payments[0].Amount = euros(1e11) }, "cannot be transferred"},
		"beyond 64 bits": {func(o *bankfile.Order) { o.Payments[0].Amount, o.Payments[1].Amount = pounds(1<<62), pounds(1<<62) }, "cannot be transferred"},
		"no currency": {func(o *bankfile.Order) {
			o.Payments = o.Payments[:1]
			o.Payments[0].Amount = money.Amount{Minor: 1, Currency: "ZZZ"}
		}, "cannot be transferred"},
		"an Arabic name":  {func(o *bankfile.Order) { o.Payments[0].Creditor.Name = "رنا حداد" }, "Latin letters"},
		"a wrong account": {func(o *bankfile.Order) { o.Payments[0].Creditor.IBAN = "GB29NWBK60161331926818" }, "does not pass its check"},
		"our own account": {func(o *bankfile.Order) { o.Debtor.IBAN = "" }, "Our own name"},
		"our own name":    {func(o *bankfile.Order) { o.Debtor.Name = "…" }, "Our own name"},
		"a wrong bank":    {func(o *bankfile.Order) { o.Payments[0].Creditor.BIC = "ABC" }, "does not pass its check"},
		"a reference":     {func(o *bankfile.Order) { o.Payments[1].Reference = "RF00" }, "its reference"},
		"no day":          {func(o *bankfile.Order) { o.Execute = calendar.Date{} }, ""},
	} {
		o := order()
		c.change(&o)
		out, err := bankfile.Pain(o)
		if err == nil || out != nil {
			t.Errorf("%s: goes out", name)
			continue
		}
		if got := says(t, err); !strings.Contains(got, c.says) || strings.Contains(got, "{") {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestLatin(t *testing.T) {
	for in, want := range map[string]string{
		"Zoë Łukasiewicz & Søn":   "Zoe Lukasiewicz + Son",
		"ÅÄÖ åäö Straße Þór Æsir": "AAO aao Strasse THor AEsir",
		"a//b/":                   "a/b",
		"日本 x":                    ".. x",
		"  two\tlines\n ":         "two lines",
		"“[x]” – y_z":             "'(x)' - y-z",
		"ﬁnance ½":                "finance 1.2",
	} {
		if got := bankfile.Latin(in, 70); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := bankfile.Latin("1234 6", 5); got != "1234" {
		t.Errorf("cut: %q", got)
	}
}
