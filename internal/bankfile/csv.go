package bankfile

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/money"
)

// Columns names the columns of a format by their headings, in any case. "" is a column that the format does not have;
// those of the day, and of the amount or of debit and credit, it must have.
type Columns struct {
	Booked, Value string
	Amount        string // signed, or
	Debit, Credit string // what went out and what came in; a sign in front of either is as if it were not there
	Currency      string
	Name, IBAN    string
	Reference     string // structured creditor reference
	Text          string
	EndToEnd      string
	ID            string // the bank's reference of the line
	Balance       string // of the account after the line; lines may be in either order
}

// Format says how a bank writes CSV.
type Format struct {
	Columns   Columns
	Dates     string // like YYYY-MM-DD or D.M.YY: the day's parts and what stands between them
	Decimal   string // "." or ","; the other one, spaces and apostrophes may divide thousands
	Delimiter string // one character
	Encoding  string // utf-8, iso-8859-1, iso-8859-15, windows-1252
	Skip      int    // lines before the headings
}

// DefaultFormat is for whoever makes a statement by hand or by a program of their own:
//
//	booked,value,amount,currency,name,iban,reference,text,id
//	2026-04-01,2026-04-01,140.25,GBP,Rana Haddad,,RF712026000001,council tax,
//
// Only booked and amount must be filled in; -12.00 is money that went out.
var DefaultFormat = Format{
	Columns: Columns{Booked: "booked", Value: "value", Amount: "amount", Currency: "currency", Name: "name", IBAN: "iban",
		Reference: "reference", Text: "text", ID: "id"},
	Dates: "YYYY-MM-DD", Decimal: ".", Delimiter: ",", Encoding: "utf-8",
}

var (
	msgFormat    = i18n.Msg("The format of this file is not declared as it must be: {problem}")
	msgNoColumn  = i18n.Msg("Line {line}: the file has no column {name}: it is in another format than this one")
	msgTwice     = i18n.Msg("Line {line}: the file has the column {name} twice")
	msgWidth     = i18n.Msg("Line {line}: this line has another number of columns than the headings: the file is damaged or cut off")
	msgQuotes    = i18n.Msg("Line {line}: the quotation marks of this line do not match: the file is damaged or cut off")
	msgNoAmount  = i18n.Msg("Line {line}: there is no amount")
	msgTwoSides  = i18n.Msg("Line {line}: the amount is under debit and credit at once")
	msgBalance   = i18n.Msg("Line {line}: the balance does not follow from the line before. Something is missing: fetch the file again")
	errNoAccount = fault.NewInvalid(i18n.Msg("Choose the account that the file is a statement of"))
)

// ReadCSV reads a statement in the given format. A CSV file does not say of which account it is; currency is that of the
// account, and of lines that name none. Like ReadCamt it gives all or nothing.
func ReadCSV(r io.Reader, f Format, acct, currency string) ([]Statement, error) {
	s := Statement{Account: account(acct), Currency: currency}
	if s.Account == "" || currency == "" {
		return nil, errNoAccount
	}
	c, err := newTable(r, f)
	if err != nil {
		return nil, err
	}
	var balances []money.Amount
	for {
		err := c.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(s.Lines) == maxLines {
			return nil, errTooLarge()
		}
		l, err := c.entry(currency)
		if err != nil {
			return nil, err
		}
		s.Lines = append(s.Lines, l)
		if f.Columns.Balance != "" {
			b, err := c.amount(c.get(f.Columns.Balance), currency)
			if err != nil {
				return nil, err
			}
			balances = append(balances, b)
		}
	}
	if len(s.Lines) == 0 {
		return nil, fault.NewInvalid(msgNoStatement)
	}
	if err := s.follow(balances); err != nil {
		return nil, err
	}
	if err := s.finish(); err != nil {
		return nil, err
	}
	s.ID = made(s.Lines)
	return []Statement{s}, nil
}

// follow takes opening and closing balance from those after each line, oldest first or newest first.
func (s *Statement) follow(after []money.Amount) error {
	if len(after) == 0 {
		return nil
	}
	before := func(i int) (money.Amount, error) { return after[i].Sub(s.Lines[i].Amount) }
	breaks := func(older func(i int) int) int { // first line whose balance does not follow from the one before it in time
		for i := range after {
			j := older(i)
			if j < 0 || j >= len(after) {
				continue
			}
			if b, err := before(i); err != nil || b != after[j] {
				return i
			}
		}
		return -1
	}
	first, last := 0, len(after)-1
	if at := breaks(func(i int) int { return i - 1 }); at >= 0 {
		if breaks(func(i int) int { return i + 1 }) >= 0 {
			return fault.NewInvalid(msgBalance, "line", s.Lines[at].At)
		}
		first, last = last, first
	}
	opening, err := before(first)
	if err != nil {
		return fault.NewInvalid(msgHuge, "line", s.Lines[first].At, "amount", after[first])
	}
	s.Opening, s.Closing = &opening, &after[last]
	return nil
}

// made is the number of a statement that has none: the hash of its lines' identifiers.
func made(lines []Line) string {
	var b []byte
	for _, l := range lines {
		b = append(b, l.ID...)
	}
	sum := sha256.Sum256(b)
	return "csv-" + hex.EncodeToString(sum[:12])
}

// table is a CSV file with headings.
type table struct {
	Format
	*csv.Reader
	dates   dateForm
	columns map[string]int
	row     []string
	at      int
}

func newTable(r io.Reader, f Format) (*table, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	dates, err := newDateForm(f.Dates)
	if err != nil {
		return nil, err
	}
	in, err := open(r)
	if err != nil {
		return nil, err
	}
	for range f.Skip {
		for part := true; part && err == nil; {
			_, part, err = in.ReadLine()
		}
	}
	if err != nil && err != io.EOF {
		return nil, err
	}
	text, err := decoded(f.Encoding, in)
	if err != nil {
		return nil, err
	}
	t := &table{Format: f, Reader: csv.NewReader(text), dates: dates, columns: map[string]int{}}
	t.Comma, _ = utf8.DecodeRuneInString(f.Delimiter)
	t.ReuseRecord = true
	if err := t.next(); err == io.EOF {
		return nil, fault.NewInvalid(msgNoStatement)
	} else if err != nil {
		return nil, err
	}
	for i, h := range t.row {
		h = heading(h)
		if _, twice := t.columns[h]; twice && f.Columns.uses(h) {
			return nil, fault.NewInvalid(msgTwice, "line", t.at, "name", tidy(h, 60))
		}
		t.columns[h] = i
	}
	for _, name := range f.Columns.all() {
		if _, ok := t.columns[heading(name)]; name != "" && !ok {
			return nil, fault.NewInvalid(msgNoColumn, "line", t.at, "name", name)
		}
	}
	return t, nil
}

func heading(s string) string { return strings.ToLower(tidy(s, 100)) }

func (c Columns) all() []string {
	return []string{c.Booked, c.Value, c.Amount, c.Debit, c.Credit, c.Currency, c.Name, c.IBAN, c.Reference, c.Text, c.EndToEnd, c.ID, c.Balance}
}

func (c Columns) uses(h string) bool {
	for _, name := range c.all() {
		if name != "" && heading(name) == h {
			return true
		}
	}
	return false
}

// check finds what is wrong with a declaration, before any file is read with it.
func (f Format) check() error {
	bad := func(problem string) error { return fault.NewInvalid(msgFormat, "problem", problem) }
	comma, size := utf8.DecodeRuneInString(f.Delimiter)
	switch {
	case f.Columns.Booked == "":
		return bad("no column for the day")
	case (f.Columns.Amount == "") == (f.Columns.Debit == "" && f.Columns.Credit == ""):
		return bad("amount, or debit and credit")
	case f.Columns.Amount == "" && (f.Columns.Debit == "" || f.Columns.Credit == ""):
		return bad("debit without credit, or credit without debit")
	case f.Decimal != "." && f.Decimal != ",":
		return bad("the decimal sign is a point or a comma")
	case size != len(f.Delimiter) || comma == utf8.RuneError || strings.ContainsRune("\"\r\n", comma):
		return bad("the delimiter is one character")
	case f.Skip < 0 || f.Skip > 100:
		return bad("up to 100 lines before the headings")
	}
	return nil
}

// next reads a row. Rows without anything in them, as some programs put at the end, do not count.
func (t *table) next() error {
	for {
		row, err := t.Read()
		if len(row) > 0 {
			line, _ := t.FieldPos(0)
			t.at = line + t.Skip
		}
		var wrong *csv.ParseError
		switch {
		case errors.As(err, &wrong) && errors.Is(err, csv.ErrFieldCount):
			if strings.Join(row, "") == "" {
				continue
			}
			return fault.NewInvalid(msgWidth, "line", wrong.Line+t.Skip)
		case wrong != nil:
			return fault.NewInvalid(msgQuotes, "line", wrong.Line+t.Skip)
		case err != nil:
			return err // the end, or a refusal of what lies below
		}
		for _, field := range row {
			if !utf8.ValidString(field) {
				return fault.NewInvalid(msgEncoding, "line", t.at)
			}
		}
		if strings.Join(row, "") != "" {
			t.row = row
			return nil
		}
	}
}

// get is the field of the row under a heading; "" for a column that the format does not have.
func (t *table) get(name string) string {
	if name == "" {
		return ""
	}
	return strings.TrimSpace(t.row[t.columns[heading(name)]])
}

func (t *table) entry(currency string) (l Line, err error) {
	c := t.Columns
	l = Line{At: t.at, Name: tidy(t.get(c.Name), maxName), IBAN: account(t.get(c.IBAN)), EndToEnd: given(t.get(c.EndToEnd)),
		Text: tidy(t.get(c.Text), maxText), Ref: given(t.get(c.ID))}
	if said := strings.ToUpper(t.get(c.Currency)); said != "" && said != currency {
		return l, fault.NewInvalid(msgOther, "line", t.at, "currency", tidy(said, 20), "account", currency)
	}
	if ref := tidy(compact(t.get(c.Reference)), 50); ref != "" {
		l.References = []string{ref}
	}
	if l.Booked, err = t.day(t.get(c.Booked)); err != nil {
		return l, err
	}
	if l.Value = l.Booked; t.get(c.Value) != "" {
		if l.Value, err = t.day(t.get(c.Value)); err != nil {
			return l, err
		}
	}
	l.Amount, err = t.moved(currency)
	return l, err
}
