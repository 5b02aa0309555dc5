package treasury_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/money"
	"stoa/internal/treasury"
)

// A report's file says its figures in major units, a minus stays a figure, and a text is never a formula.
func TestReportFiles(t *testing.T) {
	day := calendar.MustDate("2026-05-04")
	pounds := func(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "GBP"} }
	for name, c := range map[string]struct {
		write func(*bytes.Buffer) error
		want  string
	}{
		"revenue": {func(b *bytes.Buffer) error {
			return treasury.WriteRevenue(b, []treasury.Revenue{{For: "licensing", Service: "=cmd()", Day: day, Currency: "GBP", Charged: 2100, Credited: 5, GivenUp: -1, Paid: 2000, PaidBack: 100}})
		}, "2026-05-04,licensing,'=cmd(),GBP,21.00,0.05,-0.01,20.00,1.00"},
		"revenue without pence": {func(b *bytes.Buffer) error {
			return treasury.WriteRevenue(b, []treasury.Revenue{{For: "licensing", Service: "s", Day: day, Currency: "JPY", Charged: 2100}})
		}, "2026-05-04,licensing,s,JPY,2100,0,0,0,0"},
		"arrears": {func(b *bytes.Buffer) error {
			return treasury.WriteAgeing(b, []bill.Arrears{{For: "revenues", Service: "council-tax", Currency: "GBP", Bills: 7, Ages: [bill.Buckets]int64{1, 2, 3, 4, -500}}}, day)
		}, "2026-05-04,revenues,council-tax,GBP,7,0.01,0.02,0.03,0.04,-5.00"},
		"cash": {func(b *bytes.Buffer) error {
			return treasury.WriteCashPosition(b, []treasury.Position{{Use: "cash", Account: "1020", Day: day, Opening: pounds(5000), In: pounds(2100), Out: pounds(100), Closing: pounds(7000)}})
		}, "2026-05-04,cash,1020,GBP,50.00,21.00,1.00,70.00"},
	} {
		var b bytes.Buffer
		if err := c.write(&b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
		if err != nil || len(rows) != 2 || len(rows[0]) != len(rows[1]) || strings.Join(rows[1], ",") != c.want || strings.Count(b.String(), "\r\n") != 2 {
			t.Errorf("%s: %v\n%s\nwant %s", name, err, b.String(), c.want)
		}
	}
}
