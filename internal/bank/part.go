package bank

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/money"
	"stoa/internal/store"
)

// Where a part of a line goes.
const (
	ToBill     = "bill"     // Ref: a bill, or the payment that treasury made of it
	ToCard     = "card"     // a payout of the provider of card payments
	ToCash     = "cash"     // takings of a till
	ToRefund   = "refund"   // Ref: a refund that left, or came back
	ToPayment  = "payment"  // Ref: end-to-end id of a payment to a supplier that left, or came back
	ToSuspense = "suspense" // nobody knows yet
	ToOther    = "other"    // Account: a code of the books
)

// Part is what became of a line or of some of it.
type Part struct {
	Line    string
	No      int
	Amount  int64 // minor units, with the line's sign
	To      string
	Ref     string
	Account string // code in the books; of ToOther
	Entry   string // ledger entry; "" where treasury posts none
	At      time.Time
	By      string // person id; "" Stoa itself
	Why     string // sealed; read by Line only

	// A part ends when it is taken back, and one in suspense when it is resolved.
	Ended      time.Time // zero: it stands
	EndedBy    string
	EndedEntry string

	key    string
	sealed []byte
}

// Stands reports whether the part has not ended.
func (p Part) Stands() bool { return p.Ended.IsZero() }

// Standing are the parts of a line that have not ended. Unless the line is new, they make its amount.
func (l *Line) Standing() (all []Part) {
	for _, p := range l.Parts {
		if p.Stands() {
			all = append(all, p)
		}
	}
	return all
}

// Open is what of the line is not placed yet: all of a new line, what is in suspense of another.
func (l *Line) Open() (minor int64) {
	if l.State == New {
		return l.Amount.Minor
	}
	for _, p := range l.Standing() {
		if p.To == ToSuspense {
			minor += p.Amount
		}
	}
	return minor
}

// What is wrong with parts.
var (
	msgSplit   = i18n.Msg("The parts make {sum}, the line has {amount} to be placed")
	msgPart    = i18n.Msg("Each part must have an amount, with the sign of the line")
	msgPlaced  = i18n.Msg("Nothing of this line is left to be placed: somebody has done it meanwhile")
	msgChanged = i18n.Msg("This line has changed since you opened the page. Look at it again, then repeat")
	msgEnded   = i18n.Msg("This part was taken back already")
)

// Change is who changes a line. The same key with the same parts is the same change, made once.
type Change struct {
	Key string
	By  string // person id; "" Stoa itself
}

// SetParts places what of a line is open: all of a new line, or what is in suspense. The parts must make it exactly; what
// is still not known is a part to suspense. The line was read with Line in this Write, or with Next. It is
// changed in place.
func (b *Bank) SetParts(ctx context.Context, tx *store.Tx, l *Line, c Change, set []Part) error {
	if c.Key == "" {
		return errors.New("placing a line: no key")
	}
	if done, err := l.repeated(c.Key, set); done || err != nil {
		return err
	}
	open := l.Open()
	if open == 0 && l.State != New {
		return fault.NewConflict(msgPlaced)
	}
	if err := checkParts(l, open, set); err != nil {
		return err
	}
	state := Matched
	if l.State != New {
		state = Resolved
	}
	for i, p := range l.Parts {
		if p.Stands() { // of what waits, all: parts elsewhere stay
			if p.To == ToSuspense {
				if err := b.end(ctx, tx, l, &l.Parts[i], c.By, entryOf(set)); err != nil {
					return err
				}
			}
		}
	}
	for _, p := range set {
		if err := b.add(ctx, tx, l, c, p); err != nil {
			return err
		}
		if p.To == ToSuspense {
			state = Suspense
		}
	}
	return b.move(ctx, tx, l, state)
}

// repeated reports whether the change was made before; another change with its key is refused.
func (l *Line) repeated(key string, set []Part) (bool, error) {
	var before []Part
	for _, p := range l.Parts {
		if p.key == key {
			before = append(before, p)
		}
	}
	if len(before) == 0 {
		return false, nil
	}
	same := len(before) == len(set)
	for i := 0; same && i < len(set); i++ {
		a, b := before[i], set[i]
		same = a.Amount == b.Amount && a.To == b.To && a.Ref == b.Ref && a.Account == b.Account && a.Entry == b.Entry
	}
	if !same {
		return false, fault.NewConflict(msgChanged)
	}
	return true, nil
}

// sound reports whether a part says what its kind needs.
func (p Part) sound() bool {
	switch p.To {
	case ToBill, ToRefund, ToPayment:
		return p.Ref != "" && p.Account == ""
	case ToCard, ToCash:
		return p.Account == ""
	case ToSuspense:
		return p.Ref == "" && p.Account == ""
	case ToOther:
		return p.Account != ""
	}
	return false
}

func checkParts(l *Line, open int64, set []Part) error {
	sum := money.Amount{Currency: l.Amount.Currency}
	for _, p := range set {
		if !p.sound() {
			return fmt.Errorf("placing a line: a part to %q with reference %q and account %q", p.To, p.Ref, p.Account)
		}
		// A provider's payout and its fee are one line: what goes elsewhere in the books may have the other sign.
		if against := (p.Amount > 0) != (open > 0); p.Amount == 0 || against && p.To != ToOther {
			return fault.NewInvalid(msgPart)
		}
		var err error
		if sum, err = sum.Add(money.Amount{Minor: p.Amount, Currency: sum.Currency}); err != nil {
			return fault.NewInvalid(msgPart)
		}
	}
	if sum.Minor != open {
		return fault.NewInvalid(msgSplit, "sum", sum, "amount", money.Amount{Minor: open, Currency: sum.Currency})
	}
	return nil
}

// entryOf is the entry that takes money out of suspense, where all parts share one.
func entryOf(set []Part) string {
	for _, p := range set {
		if p.Entry != set[0].Entry {
			return ""
		}
	}
	if len(set) == 0 {
		return ""
	}
	return set[0].Entry
}

// Undo takes a part back: what it placed is in suspense again. entry is the reversal that treasury posted. The line was
// read with Line in this Write. A part that was taken back with the same entry is left as it is.
func (b *Bank) Undo(ctx context.Context, tx *store.Tx, l *Line, no int, entry, by, why string) error {
	if no < 1 || no > len(l.Parts) {
		return fault.NewNotFound("")
	}
	p := &l.Parts[no-1]
	switch {
	case !p.Stands() && p.EndedEntry == entry && p.To != ToSuspense:
		return nil
	case !p.Stands() || p.To == ToSuspense:
		return fault.NewConflict(msgEnded)
	}
	if err := b.end(ctx, tx, l, p, by, entry); err != nil {
		return err
	}
	back := Part{Amount: p.Amount, To: ToSuspense, Entry: entry, Why: why}
	if err := b.add(ctx, tx, l, Change{Key: fmt.Sprint("undo ", no), By: by}, back); err != nil {
		return err
	}
	return b.move(ctx, tx, l, Suspense)
}

func (p Part) place() string { return fmt.Sprint("bank part ", p.Line, " ", p.No) }

func (b *Bank) add(ctx context.Context, tx *store.Tx, l *Line, c Change, p Part) error {
	p.Line, p.No, p.At, p.By, p.key = l.ID, len(l.Parts)+1, tx.Now(), c.By, c.Key
	p.Ended, p.EndedBy, p.EndedEntry = time.Time{}, "", ""
	if p.Why != "" {
		var err error
		if p.sealed, err = seal(ctx, tx, b.Vault, l.subject, p.place(), p.Why); err != nil {
			return err
		}
	}
	err := tx.Put(ctx, `INSERT INTO bank_part (organisation, line, no, idem_key, amount, what, ref, account, entry, at, by_whom, ended, ended_by, ended_entry, sealed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, '', '', $12)`,
		l.Organisation, p.Line, p.No, p.key, p.Amount, p.To, p.Ref, p.Account, p.Entry, store.Micros(p.At), p.By, p.sealed)
	if err != nil {
		return fmt.Errorf("storing a part of line %s: %w", l.ID, err)
	}
	l.Parts = append(l.Parts, p)
	return nil
}

func (b *Bank) end(ctx context.Context, tx *store.Tx, l *Line, p *Part, by, entry string) error {
	p.Ended, p.EndedBy, p.EndedEntry = tx.Now(), by, entry
	n, err := tx.Exec(ctx, `UPDATE bank_part SET ended = $4, ended_by = $5, ended_entry = $6 WHERE organisation = $1 AND line = $2 AND no = $3 AND ended = 0`,
		l.Organisation, l.ID, p.No, store.Micros(p.Ended), by, entry)
	if err == nil && n == 0 {
		err = fault.NewConflict(msgChanged)
	}
	if err != nil {
		return fmt.Errorf("ending a part of line %s: %w", l.ID, err)
	}
	return nil
}

func (b *Bank) move(ctx context.Context, tx *store.Tx, l *Line, to State) error {
	n, err := tx.Exec(ctx, `UPDATE bank_line SET state = $4, version = $3 + 1, updated = $5 WHERE organisation = $1 AND id = $2 AND version = $3`,
		l.Organisation, l.ID, l.Version, string(to), store.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("moving line %s: %w", l.ID, err)
	}
	if n == 0 {
		return fault.NewConflict(msgChanged)
	}
	l.State, l.Version, l.Updated = to, l.Version+1, tx.Now()
	return nil
}

func parts(ctx context.Context, tx *store.Tx, where string, args ...any) ([]Part, error) {
	rows, err := tx.Query(ctx, `SELECT line, no, idem_key, amount, what, ref, account, entry, at, by_whom, ended, ended_by, ended_entry, sealed FROM bank_part `+where, args...)
	all, err := store.Collect(rows, err, func(row store.Scanner) (p Part, err error) {
		var at, ended int64
		err = row.Scan(&p.Line, &p.No, &p.key, &p.Amount, &p.To, &p.Ref, &p.Account, &p.Entry, &at, &p.By, &ended, &p.EndedBy, &p.EndedEntry, &p.sealed)
		p.At, p.Ended = store.Time(at), store.Time(ended)
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading parts of lines: %w", err)
	}
	return all, nil
}

// ReadParts adds their parts to lines of one organisation.
func (b *Bank) ReadParts(ctx context.Context, tx *store.Tx, lines []*Line) error {
	by := make(map[string]*Line, len(lines))
	for _, l := range lines {
		l.Parts, by[l.ID] = nil, l
	}
	for some := range slices.Chunk(lines, chunk) {
		args := []any{some[0].Organisation}
		for _, l := range some {
			args = append(args, l.ID)
		}
		all, err := parts(ctx, tx, `WHERE organisation = $1 AND line IN (`+store.Marks(2, len(some))+`) ORDER BY line, no`, args...)
		if err != nil {
			return err
		}
		for _, p := range all {
			by[p.Line].Parts = append(by[p.Line].Parts, p)
		}
	}
	return nil
}

// PartsTo lists the parts that went to something, such as ToBill and a bill, those that have ended included.
func (b *Bank) PartsTo(ctx context.Context, tx *store.Tx, organisation, to, ref string) ([]Part, error) {
	return parts(ctx, tx, `WHERE organisation = $1 AND what = $2 AND ref = $3 AND ref <> '' ORDER BY line, no`, organisation, to, ref)
}

// InSuspense is what waits in suspense, in minor units by currency: what the suspense account must show.
func (b *Bank) InSuspense(ctx context.Context, tx *store.Tx, organisation string) ([]money.Amount, error) {
	rows, err := tx.Query(ctx, `SELECT l.currency, CAST(SUM(p.amount) AS BIGINT) FROM bank_part p
		JOIN bank_line l ON l.organisation = p.organisation AND l.id = p.line
		WHERE p.organisation = $1 AND p.what = 'suspense' AND p.ended = 0 GROUP BY l.currency ORDER BY l.currency`, organisation)
	all, err := store.Collect(rows, err, func(row store.Scanner) (a money.Amount, err error) {
		err = row.Scan(&a.Currency, &a.Minor)
		return a, err
	})
	if err != nil {
		return nil, fmt.Errorf("adding up suspense: %w", err)
	}
	return all, nil
}

// Check lists lines of which the standing parts do not make the amount, at most limit. There are none, unless a row was
// changed past this package.
func (b *Bank) Check(ctx context.Context, tx *store.Tx, organisation string, limit int) ([]string, error) {
	wrong, err := store.Strings(ctx, tx, `SELECT l.id FROM bank_line l
		LEFT JOIN bank_part p ON p.organisation = l.organisation AND p.line = l.id AND p.ended = 0 WHERE l.organisation = $1
		GROUP BY l.id, l.amount, l.state HAVING COALESCE(SUM(p.amount), 0) <> CASE WHEN l.state = 'new' THEN 0 ELSE l.amount END
		ORDER BY l.id LIMIT $2`, organisation, limit)
	if err != nil {
		return nil, fmt.Errorf("checking lines: %w", err)
	}
	return wrong, nil
}
