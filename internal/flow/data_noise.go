package flow

import (
	"context"

	"stoa/internal/disclose"
	"stoa/internal/fault"
	"stoa/internal/store"
)

// noisy adds noise, if the numbers are new and the budget has room. Nil: nothing is to be published.
func (t *attempt) noisy(ctx context.Context, tx *store.Tx, tables map[string]disclose.Table, m *made) (map[string]seen, error) {
	if m.truth == t.before.Truth && t.before.Definition == t.d.Hash {
		return nil, nil // more noise on the same numbers would spend for nothing
	}
	n := t.d.Disclosure.Noise
	b := disclose.Budget{}
	var err error
	if b.Total, err = disclose.ParseEpsilon(n.Budget.String()); err != nil {
		return nil, err
	}
	spent, err := t.States.Spent(ctx, tx, t.d.Dataset)
	if err != nil {
		return nil, err
	}
	for _, s := range spent {
		e, err := disclose.ParseEpsilon(s.Epsilon)
		if err == nil {
			b, err = b.Spend(e)
		}
		if err != nil {
			return nil, spentUp(err)
		}
	}
	e, err := disclose.ParseEpsilon(n.Epsilon.String())
	if err != nil {
		return nil, err
	}
	if _, err = b.Spend(e); err != nil {
		return nil, spentUp(err)
	}
	t.epsilon = n.Epsilon.String()
	shown := map[string]seen{}
	for name, table := range tables { // one: nothing is counted twice
		p, err := disclose.ProtectNoisy(table, disclose.Noise{Epsilon: e, Sensitivity: 1}, t.People.Rand)
		if err != nil {
			return nil, err
		}
		shown[name] = shownOf(p)
	}
	return shown, nil
}

func spentUp(cause error) error {
	return fault.Wrap(cause, fault.Invalid, "The privacy budget of this dataset is spent: another version would tell too much. The versions that are published stay")
}
