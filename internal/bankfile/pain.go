package bankfile

import (
	"encoding/xml"
	"fmt"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/money"
)

// Order asks our bank to make payments from one of our accounts.
type Order struct {
	MessageID string    // never used twice with the same bank; up to 35 characters
	Created   time.Time // written as it stands, without its zone
	Execute   calendar.Date
	Debtor    Party
	Payments  []Payment
}

// Lengths: of identifications in ISO 20022, of names in SEPA, of the text for people.
const (
	maxID       = 35
	maxPartName = 70
	maxPurpose  = 140
)

// What is wrong with an order.
var (
	msgNoPayments  = i18n.Msg("The order holds no payments")
	msgOrderID     = i18n.Msg("{id} does not identify an order: use up to 35 letters, digits and hyphens")
	msgPaymentID   = i18n.Msg("{id} does not identify a payment: use up to 35 letters, digits and hyphens, and each once")
	msgOrderAmount = i18n.Msg("Payment {id}: {amount} cannot be transferred")
	msgOrderMixed  = i18n.Msg("Payment {id} is in {currency}, the others are not: make one order for each currency")
	msgOrderName   = i18n.Msg("Payment {id}: write the name in Latin letters, since banks carry no others")
	msgOrderTo     = i18n.Msg("Payment {id}: the account number or bank code does not pass its check")
	msgOrderFrom   = i18n.Msg("Our own name, account number or bank code does not pass its check")
	msgOrderRef    = i18n.Msg("Payment {id}: its reference does not pass its check")
)

// Pain writes the order as a customer credit transfer initiation (pain.001.001.09). The same order gives the same bytes.
// Names and texts are written with the Latin set and cut to what fits; identifications, accounts and amounts are never
// changed: what does not fit is refused.
func Pain(o Order) ([]byte, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	currency := o.Payments[0].Amount.Currency
	total, sepa := money.Amount{Currency: currency}, currency == "EUR"
	info := painInfo{ID: o.MessageID, Method: "TRF", Batch: false, Count: len(o.Payments), Execute: o.Execute.String(),
		Debtor: painName{Latin(o.Debtor.Name, maxPartName)}, From: string(o.Debtor.IBAN), Bank: painAgent{BIC: o.Debtor.BIC}}
	if o.Debtor.BIC == "" {
		info.Bank.Other = said("NOTPROVIDED") // the element is mandatory; this is what the guidelines put there
	}
	if sepa {
		info.Level, info.Charges = said("SEPA"), "SLEV"
	}
	for _, p := range o.Payments {
		t, err := transfer(p)
		if err == nil {
			total, err = total.Add(p.Amount)
		}
		if err != nil {
			return nil, fault.NewInvalid(msgOrderAmount, "id", p.EndToEnd, "amount", p.Amount)
		}
		info.Transfers = append(info.Transfers, t)
	}
	sum, err := plain(total)
	if err != nil {
		return nil, err
	}
	info.Sum = sum
	doc := painDocument{Header: painHeader{o.MessageID, o.Created.Format("2006-01-02T15:04:05"), info.Count, sum, info.Debtor}, Info: info}
	out, err := xml.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing a payment order: %w", err)
	}
	return append([]byte(xml.Header), append(out, '\n')...), nil
}

func (o Order) check() error {
	switch {
	case len(o.Payments) == 0:
		return fault.NewInvalid(msgNoPayments)
	case !identifies(o.MessageID):
		return fault.NewInvalid(msgOrderID, "id", o.MessageID)
	case !lettered(Latin(o.Debtor.Name, maxPartName)) || !o.Debtor.sound():
		return fault.NewInvalid(msgOrderFrom)
	case o.Execute.IsZero():
		return calendar.ErrDate
	}
	currency, seen := o.Payments[0].Amount.Currency, map[string]bool{}
	for _, p := range o.Payments {
		bad := func(msg string, more ...any) error {
			return fault.NewInvalid(msg, append(more, "id", p.EndToEnd)...)
		}
		switch {
		case !identifies(p.EndToEnd) || seen[p.EndToEnd]:
			return bad(msgPaymentID)
		case p.Amount.Currency != currency:
			return bad(msgOrderMixed, "currency", p.Amount.Currency)
		case p.Amount.Minor <= 0, currency == "EUR" && p.Amount.Minor > mostEuroCents:
			return bad(msgOrderAmount, "amount", p.Amount)
		case !lettered(Latin(p.Creditor.Name, maxPartName)):
			return bad(msgOrderName)
		case !p.Creditor.sound():
			return bad(msgOrderTo)
		case p.Reference != "" && !p.Reference.Valid():
			return bad(msgOrderRef)
		}
		seen[p.EndToEnd] = true
	}
	return nil
}

// identifies reports whether s comes through every bank as it is.
func identifies(s string) bool { return s != "" && len(s) <= maxID && Latin(s, maxID) == s }

// lettered reports whether something is left of a name.
func lettered(s string) bool {
	for _, r := range s {
		if r != '.' && r != ' ' && r != '\'' && r != '-' {
			return true
		}
	}
	return false
}

func (p Party) sound() bool {
	return p.IBAN.Valid() && (p.BIC == "" || bicForm.MatchString(p.BIC))
}

func transfer(p Payment) (painTransfer, error) {
	amount, err := plain(p.Amount)
	t := painTransfer{EndToEnd: p.EndToEnd, Amount: painAmount{p.Amount.Currency, amount},
		Name: painName{Latin(p.Creditor.Name, maxPartName)}, To: string(p.Creditor.IBAN)}
	if p.Creditor.BIC != "" {
		t.Bank = &painAgent{BIC: p.Creditor.BIC}
	}
	if p.Reference != "" {
		t.About = &painAbout{Reference: &painReference{"SCOR", "ISO", string(p.Reference)}}
	} else if text := Latin(p.Text, maxPurpose); text != "" {
		t.About = &painAbout{Text: text}
	}
	return t, err
}

// said is a text of an element that is left out, with those around it, where nothing is said.
func said(s string) *string { return &s }

// The message, element by element in the order of its schema.
type (
	painDocument struct {
		XMLName xml.Name   `xml:"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09 Document"`
		Header  painHeader `xml:"CstmrCdtTrfInitn>GrpHdr"`
		Info    painInfo   `xml:"CstmrCdtTrfInitn>PmtInf"`
	}
	painHeader struct {
		ID      string   `xml:"MsgId"`
		Created string   `xml:"CreDtTm"`
		Count   int      `xml:"NbOfTxs"`
		Sum     string   `xml:"CtrlSum"`
		Party   painName `xml:"InitgPty"`
	}
	painInfo struct {
		ID        string         `xml:"PmtInfId"`
		Method    string         `xml:"PmtMtd"`
		Batch     bool           `xml:"BtchBookg"` // false: each payment is a line of the statement
		Count     int            `xml:"NbOfTxs"`
		Sum       string         `xml:"CtrlSum"`
		Level     *string        `xml:"PmtTpInf>SvcLvl>Cd"`
		Execute   string         `xml:"ReqdExctnDt>Dt"`
		Debtor    painName       `xml:"Dbtr"`
		From      string         `xml:"DbtrAcct>Id>IBAN"`
		Bank      painAgent      `xml:"DbtrAgt>FinInstnId"`
		Charges   string         `xml:"ChrgBr,omitempty"`
		Transfers []painTransfer `xml:"CdtTrfTxInf"`
	}
	painTransfer struct {
		EndToEnd string     `xml:"PmtId>EndToEndId"`
		Amount   painAmount `xml:"Amt>InstdAmt"`
		Bank     *painAgent `xml:"CdtrAgt>FinInstnId"`
		Name     painName   `xml:"Cdtr"`
		To       string     `xml:"CdtrAcct>Id>IBAN"`
		About    *painAbout `xml:"RmtInf"`
	}
	painName   struct{ Nm string }
	painAmount struct {
		Currency string `xml:"Ccy,attr"`
		Value    string `xml:",chardata"`
	}
	painAgent struct {
		BIC   string  `xml:"BICFI,omitempty"`
		Other *string `xml:"Othr>Id"`
	}
	painAbout struct {
		Text      string         `xml:"Ustrd,omitempty"`
		Reference *painReference `xml:"Strd>CdtrRefInf"`
	}
	painReference struct {
		Code   string `xml:"Tp>CdOrPrtry>Cd"`
		Issuer string `xml:"Tp>Issr"`
		Ref    string
	}
)
