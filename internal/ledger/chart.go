package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"stoa/internal/i18n"
)

// Kind is what an account says: what there is, what is owed, what came in, what went out, what remains.
type Kind string

// The kinds.
const (
	Asset     Kind = "asset"
	Liability Kind = "liability"
	Income    Kind = "income"
	Expense   Kind = "expense"
	Equity    Kind = "equity"
)

// Debit tells whether the balance of such an account is by nature a debit.
func (k Kind) Debit() bool { return k == Asset || k == Expense }

func (k Kind) known() bool {
	return slices.Contains([]Kind{Asset, Liability, Income, Expense, Equity}, k)
}

// Account is one account of a chart. It is opened in a currency when first posted to; from then on only its title may
// change.
type Account struct {
	Organisation string
	Code         string // as the chart numbers it: 1200, 4100-LIC
	Fund         string // "" where the organisation has one fund
	Title        i18n.Text
	Kind         Kind
	EitherSide   bool // the balance may also be on the side that is not its nature; a clearing account, say
}

// Chart is a chart of accounts. It does not change and may be used by many.
type Chart struct {
	accounts map[[2]string]Account
	order    []Account
}

// NewChart checks the accounts, and gives all that is wrong with them at once.
func NewChart(accounts ...Account) (*Chart, error) {
	c := &Chart{accounts: make(map[[2]string]Account, len(accounts))}
	var errs []error
	for _, a := range accounts {
		key := [2]string{a.Organisation, a.Code}
		if _, twice := c.accounts[key]; twice {
			errs = append(errs, fmt.Errorf("account %s of %s is there twice", a.Code, a.Organisation))
		}
		if a.Organisation == "" || a.Code == "" {
			errs = append(errs, fmt.Errorf("account %q of %q needs an organisation and a code", a.Code, a.Organisation))
		}
		if !a.Kind.known() {
			errs = append(errs, fmt.Errorf("account %s of %s is %q, want asset, liability, income, expense or equity", a.Code, a.Organisation, a.Kind))
		}
		if len(a.Title) == 0 {
			errs = append(errs, fmt.Errorf("account %s of %s needs a title", a.Code, a.Organisation))
		}
		c.accounts[key] = a
		c.order = append(c.order, a)
	}
	slices.SortFunc(c.order, func(a, b Account) int {
		return cmp.Or(cmp.Compare(a.Organisation, b.Organisation), cmp.Compare(a.Code, b.Code))
	})
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c, nil
}

// Find gives an account by its code.
func (c *Chart) Find(organisation, code string) (Account, bool) {
	a, ok := c.accounts[[2]string{organisation, code}]
	return a, ok
}

// Accounts gives all accounts, by organisation and code.
func (c *Chart) Accounts() []Account { return slices.Clone(c.order) }
