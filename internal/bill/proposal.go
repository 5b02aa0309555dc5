package bill

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"stoa/internal/fault"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// Kinds of proposal: what about a bill takes two persons.
const (
	Waive    = "waive"
	WriteOff = "write_off"
	Arrange  = "arrange"
	Refund   = "refund"
	Cancel   = "cancel"
)

var proposalKinds = []string{Waive, WriteOff, Arrange, Refund, Cancel}

// Outcome is what became of a proposal.
type Outcome string

// The outcomes.
const (
	Undecided Outcome = ""
	Approved  Outcome = "approved"
	Refused   Outcome = "refused"
	Withdrawn Outcome = "withdrawn" // by the proposer
)

// Proposal is what one person proposes about a bill and another decides.
type Proposal struct {
	ID       string
	Bill     string
	Kind     string
	Proposer string // person id
	Proposed time.Time
	Decider  string
	Decided  time.Time
	Outcome  Outcome
	Terms
}

// Terms are what is proposed, and the reasons of both. Reasons, name and account are sealed: of a person who was erased the
// figures remain.
type Terms struct {
	Amount    int64        `json:"amount,omitempty"`
	Component Component    `json:"component,omitempty"` // "" all, in the order of part payments
	Plan      []Instalment `json:"plan,omitempty"`
	Payment   string       `json:"payment,omitempty"` // to the means of which money goes back
	Name      string       `json:"name,omitempty"`    // of the account to which money goes back
	IBAN      string       `json:"iban,omitempty"`
	Reason    string       `json:"reason,omitempty"`
	Answer    string       `json:"answer,omitempty"` // the reason of who decided
}

// Propose stores a proposal on a bill that was read with Get in this Write. There is one open proposal of a kind.
func (b *Bills) Propose(ctx context.Context, tx *store.Tx, one *Bill, p *Proposal) error {
	if !slices.Contains(proposalKinds, p.Kind) || p.Proposer == "" {
		return fmt.Errorf("proposing %q on bill %s by %q", p.Kind, one.Number, p.Proposer)
	}
	if p.Reason == "" {
		return fault.NewInvalid("Give the reasons")
	}
	all, err := b.Proposals(ctx, tx, one)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(o Proposal) bool { return o.Kind == p.Kind && o.Outcome == Undecided }) {
		return fault.NewConflict("The same is proposed already, and waits for a decision")
	}
	p.ID, p.Bill, p.Proposed, p.Outcome = tx.NewID(), one.ID, tx.Now(), Undecided
	terms, err := json.Marshal(Terms{Amount: p.Amount, Component: p.Component, Plan: p.Plan, Payment: p.Payment})
	if err != nil {
		return fmt.Errorf("writing a proposal on bill %s: %w", one.Number, err)
	}
	sealed, err := b.sealTerms(ctx, tx, one, p)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `INSERT INTO bill_proposal (organisation, id, bill, kind, proposer, proposed, decider, decided, outcome, terms, sealed)
		VALUES ($1, $2, $3, $4, $5, $6, '', 0, '', $7, $8)`,
		one.Organisation, p.ID, p.Bill, p.Kind, p.Proposer, store.Micros(p.Proposed), string(terms), sealed)
	if err != nil {
		return fmt.Errorf("storing a proposal on bill %s: %w", one.Number, err)
	}
	return nil
}

// sealTerms seals what of the terms is personal.
func (b *Bills) sealTerms(ctx context.Context, tx *store.Tx, one *Bill, p *Proposal) ([]byte, error) {
	sealed, err := b.seal(ctx, tx, one.Subject, p.place(), Terms{Name: p.Name, IBAN: p.IBAN, Reason: p.Reason, Answer: p.Answer})
	if errors.Is(err, vault.ErrErased) {
		return []byte{}, nil
	}
	return sealed, err
}

func (p *Proposal) place() string { return "proposal " + p.ID }

// Decide stores the decision on an open proposal of a bill that was read with Get in this Write: approved or refused by
// another than who proposed, or withdrawn by who did. What is approved is then done by the caller.
func (b *Bills) Decide(ctx context.Context, tx *store.Tx, one *Bill, p *Proposal, outcome Outcome, decider, answer string) error {
	switch {
	case outcome != Approved && outcome != Refused && outcome != Withdrawn || decider == "":
		return fmt.Errorf("deciding %q by %q", outcome, decider)
	case p.Outcome != Undecided:
		return fault.NewConflict("This proposal is decided already")
	case (outcome == Withdrawn) != (decider == p.Proposer):
		return fault.NewForbidden("What one person proposes another must decide")
	}
	p.Outcome, p.Decider, p.Decided, p.Answer = outcome, decider, tx.Now(), answer
	sealed, err := b.sealTerms(ctx, tx, one, p)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE bill_proposal SET outcome = $3, decider = $4, decided = $5, sealed = $6
		WHERE organisation = $1 AND id = $2 AND outcome = '' AND bill = $7`,
		one.Organisation, p.ID, string(outcome), decider, store.Micros(p.Decided), sealed, one.ID)
	if err != nil {
		return fmt.Errorf("deciding a proposal on bill %s: %w", one.Number, err)
	}
	if n == 0 {
		return fault.NewConflict("This proposal is decided already")
	}
	return nil
}

const proposalColumns = `p.id, p.bill, p.kind, p.proposer, p.proposed, p.decider, p.decided, p.outcome, p.terms, p.sealed`

type storedProposal struct {
	Proposal
	sealed  []byte
	number  string
	subject string
}

func scanProposal(row store.Scanner, more ...any) (p storedProposal, err error) {
	var proposed, decided int64
	var outcome, terms string
	err = row.Scan(append([]any{&p.ID, &p.Bill, &p.Kind, &p.Proposer, &proposed, &p.Decider, &decided, &outcome, &terms, &p.sealed}, more...)...)
	p.Proposed, p.Decided, p.Outcome = store.Time(proposed), store.Time(decided), Outcome(outcome)
	if err == nil {
		err = json.Unmarshal([]byte(terms), &p.Terms)
	}
	return p, err
}

// Proposals lists those on a bill, oldest first.
func (b *Bills) Proposals(ctx context.Context, tx *store.Tx, one *Bill) ([]Proposal, error) {
	open, err := b.proposals(ctx, tx, `p.organisation = $1 AND p.bill = $2 ORDER BY p.id`, one.Organisation, one.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the proposals on bill %s: %w", one.Number, err)
	}
	list := make([]Proposal, len(open))
	for i, p := range open {
		list[i] = p.Proposal
	}
	return list, nil
}

// Proposal finds one on a bill; store.ErrNotFound if there is none.
func (b *Bills) Proposal(ctx context.Context, tx *store.Tx, one *Bill, id string) (*Proposal, error) {
	all, err := b.Proposals(ctx, tx, one)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(p Proposal) bool { return p.ID == id })
	if i < 0 {
		return nil, fmt.Errorf("reading a proposal on bill %s: %w", one.Number, store.ErrNotFound)
	}
	return &all[i], nil
}

// OpenProposal is a proposal that waits, with the number of its bill.
type OpenProposal struct {
	Proposal
	Number string
}

// OpenProposals lists what waits for a decision, oldest first, after an id.
func (b *Bills) OpenProposals(ctx context.Context, tx *store.Tx, organisation, after string, limit int) ([]OpenProposal, error) {
	open, err := b.proposals(ctx, tx, `p.organisation = $1 AND p.outcome = '' AND p.id > $2 ORDER BY p.id LIMIT $3`,
		organisation, after, limit)
	if err != nil {
		return nil, fmt.Errorf("reading open proposals: %w", err)
	}
	list := make([]OpenProposal, len(open))
	for i, p := range open {
		list[i] = OpenProposal{p.Proposal, p.number}
	}
	return list, nil
}

func (b *Bills) proposals(ctx context.Context, tx *store.Tx, where string, args ...any) ([]storedProposal, error) {
	rows, err := tx.Query(ctx, `SELECT `+proposalColumns+`, b.number, b.subject FROM bill_proposal p
		JOIN bill b ON b.organisation = p.organisation AND b.id = p.bill WHERE `+where, args...)
	list, err := store.Collect(rows, err, func(row store.Scanner) (p storedProposal, err error) {
		var number, subject string
		p, err = scanProposal(row, &number, &subject)
		p.number, p.subject = number, subject
		return p, err
	})
	for i := range list {
		p := &list[i]
		err = errors.Join(err, b.open(ctx, tx, p.subject, p.place(), p.sealed, &p.Terms))
	}
	return list, err
}
