package bankfile

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/money"
)

var (
	msgNotXML     = i18n.Msg("Line {line}: this is not XML: {problem}")
	msgDoctype    = i18n.Msg("Line {line}: the file has a document type, which no bank's file has")
	msgDeep       = i18n.Msg("Line {line}: the file is nested deeper than a statement is")
	msgNotCamt    = i18n.Msg("This is not a statement that we can read: it must be camt.053.001.02 to .001.13. What it says of itself: {kind}")
	msgNoAccount  = i18n.Msg("Line {line}: the statement does not say of which account and currency it is")
	msgNoID       = i18n.Msg("Line {line}: the statement has no number of its own")
	msgSign       = i18n.Msg("Line {line}: an amount is neither a credit (CRDT) nor a debit (DBIT)")
	msgNoStatus   = i18n.Msg("Line {line}: the entry does not say whether it is booked")
	msgNoBookDate = i18n.Msg("Line {line}: the entry has no day on which it was booked")
)

const (
	camtSpace  = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."
	camtFirst  = 2
	camtLast   = 13
	maxNesting = 40 // a statement needs half of that
)

// ReadCamt reads the statements of a camt.053 file, whichever of its versions it is in, and inside an envelope or not. It
// gives all of them or refuses the file: cut off, in another encoding than declared, with sums that do not add up, with
// amounts that are none. What is not booked yet is left out and counted.
func ReadCamt(r io.Reader) ([]Statement, error) {
	in, err := open(r)
	if err != nil {
		return nil, err
	}
	raw := xml.NewDecoder(in)
	var charset error
	raw.CharsetReader = func(name string, r io.Reader) (io.Reader, error) {
		out, err := decoded(name, r)
		charset = err // the decoder makes a syntax error of it
		return out, err
	}
	c := &camt{guard: &guard{raw: raw}, in: in}
	c.Decoder = xml.NewTokenDecoder(c.guard)
	if err := c.read(); err != nil {
		if charset != nil {
			return nil, charset
		}
		return nil, c.sentence(err)
	}
	if len(c.all) == 0 {
		return nil, fault.NewInvalid(msgNoStatement)
	}
	return c.all, nil
}

// guard passes tokens on and refuses those that a statement never has.
type guard struct {
	raw   *xml.Decoder
	depth int
}

func (g *guard) line() int {
	line, _ := g.raw.InputPos()
	return line
}

// Token implements xml.TokenReader.
func (g *guard) Token() (xml.Token, error) {
	t, err := g.raw.RawToken()
	switch t.(type) {
	case xml.StartElement:
		if g.depth++; g.depth > maxNesting {
			return nil, fault.NewInvalid(msgDeep, "line", g.line())
		}
	case xml.EndElement:
		g.depth--
	case xml.Directive:
		return nil, fault.NewInvalid(msgDoctype, "line", g.line())
	}
	return t, err
}

// camt is a file that is being read.
type camt struct {
	*xml.Decoder
	guard *guard
	in    input
	all   []Statement
	lines int
}

func (c *camt) read() error {
	for {
		t, err := c.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		start, ok := t.(xml.StartElement)
		if !ok || start.Name.Local != "Document" {
			continue // an envelope, or what lies between its parts
		}
		if kind := start.Name.Space; !readable(kind) {
			if i := strings.LastIndexByte(kind, ':'); i >= 0 {
				kind = kind[i+1:]
			}
			if kind == "" {
				kind = "-"
			}
			return fault.NewInvalid(msgNotCamt, "kind", tidy(kind, 60))
		}
		if err := c.document(); err != nil {
			return err
		}
	}
}

func readable(space string) bool {
	v, ok := strings.CutPrefix(space, camtSpace)
	n, err := strconv.Atoi(v)
	return ok && err == nil && len(v) == 2 && n >= camtFirst && n <= camtLast
}

// document reads to the end of a Document.
func (c *camt) document() error {
	return c.children(func(start xml.StartElement) error {
		if start.Name.Local != "BkToCstmrStmt" {
			return c.Skip()
		}
		return c.children(func(start xml.StartElement) error {
			if start.Name.Local != "Stmt" {
				return c.Skip()
			}
			return c.statement()
		})
	})
}

// children calls f at the start of each element inside the present one; f reads to its end.
func (c *camt) children(f func(xml.StartElement) error) error {
	for {
		t, err := c.Token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := f(t); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

func (c *camt) statement() error {
	s := statement{at: c.guard.line()}
	err := c.children(func(start xml.StartElement) error {
		at := c.guard.line()
		switch start.Name.Local {
		case "Id":
			return c.DecodeElement(&s.ID, &start)
		case "StmtPgntn":
			return c.DecodeElement(&s.page, &start)
		case "FrToDt":
			return c.DecodeElement(&s.period, &start)
		case "Acct":
			if err := c.DecodeElement(&s.account, &start); err != nil {
				return err
			}
			s.Account, s.Currency = s.account.id(), strings.TrimSpace(s.account.Currency)
			return nil
		case "Bal":
			var b xmlBalance
			if err := c.DecodeElement(&b, &start); err != nil {
				return err
			}
			return s.balance(at, b)
		case "Ntry":
			var e xmlEntry
			if err := c.DecodeElement(&e, &start); err != nil {
				return err
			}
			before := len(s.Lines)
			if err := s.entry(at, &e); err != nil {
				return err
			}
			if c.lines += max(1, len(s.Lines)-before); c.lines > maxLines {
				return errTooLarge()
			}
			return nil
		}
		return c.Skip()
	})
	if err == nil {
		err = s.end()
	}
	c.all = append(c.all, s.Statement)
	return err
}

// sentence turns an error of the decoder into one for the person.
func (c *camt) sentence(err error) error {
	var ours *fault.Error
	if errors.As(err, &ours) {
		return ours
	}
	if c.in.from.failed != nil {
		return fault.NewInternal("reading a statement", err)
	}
	line, problem := c.guard.line(), err.Error()
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		problem = syntax.Msg // without its own line, which is not the file's
	}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), strings.HasSuffix(problem, "EOF"):
		return fault.Wrap(err, fault.Invalid, msgCutOff, "line", line)
	case strings.Contains(problem, "UTF-8"):
		return fault.Wrap(err, fault.Invalid, msgEncoding, "line", line)
	}
	return fault.Wrap(err, fault.Invalid, msgNotXML, "line", line, "problem", tidy(problem, 100))
}

// statement is one that is being read.
type statement struct {
	Statement
	at       int
	account  xmlAccount
	page     xmlPage
	period   xmlPeriod
	previous *money.Amount // closing balance of the statement before: the opening one, where there is no other

	opened, closed calendar.Date // of the balances
}

// in settles the currency of the account by the first amount, where the account does not say, and holds later ones to it.
func (s *statement) in(at int, a xmlAmount) (money.Amount, error) {
	if s.Currency == "" {
		s.Currency = a.Currency
	}
	if a.Currency != s.Currency {
		return money.Amount{}, fault.NewInvalid(msgOther, "line", at, "currency", tidy(a.Currency, 20), "account", tidy(s.Currency, 20))
	}
	return amount(at, strings.TrimSpace(a.Value), a.Currency)
}

func signed(at int, a money.Amount, sign string) (money.Amount, error) {
	switch sign {
	case "CRDT":
		return a, nil
	case "DBIT":
		return a.Neg() // a is not negative, so this fits
	}
	return a, fault.NewInvalid(msgSign, "line", at)
}

func (s *statement) balance(at int, b xmlBalance) error {
	if b.Code != "OPBD" && b.Code != "PRCD" && b.Code != "CLBD" {
		return nil // available, forward, interim: not of booked money, or not at an end of the statement
	}
	a, err := s.in(at, b.Amount)
	if err == nil {
		a, err = signed(at, a, b.Sign)
	}
	if err != nil {
		return err
	}
	on, _ := b.Day.day() // of a balance without one, the period or the lines say it
	switch {
	case b.Code == "CLBD":
		s.Closing, s.closed = &a, on
	case b.Code == "PRCD":
		s.previous = &a
	case s.Opening == nil:
		s.Opening, s.opened = &a, on
	}
	return nil
}

func (s *statement) end() error {
	s.ID = tidy(s.ID, 50)
	switch {
	case s.ID == "":
		return fault.NewInvalid(msgNoID, "line", s.at)
	case s.Account == "" || s.Currency == "":
		return fault.NewInvalid(msgNoAccount, "line", s.at)
	}
	if page := tidy(s.page.Number, 10); page != "" && !(page == "1" && s.page.Last == "true") {
		s.ID += "/" + page
	}
	if s.Opening == nil {
		s.Opening = s.previous
	}
	// A period that is none is no reason to refuse what balances and lines say.
	var err error
	if s.From, err = day(s.period.From); err != nil {
		s.From = s.opened
	}
	if s.Until, err = day(s.period.Until); err != nil {
		s.Until = s.closed
	}
	return s.finish()
}

// day reads an ISO date, or the date of an ISO date and time as it stands.
func day(s string) (calendar.Date, error) {
	if s = strings.TrimSpace(s); len(s) > 10 && (s[10] == 'T' || s[10] == 'Z' || s[10] == '+') {
		s = s[:10]
	}
	return calendar.ParseISO(s)
}
