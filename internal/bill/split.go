package bill

import (
	"math/big"
	"slices"

	"stoa/internal/fault"
)

// Component is a part of what is owed.
type Component string

// The components.
const (
	Principal Component = "principal"
	Interest  Component = "interest"
	Penalty   Component = "penalty"
	Costs     Component = "costs"
)

// defaultOrder is the order in which a part payment pays, where a jurisdiction names none.
var defaultOrder = [...]Component{Costs, Penalty, Interest, Principal}

func (c Component) known() bool { return slices.Contains(defaultOrder[:], c) }

// whole is the order with the components that it does not name behind it.
func whole(order []Component) []Component {
	all := slices.Clone(order)
	for _, c := range defaultOrder {
		if !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	return all
}

// Share is what a component gets of an amount.
type Share struct {
	Component Component
	Amount    int64
}

// Split divides an amount over what is owed, in an order: the first component is paid whole before the next gets
// anything. What one component has too much pays first, so that more than is owed in all is never taken: the rest is what
// nobody owes. Shares are positive, and with the rest they make the amount, to the last cent.
func Split(amount int64, owed map[Component]int64, order []Component) (shares []Share, rest int64) {
	surplus := int64(0)
	for _, n := range owed {
		surplus -= min(n, 0)
	}
	rest = amount
	for _, c := range whole(order) {
		open := max(owed[c], 0)
		used := min(surplus, open)
		surplus -= used
		if n := min(rest, open-used); n > 0 {
			shares = append(shares, Share{c, n})
			rest -= n
		}
	}
	return shares, rest
}

// Owed is what moves add up to, by component.
func Owed(moves []Move) map[Component]int64 {
	owed := map[Component]int64{}
	for _, m := range moves {
		owed[m.Component] += m.Amount
	}
	return owed
}

// Charged is what the bill asks for, less what was taken back, by account and component in the order in which they first
// appear. It is what can be credited.
func Charged(moves []Move) (all []Item) {
	for _, m := range moves {
		if m.Kind != MoveCharge && m.Kind != MoveCredit {
			continue
		}
		i := slices.IndexFunc(all, func(i Item) bool { return i.Account == m.Account && i.Component == m.Component })
		if i < 0 {
			i, all = len(all), append(all, Item{ID: m.Item, Account: m.Account, Component: m.Component})
		}
		all[i].Amount += m.Amount
	}
	return slices.DeleteFunc(all, func(i Item) bool { return i.Amount == 0 })
}

// Portion divides an amount that is to be credited over what the bill asks for, in proportion: what took something off
// gives as much of it back. The parts make the amount, to the last cent, and none is more than what is asked for.
func Portion(moves []Move, amount int64) ([]Item, error) {
	items, total := Charged(moves), int64(0)
	for _, i := range items {
		total += i.Amount
	}
	if amount < 1 || amount > total {
		return nil, errMoreThanAsked
	}
	sum, before := int64(0), int64(0)
	for i := range items {
		sum += items[i].Amount
		upTo := new(big.Int).Mul(big.NewInt(sum), big.NewInt(amount))
		upTo.Div(upTo, big.NewInt(total)) // rounded down; the total makes the amount
		items[i].Amount, before = upTo.Int64()-before, upTo.Int64()
	}
	return slices.DeleteFunc(items, func(i Item) bool { return i.Amount == 0 }), nil
}

var errMoreThanAsked = fault.NewInvalid("This is more than what the bill asks for")

// Creditable holds items that are to be credited against what the bill asks for and has not given up.
func Creditable(moves []Move, items []Item) error {
	charged, left := Charged(moves), int64(0)
	for _, c := range charged {
		left += c.Amount
	}
	for _, m := range moves {
		if m.Kind == MoveWaiver || m.Kind == MoveWriteOff {
			left += m.Amount
		}
	}
	for _, i := range items {
		left -= i.Amount
		at := slices.IndexFunc(charged, func(c Item) bool { return c.Account == i.Account && c.Component == i.Component })
		if at < 0 {
			return errMoreThanAsked
		}
		was := charged[at].Amount
		charged[at].Amount -= i.Amount
		if is := charged[at].Amount; was > 0 && (is < 0 || is > was) || was < 0 && (is > 0 || is < was) {
			return errMoreThanAsked
		}
	}
	if left < 0 {
		return errMoreThanAsked
	}
	return nil
}
