package bankfile_test

import (
	"errors"
	"strings"
	"testing"

	"stoa/internal/bankfile"
	"stoa/internal/money"
)

// The example of the guidelines (EPC069-12), in version 002 and with the amount's decimals written out.
func TestEPCExample(t *testing.T) {
	got, err := bankfile.EPC(bankfile.Payment{Amount: euros(100), Text: "Urgency fund",
		Creditor: bankfile.Party{Name: "Red Cross of Belgium", IBAN: "BE72000000001616", BIC: "BPOTBEB1"}})
	want := "BCD\n002\n1\nSCT\nBPOTBEB1\nRed Cross of Belgium\nBE72000000001616\nEUR1.00\n\n\nUrgency fund"
	if got != want || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestEPC(t *testing.T) {
	p := bankfile.Payment{Amount: euros(123456), Reference: "RF18539007547034", Text: "left out",
		Creditor: bankfile.Party{Name: "Stadt  Grüntal", IBAN: "DE89370400440532013000"}}
	got, err := bankfile.EPC(p)
	if want := "BCD\n002\n1\nSCT\n\nStadt Grüntal\nDE89370400440532013000\nEUR1234.56\n\nRF18539007547034"; got != want || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	for why, change := range map[error]func(p *bankfile.Payment){
		bankfile.ErrEPCCurrency: func(p *bankfile.Payment) { p.Amount.Currency = "GBP" },
		bankfile.ErrEPCAmount:   func(p *bankfile.Payment) { p.Amount.Minor = 0 },
		bankfile.ErrIBAN:        func(p *bankfile.Payment) { p.Creditor.IBAN = "DE89370400440532013001" },
		bankfile.ErrBIC:         func(p *bankfile.Payment) { p.Creditor.BIC = "X" },
		bankfile.ErrReference:   func(p *bankfile.Payment) { p.Reference = "RF18539007547035" },
		bankfile.ErrEPCText:     func(p *bankfile.Payment) { p.Creditor.Name = strings.Repeat("é", 71) },
	} {
		q := p
		change(&q)
		if got, err := bankfile.EPC(q); !errors.Is(err, why) || got != "" {
			t.Errorf("want %v, got %q, %v", why, got, err)
		}
	}
	p.Amount = money.Amount{Minor: 100_000_000_000, Currency: "EUR"}
	if _, err := bankfile.EPC(p); !errors.Is(err, bankfile.ErrEPCAmount) {
		t.Errorf("a thousand million euros: %v", err)
	}
	p.Amount, p.Reference, p.Text = euros(1), "", strings.Repeat("é", 140)
	if _, err := bankfile.EPC(p); !errors.Is(err, bankfile.ErrEPCText) {
		t.Errorf("more than 331 bytes: %v", err)
	}
}
