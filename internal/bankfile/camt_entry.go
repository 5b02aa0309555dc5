package bankfile

import (
	"strconv"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/money"
)

// What is read of a statement. Versions differ in where a name stands (since .001.08 below Pty), whether a status is a
// word or an element (since .001.08 an element), and in what is optional; all forms are read in all versions.
type (
	xmlAmount struct {
		Value    string `xml:",chardata"`
		Currency string `xml:"Ccy,attr"`
	}
	xmlPage struct {
		Number string `xml:"PgNb"`
		Last   string `xml:"LastPgInd"`
	}
	xmlPeriod struct {
		From  string `xml:"FrDtTm"`
		Until string `xml:"ToDtTm"`
	}
	xmlAccount struct {
		IBAN     string `xml:"Id>IBAN"`
		Other    string `xml:"Id>Othr>Id"`
		Currency string `xml:"Ccy"`
	}
	xmlBalance struct {
		Code   string    `xml:"Tp>CdOrPrtry>Cd"`
		Amount xmlAmount `xml:"Amt"`
		Sign   string    `xml:"CdtDbtInd"`
		Day    xmlDate   `xml:"Dt"`
	}
	xmlDate struct {
		Day     string `xml:"Dt"`
		Instant string `xml:"DtTm"`
	}
	xmlStatus struct {
		Word string `xml:",chardata"`
		Code string `xml:"Cd"`
	}
	xmlCode struct {
		Domain string `xml:"Domn>Cd"`
		Family string `xml:"Domn>Fmly>Cd"`
		Sub    string `xml:"Domn>Fmly>SubFmlyCd"`
		Own    string `xml:"Prtry>Cd"`
	}
	xmlParty struct {
		Name  string `xml:"Nm"`
		Party string `xml:"Pty>Nm"`
	}
	xmlEntry struct {
		Amount  xmlAmount `xml:"Amt"`
		Sign    string    `xml:"CdtDbtInd"`
		Rvsl    string    `xml:"RvslInd"`
		Status  xmlStatus `xml:"Sts"`
		Booked  xmlDate   `xml:"BookgDt"`
		Value   xmlDate   `xml:"ValDt"`
		Ref     string    `xml:"AcctSvcrRef"`
		Code    xmlCode   `xml:"BkTxCd"`
		Info    string    `xml:"AddtlNtryInf"`
		Details []struct {
			Number string  `xml:"Btch>NbOfTxs"`
			All    []xmlTx `xml:"TxDtls"`
		} `xml:"NtryDtls"`
	}
	xmlTx struct {
		Ref      string     `xml:"Refs>AcctSvcrRef"`
		EndToEnd string     `xml:"Refs>EndToEndId"`
		Amount   *xmlAmount `xml:"Amt"`
		Sign     string     `xml:"CdtDbtInd"`
		Detailed *xmlAmount `xml:"AmtDtls>TxAmt>Amt"`
		Code     xmlCode    `xml:"BkTxCd"`
		From     xmlParty   `xml:"RltdPties>Dbtr"`
		FromAcct xmlAccount `xml:"RltdPties>DbtrAcct"`
		To       xmlParty   `xml:"RltdPties>Cdtr"`
		ToAcct   xmlAccount `xml:"RltdPties>CdtrAcct"`
		Texts    []string   `xml:"RmtInf>Ustrd"`
		Strd     []struct {
			Documents []string `xml:"RfrdDocInf>Nb"`
			Ref       string   `xml:"CdtrRefInf>Ref"`
			More      []string `xml:"AddtlRmtInf"`
		} `xml:"RmtInf>Strd"`
		Return *struct {
			Code string `xml:"Rsn>Cd"`
			Own  string `xml:"Rsn>Prtry"`
		} `xml:"RtrInf"`
		Info string `xml:"AddtlTxInf"`
	}
)

func (a xmlAccount) id() string {
	if a.IBAN != "" {
		return account(a.IBAN)
	}
	return account(a.Other)
}

func (p xmlParty) name() string {
	if p.Party != "" {
		return tidy(p.Party, maxName)
	}
	return tidy(p.Name, maxName)
}

func (c xmlCode) text() string {
	if c.Domain == "" {
		return tidy(c.Own, 40)
	}
	return tidy(c.Domain+"/"+c.Family+"/"+c.Sub, 40)
}

func (d xmlDate) day() (calendar.Date, error) {
	if d.Day != "" {
		return day(d.Day)
	}
	return day(d.Instant)
}

// entry adds the lines of an entry: one for each of its payments when their amounts make the entry's, else one.
func (s *statement) entry(at int, e *xmlEntry) error {
	status := strings.TrimSpace(e.Status.Code)
	if status == "" {
		status = strings.TrimSpace(e.Status.Word)
	}
	if status == "" {
		return fault.NewInvalid(msgNoStatus, "line", at)
	}
	if status != "BOOK" {
		s.Pending++
		return nil
	}
	whole, err := s.whole(at, e)
	if err != nil {
		return err
	}
	var all []xmlTx
	payments := 0
	for _, d := range e.Details {
		all = append(all, d.All...)
		if n, err := strconv.Atoi(strings.TrimSpace(d.Number)); err == nil && n > 0 && n <= 1_000_000 {
			payments += n
		}
	}
	if payments = max(payments, len(all)); payments > 1 {
		whole.BatchOf = payments
	}
	amounts, add := s.amounts(whole.Amount, e.Sign, all)
	if !add {
		if len(all) == 1 {
			s.describe(&whole, &all[0])
		}
		s.Lines = append(s.Lines, whole)
		return nil
	}
	for i := range all {
		l := whole
		l.Amount, l.Split = amounts[i], len(all) > 1
		s.describe(&l, &all[i])
		s.Lines = append(s.Lines, l)
	}
	return nil
}

// whole is the entry as one line.
func (s *statement) whole(at int, e *xmlEntry) (Line, error) {
	a, err := s.in(at, e.Amount)
	if err == nil {
		a, err = signed(at, a, strings.TrimSpace(e.Sign))
	}
	if err != nil {
		return Line{}, err
	}
	l := Line{At: at, Amount: a, Ref: given(e.Ref), Text: tidy(e.Info, maxText), Code: e.Code.text(), Reversal: truth(e.Rvsl)}
	if e.Booked == (xmlDate{}) {
		return l, fault.NewInvalid(msgNoBookDate, "line", at)
	}
	if l.Booked, err = e.Booked.day(); err != nil {
		return l, fault.NewInvalid(msgDate, "line", at, "date", tidy(e.Booked.Day+e.Booked.Instant, 40))
	}
	if l.Value = l.Booked; e.Value != (xmlDate{}) {
		if l.Value, err = e.Value.day(); err != nil {
			return l, fault.NewInvalid(msgDate, "line", at, "date", tidy(e.Value.Day+e.Value.Instant, 40))
		}
	}
	return l, nil
}

// amounts are those of an entry's payments, and whether all are said and make the entry's amount together.
func (s *statement) amounts(whole money.Amount, sign string, all []xmlTx) ([]money.Amount, bool) {
	sum, amounts := money.Amount{Currency: whole.Currency}, make([]money.Amount, len(all))
	for i, t := range all {
		given := t.Amount
		if given == nil {
			given = t.Detailed
		}
		if given == nil || given.Currency != whole.Currency {
			return nil, false
		}
		a, err := amount(0, strings.TrimSpace(given.Value), given.Currency)
		if err == nil {
			if t.Sign == "" {
				t.Sign = sign
			}
			a, err = signed(0, a, strings.TrimSpace(t.Sign))
		}
		if err == nil {
			sum, err = sum.Add(a)
		}
		if err != nil {
			return nil, false
		}
		amounts[i] = a
	}
	return amounts, len(all) > 0 && sum == whole
}

// describe adds to a line what is said of its payment.
func (s *statement) describe(l *Line, t *xmlTx) {
	if ref := given(t.Ref); ref != "" {
		l.Ref = ref
	}
	if code := t.Code.text(); code != "" {
		l.Code = code
	}
	if t.Return != nil {
		l.Returned = tidy(t.Return.Code+t.Return.Own, 40)
	}
	l.EndToEnd = given(t.EndToEnd)
	var texts []string
	texts = append(texts, t.Texts...)
	for _, strd := range t.Strd {
		texts = append(append(texts, strd.Documents...), strd.More...)
		if ref := tidy(compact(strd.Ref), 50); ref != "" {
			l.References = append(l.References, ref)
		}
	}
	if text := tidy(strings.Join(texts, " "), maxText); text != "" {
		l.Text = text
	} else if text := tidy(t.Info, maxText); text != "" {
		l.Text = text
	}
	s.otherSide(l, t)
}

// otherSide is whoever paid what came in and got what went out. In what brings a payment back, both stand where they
// stood in that payment (ISO 20022), and some banks name the account's owner in any case: so it is not ourselves.
func (s *statement) otherSide(l *Line, t *xmlTx) {
	name, acct := t.From.name(), t.FromAcct.id()
	otherName, otherAcct := t.To.name(), t.ToAcct.id()
	if (l.Amount.Minor < 0) != (l.Reversal || t.Return != nil) {
		name, acct, otherName, otherAcct = otherName, otherAcct, name, acct
	}
	if acct == s.Account || name == "" && acct == "" && otherAcct != s.Account {
		name, acct = otherName, otherAcct
	}
	l.Name, l.IBAN = name, acct
}

func truth(s string) bool { s = strings.TrimSpace(s); return s == "true" || s == "1" }
