package spend

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/money"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// The kinds of commitments.
const (
	Contract = "contract"
	Grant    = "grant"
	Order    = "order" // of a purchase
)

// The procurement methods, as in the OCDS codelist.
const (
	Open      = "open"
	Selective = "selective"
	Limited   = "limited"
	Direct    = "direct"
)

// Methods are the procurement methods.
func Methods() []string { return []string{Open, Selective, Limited, Direct} }

// CommitmentState is where a commitment stands.
type CommitmentState string

// The states of a commitment.
const (
	Proposed CommitmentState = "proposed" // waits for a second person
	Active   CommitmentState = "active"
	Closed   CommitmentState = "closed" // what it did not use is free again
	Rejected CommitmentState = "refused"
)

// Commitment is a contract, a grant or an order: what one or several lines are bound to.
type Commitment struct {
	ID, Organisation string
	Number           string // C-2026-000001, G-…, P-…
	Kind             string
	For              string // the organisation whose budget bears it
	Supplier         string // or who holds the grant
	Person           bool   // the supplier is one: not for the public
	Method           string // "" of a grant
	State            CommitmentState
	Currency         string
	Value            int64 // as approved, amendments included
	Invoiced, Paid   int64
	Signed           calendar.Date // day of the award
	From, Until      calendar.Date
	Created          time.Time
	EnteredBy        string // who entered what waits, or waited last
	Decided          time.Time
	DecidedBy        string
	Version          int64
	CommitmentWords
	Allocations []Allocation // oldest first; in lists not read
	Shares      []Share      // by year and line; in lists not read
	subject     string
}

// CommitmentWords are what is sealed where the supplier is a person.
type CommitmentWords struct {
	Title    string `json:"title"`
	About    string `json:"about,omitempty"`    // of a grant, its purpose
	Reason   string `json:"reason,omitempty"`   // why it was refused or closed
	Override string `json:"override,omitempty"` // why it goes beyond what the line had left
}

// Allocation is what a commitment may use of a line: at first, and by each amendment.
type Allocation struct {
	No int
	LineRef
	Amount     int64
	Day        calendar.Date // zero while it waits for a second person
	Entered    time.Time
	EnteredBy  string
	ApprovedBy string
	Why        string // of an amendment
}

// Share is what of a commitment falls on one line.
type Share struct {
	LineRef
	Allocated, Invoiced, Paid int64
}

// held is what a share binds of its line.
func (c *Commitment) held(s Share) int64 {
	if c.State == Closed {
		return s.Invoiced
	}
	return max(s.Allocated, s.Invoiced)
}

// Pending are the allocations that wait for a second person.
func (c *Commitment) Pending() (all []Allocation) {
	for _, a := range c.Allocations {
		if a.Day.IsZero() {
			all = append(all, a)
		}
	}
	return all
}

// Commitments is the way to them.
type Commitments struct {
	vault     *vault.Vault
	suppliers *Suppliers
}

// NewAllocation is a piece of a new commitment, or of an amendment.
type NewAllocation struct {
	LineRef
	Amount int64
}

// NewCommitment is what a commitment is entered with.
type NewCommitment struct {
	Key         string // the same for every attempt
	Kind        string
	For         string
	Method      string
	Currency    string
	Signed      calendar.Date
	From, Until calendar.Date
	Title       string
	About       string
	Allocations []NewAllocation
}

var (
	msgNoPart    = i18n.Msg("Say from which budget line how much is taken")
	msgNotWaits  = i18n.Msg("Nothing of this waits for a decision any more")
	msgNotActive = i18n.Msg("This is not in force, so nothing can be changed")
	msgWaits     = i18n.Msg("A change of this waits already. It must be decided first")
	msgBelow     = i18n.Msg("More than that has been invoiced already")
)

const commitmentPlace = "spend commitment "

var prefix = map[string]string{Contract: "C", Grant: "G", Order: "P"}

// Propose enters a commitment; it binds nothing before another person approves it. The same key gives the one that it made
// first. The supplier was read in this Write.
func (s *Commitments) Propose(ctx context.Context, tx *store.Tx, x *Supplier, n NewCommitment, a Act) (*Commitment, error) {
	if n.Key == "" || prefix[n.Kind] == "" || n.For == "" || a.Day.IsZero() || a.By == "" {
		return nil, errors.New("entering a commitment: no key, kind, organisation, day or person")
	}
	if first, err := s.byKey(ctx, tx, x, n); first != nil || err != nil {
		return first, err
	}
	if len(n.Allocations) == 0 {
		return nil, fault.NewInvalid(msgNoPart)
	}
	count, err := tx.Next(ctx, "spend "+n.Kind+" "+x.Organisation+" "+strconv.Itoa(a.Day.Year()))
	if err != nil {
		return nil, fmt.Errorf("numbering a commitment: %w", err)
	}
	c := &Commitment{ID: tx.NewID(), Organisation: x.Organisation, Number: fmt.Sprintf("%s-%04d-%06d", prefix[n.Kind], a.Day.Year(), count), Kind: n.Kind,
		For: n.For, Supplier: x.ID, Person: x.Person, Method: n.Method, State: Proposed, Currency: n.Currency, Signed: n.Signed, From: n.From, Until: n.Until,
		Created: tx.Now(), EnteredBy: a.By, Version: 1, CommitmentWords: CommitmentWords{Title: n.Title, About: n.About}, subject: x.words()}
	words, err := seal(ctx, tx, s.vault, c.subject, commitmentPlace+c.ID, c.CommitmentWords)
	if err != nil {
		return nil, err
	}
	err = tx.Put(ctx, `INSERT INTO spend_commitment (organisation, id, number, idem_key, kind, for_whom, supplier, person, method, state, currency, value, invoiced, paid,
		signed, from_day, until_day, created, entered_by, decided, decided_by, version, search, words)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, 0, $12, $13, $14, $15, $16, 0, '', 1, $17, $18)`,
		c.Organisation, c.ID, c.Number, n.Key, c.Kind, c.For, c.Supplier, c.Person, c.Method, string(c.State), c.Currency,
		iso(c.Signed), iso(c.From), iso(c.Until), store.Micros(c.Created), c.EnteredBy, c.search(x), words)
	if err != nil {
		return nil, fmt.Errorf("storing commitment %s: %w", c.Number, err)
	}
	return c, s.allocate(ctx, tx, c, n.Allocations, "", a.By)
}

// search is what a commitment is found by; nothing of a person's.
func (c *Commitment) search(x *Supplier) string {
	if c.Person {
		return searchable(c.Number)
	}
	return searchable(c.Number, c.Title, c.About, x.Name)
}

// byKey gives the commitment that the key made, nil if it made none.
func (s *Commitments) byKey(ctx context.Context, tx *store.Tx, x *Supplier, n NewCommitment) (*Commitment, error) {
	found, err := store.Strings(ctx, tx, `SELECT id FROM spend_commitment WHERE organisation = $1 AND idem_key = $2`, x.Organisation, n.Key)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	c, err := s.Get(ctx, tx, x.Organisation, found[0])
	if err != nil {
		return nil, err
	}
	same := c.Supplier == x.ID && c.Kind == n.Kind && c.For == n.For && c.Title == n.Title && len(c.Allocations) >= len(n.Allocations)
	for i := 0; same && i < len(n.Allocations); i++ {
		same = c.Allocations[i].LineRef == n.Allocations[i].LineRef && c.Allocations[i].Amount == n.Allocations[i].Amount
	}
	if !same {
		return nil, fault.NewConflict(msgKeyTaken)
	}
	return c, nil
}

// allocate adds allocations that wait.
func (s *Commitments) allocate(ctx context.Context, tx *store.Tx, c *Commitment, all []NewAllocation, why, by string) error {
	for _, n := range all {
		if n.Amount == 0 || n.Line == "" || n.Year == "" {
			return fault.NewInvalid(msgNoPart)
		}
		a := Allocation{No: len(c.Allocations) + 1, LineRef: n.LineRef, Amount: n.Amount, Entered: tx.Now(), EnteredBy: by, Why: why}
		words, err := seal(ctx, tx, s.vault, c.subject, allocationPlace(c.ID, a.No), a.Why)
		if err != nil {
			return err
		}
		err = tx.Put(ctx, `INSERT INTO spend_allocation (organisation, commitment, no, year, line, amount, day, entered, entered_by, approved_by, words)
			VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8, '', $9)`, c.Organisation, c.ID, a.No, a.Year, a.Line, a.Amount, store.Micros(a.Entered), by, words)
		if err != nil {
			return fmt.Errorf("storing what commitment %s takes: %w", c.Number, err)
		}
		c.Allocations = append(c.Allocations, a)
	}
	return nil
}

func allocationPlace(id string, no int) string { return fmt.Sprint("spend allocation ", id, " ", no) }

// Amend enters a change of what a commitment may use: more, or with a minus less. It waits for another person. until, where
// it is not zero, is a new last day. The commitment was read with Get in this Write; so below.
func (s *Commitments) Amend(ctx context.Context, tx *store.Tx, c *Commitment, all []NewAllocation, why string, a Act) error {
	switch {
	case c.State != Active:
		return fault.NewConflict(msgNotActive)
	case len(c.Pending()) > 0:
		return fault.NewConflict(msgWaits)
	case len(all) == 0:
		return fault.NewInvalid(msgNoPart)
	}
	if err := s.allocate(ctx, tx, c, all, why, a.By); err != nil {
		return err
	}
	c.EnteredBy = a.By
	return s.update(ctx, tx, c)
}

// Approve lets what waits come into force: by another person than entered it. A line that would be bound to more than its
// limit gives Over, unless override says why that must be.
func (s *Commitments) Approve(ctx context.Context, tx *store.Tx, c *Commitment, limits Limits, override string, a Act) error {
	pending := c.Pending()
	switch {
	case len(pending) == 0 || c.State != Proposed && c.State != Active:
		return fault.NewConflict(msgNotWaits)
	case a.By == "" || a.By == c.EnteredBy || slices.ContainsFunc(pending, func(x Allocation) bool { return x.EnteredBy == a.By }):
		return fault.NewForbidden(msgSamePerson)
	}
	more := map[LineRef]int64{}
	for _, p := range pending {
		more[p.LineRef] += p.Amount
	}
	c.State = Active
	for _, at := range sortedLines(more) {
		if err := s.bind(ctx, tx, c, at, limits, override, a, func(sh *Share) error {
			if sh.Allocated += more[at]; sh.Allocated < sh.Invoiced && more[at] < 0 || sh.Allocated < 0 {
				return fault.NewConflict(msgBelow)
			}
			return nil
		}); err != nil {
			return err
		}
		c.Value += more[at]
	}
	err := tx.Put(ctx, `UPDATE spend_allocation SET day = $3, approved_by = $4 WHERE organisation = $1 AND commitment = $2 AND day = ''`,
		c.Organisation, c.ID, a.Day.String(), a.By)
	if err != nil {
		return fmt.Errorf("approving what commitment %s takes: %w", c.Number, err)
	}
	for i := range c.Allocations {
		if x := &c.Allocations[i]; x.Day.IsZero() {
			x.Day, x.ApprovedBy = a.Day, a.By
		}
	}
	if override != "" {
		c.Override = override
	}
	c.Decided, c.DecidedBy = tx.Now(), a.By
	return s.update(ctx, tx, c)
}

// sortedLines gives lines in the one order in which they are locked.
func sortedLines(of map[LineRef]int64) (all []LineRef) {
	for at := range of {
		all = append(all, at)
	}
	slices.SortFunc(all, func(a, b LineRef) int { return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Line, b.Line)) })
	return all
}

// bind changes a share, and what its line is committed to by as much as the share then holds more or less.
func (s *Commitments) bind(ctx context.Context, tx *store.Tx, c *Commitment, at LineRef, limits Limits, override string, a Act, change func(*Share) error) error {
	sums, err := lock(ctx, tx, c.Organisation, at)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(c.Shares, func(x Share) bool { return x.LineRef == at })
	if i < 0 {
		i = len(c.Shares)
		c.Shares = append(c.Shares, Share{LineRef: at})
	}
	was := c.held(c.Shares[i])
	if err := change(&c.Shares[i]); err != nil {
		return err
	}
	delta := c.held(c.Shares[i]) - was
	if err := within(at, sums, delta, limits, override, c.Currency); err != nil {
		return err
	}
	if err := move(ctx, tx, c.Organisation, Move{LineRef: at, What: Committed, Amount: delta, Day: a.Day, Commitment: c.ID, By: a.By}); err != nil {
		return err
	}
	return s.putShare(ctx, tx, c, c.Shares[i])
}

// within holds a line's limit: what would be committed to against what the budget gives. Whoever takes less is not asked.
func within(at LineRef, sums Sums, delta int64, limits Limits, override, currency string) error {
	limit, known := limits[at]
	if delta <= 0 {
		return nil
	}
	if !known {
		return fmt.Errorf("the limit of the line %s of %s was not read", at.Line, at.Year)
	}
	after, err := (money.Amount{Minor: sums.Committed, Currency: currency}).Add(money.Amount{Minor: delta, Currency: currency})
	if err != nil {
		return fault.Wrap(err, fault.TooLarge, msgTooLarge)
	}
	if after.Minor > limit && override == "" {
		return &Over{LineRef: at, By: money.Amount{Minor: after.Minor - limit, Currency: currency}}
	}
	return nil
}

func (s *Commitments) putShare(ctx context.Context, tx *store.Tx, c *Commitment, sh Share) error {
	err := tx.Put(ctx, `INSERT INTO spend_share (organisation, commitment, year, line, allocated, invoiced, paid) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (organisation, commitment, year, line) DO UPDATE SET allocated = $5, invoiced = $6, paid = $7`,
		c.Organisation, c.ID, sh.Year, sh.Line, sh.Allocated, sh.Invoiced, sh.Paid)
	if err != nil {
		return fmt.Errorf("storing what commitment %s holds of a line: %w", c.Number, err)
	}
	return nil
}
