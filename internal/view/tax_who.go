package view

import (
	"context"
	"encoding/json"

	"stoa/internal/docket"
	"stoa/internal/mandate"
	"stoa/internal/process"
	"stoa/internal/store"
	"stoa/internal/tax"
)

// DidBy is who did something about a tax, and for whom; For is "" where the payer did it.
type DidBy struct{ Name, For string }

// didFor names who did something with an account for its holder; nobody where the holder did, or Stoa.
func (v *View) didFor(ctx context.Context, tx *store.Tx, r Reader, a *tax.Account, people ...string) (by DidBy, err error) {
	var names []string
	for _, id := range people {
		if id == "" || id == a.Holder {
			continue
		}
		name, err := v.names(r).of(ctx, tx, id)
		if err != nil {
			return by, err
		}
		names = append(names, name)
	}
	if len(names) > 0 {
		by = DidBy{r.P.List(names), a.Name}
	}
	return by, nil
}

// declaredBy names who sent a return for the holder of an account: all of those who signed it.
func (v *View) declaredBy(ctx context.Context, tx *store.Tx, r Reader, a *tax.Account, one *tax.Return) (DidBy, error) {
	signed, err := v.signers(ctx, tx, a, one)
	if err != nil {
		return DidBy{}, err
	}
	if len(signed) == 0 {
		signed = []string{one.By}
	}
	return v.didFor(ctx, tx, r, a, signed...)
}

// signers are those who have agreed to a return as it stands, the first to do so first.
func (v *View) signers(ctx context.Context, tx *store.Tx, a *tax.Account, one *tax.Return) ([]string, error) {
	if len(one.Typed) == 0 {
		return nil, nil
	}
	var typed process.Typed
	if err := json.Unmarshal(one.Typed, &typed); err != nil {
		return nil, err
	}
	hash, err := mandate.Hash(typed)
	if err != nil {
		return nil, err
	}
	return Representation{v}.mandates().Signed(ctx, tx, a.Holder, mandate.Declaration(one.ID), hash)
}

// Together is what is asked of those of whom two must agree.
type Together struct {
	Two    bool   // two must agree before anything is sent
	Agreed string // who has, to what stands there now; "" nobody
	Mine   bool   // the reader has
	Answer bool   // another has, and the reader may answer
}

// together tells how far two have agreed to a return.
func (v *View) together(ctx context.Context, tx *store.Tx, r Reader, a *tax.Account, one *tax.Return) (t Together, err error) {
	if !r.Actor.Acting() {
		return t, nil
	}
	m, err := Representation{v}.mandates().Get(ctx, tx, r.Actor.For.Mandate)
	if err != nil {
		return t, err
	}
	register, _ := m.Rests()
	if t.Two = m.ForCompany() && docket.TwoMustAgree(v.place().Registers[register]); !t.Two || one == nil {
		return t, nil
	}
	signed, err := v.signers(ctx, tx, a, one)
	if err != nil {
		return t, err
	}
	for _, id := range signed {
		t.Mine = t.Mine || id == r.Actor.Person
		t.Answer = t.Answer || id != r.Actor.Person
	}
	t.Answer = t.Answer && m.Given == nil
	by, err := v.didFor(ctx, tx, r, a, signed...)
	t.Agreed = by.Name
	return t, err
}

// taxActs is what others did with an account for its holder, the newest first.
func (v *View) taxActs(ctx context.Context, tx *store.Tx, r Reader, a *tax.Account) ([]ActLine, error) {
	if a.Holder == "" {
		return nil, nil
	}
	acts, err := Representation{v}.mandates().ActsOn(ctx, tx, a.Holder, a.ID, actsMost)
	return Representation{v}.actLines(r, acts, false), err
}
