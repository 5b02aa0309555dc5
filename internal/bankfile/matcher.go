package bankfile

import (
	"cmp"
	"slices"
	"strings"

	"stoa/internal/money"
)

// Bounds that keep a line's cost small whatever the debts are.
const (
	likeEnough  = 0.75 // from here on two names are alike
	few         = 50   // payers whose names are compared letter by letter
	mostBills   = 12   // of one payer, among which those that make an amount are looked for
	leastNumber = 5    // characters of a number that may be looked for in a text
)

// Matcher is an index of debts. It never changes, and may be used by several goroutines.
type Matcher struct {
	debts    []Debt
	byKey    map[string]int32 // by reference and by number, without what divides them
	byAmount map[money.Amount][]int32
	payers   []payer
	payerOf  []int32 // of a debt
	byWord   map[string][]int32
	refunds  map[string]Refund // by end-to-end id

	card, cash []pattern
}

type payer struct {
	name  string
	words []string
	debts []int32 // in the order in which they are due
}

// NewMatcher builds the index. Debts of one payer are found by the payer's id, or by the folded name where it is unknown.
// Of debts with the same number or reference, which should not be, the first counts.
func NewMatcher(debts []Debt, own Own) *Matcher {
	m := &Matcher{debts: slices.Clone(debts), byKey: make(map[string]int32, 2*len(debts)), byAmount: make(map[money.Amount][]int32, len(debts)),
		payerOf: make([]int32, len(debts)), byWord: map[string][]int32{}, refunds: map[string]Refund{}, card: ready(own.Card), cash: ready(own.Cash)}
	slices.SortStableFunc(m.debts, func(a, b Debt) int {
		return cmp.Or(a.Due.Compare(b.Due), strings.Compare(a.Bill, b.Bill))
	})
	known := map[string]int32{}
	for n, d := range m.debts {
		i := int32(n)
		m.key(string(d.Reference), i)
		m.key(d.Number, i)
		if d.Owed.Minor > 0 {
			m.byAmount[d.Owed] = append(m.byAmount[d.Owed], i)
		}
		id := "id " + d.Payer
		var words []string
		if d.Payer == "" {
			words = nameWords(d.Name)
			id = "name " + strings.Join(words, " ")
		}
		p, ok := known[id]
		if !ok {
			if p = int32(len(m.payers)); words == nil {
				words = nameWords(d.Name)
			}
			known[id] = p
			m.payers = append(m.payers, payer{name: d.Name, words: words})
			for _, w := range words {
				if len(w) > 1 {
					m.byWord[w] = append(m.byWord[w], p)
				}
			}
		}
		m.payerOf[i] = p
		if d.Owed.Minor > 0 {
			m.payers[p].debts = append(m.payers[p].debts, i)
		}
	}
	for _, r := range own.Refunds {
		if r.EndToEnd != "" {
			m.refunds[r.EndToEnd] = r
		}
	}
	return m
}

func (m *Matcher) key(s string, i int32) {
	k := strings.Join(words(s), "")
	if _, taken := m.byKey[k]; len(k) >= leastNumber && len(k) <= longestJoined && !taken {
		m.byKey[k] = i
	}
}

// structured are the debts whose references a line carries as such.
func (m *Matcher) structured(l Line) (found []int32) {
	for _, r := range l.References {
		if i, ok := m.byKey[strings.Join(words(r), "")]; ok && !slices.Contains(found, i) {
			found = append(found, i)
		}
	}
	return found
}

// says are the debts whose reference or number stands in the words of a line, in groups or not.
func (m *Matcher) says(l Line) (found []int32) {
	add := func(s string) {
		if len(s) < leastNumber {
			return
		}
		if i, ok := m.byKey[s]; ok && !slices.Contains(found, i) {
			found = append(found, i)
		}
	}
	for _, r := range l.References { // a payer's bank may take a number for a structured reference
		add(strings.Join(words(r), ""))
	}
	for _, text := range []string{l.Text, l.EndToEnd} {
		all := words(text)
		for i := range all {
			joined(all[i:], add)
		}
	}
	return found
}

// inOrder sorts debts as they are due: the order of the index.
func (m *Matcher) inOrder(ids []int32) { slices.Sort(ids) }

func (m *Matcher) bills(ids []int32) (bills []string) {
	for _, i := range ids {
		bills = append(bills, m.debts[i].Bill)
	}
	return bills
}

// namesLike are payers whose names may be like the line's, and how much they are: those who share most words with it, and
// the few who owe its amount. Where more than a few share as many words, the name alone says nothing: then only those
// count who owe the amount.
func (m *Matcher) namesLike(l Line) map[int32]float64 {
	name, found := nameWords(l.Name), map[int32]float64{}
	if len(name) == 0 {
		return found
	}
	shared := m.sharing(name)
	for _, p := range shared {
		if len(shared) <= few || len(found) < few && m.owes(p, l.Amount) {
			found[p] = alike(name, m.payers[p].words)
		}
	}
	if equal := m.byAmount[l.Amount]; len(equal) <= few {
		for _, i := range equal {
			if p := m.payerOf[i]; found[p] == 0 {
				found[p] = alike(name, m.payers[p].words)
			}
		}
	}
	return found
}

// sharing are the payers that share most words with a name.
func (m *Matcher) sharing(name []string) (all []int32) {
	var most uint8
	words := make([]uint8, len(m.payers))
	for _, w := range first(name, 20) {
		for _, p := range m.byWord[w] {
			if words[p]++; words[p] > most {
				most, all = words[p], all[:0]
			}
			if words[p] == most {
				all = append(all, p)
			}
		}
	}
	return all
}

func (m *Matcher) owes(p int32, a money.Amount) bool {
	return slices.ContainsFunc(m.payers[p].debts, func(i int32) bool { return m.debts[i].Owed == a })
}

// together are two or more open bills of a payer that make an amount: the fewest that do, and of those the first due. It
// looks at the first few bills only.
func (m *Matcher) together(p int32, sum money.Amount) []int32 {
	var open []int32
	for _, i := range m.payers[p].debts {
		if m.debts[i].Owed.Currency == sum.Currency && m.debts[i].Owed.Minor <= sum.Minor && len(open) < mostBills {
			open = append(open, i)
		}
	}
	var best []int32
	var try func(from int, left int64, some []int32)
	try = func(from int, left int64, some []int32) {
		if left == 0 && len(some) > 1 && (best == nil || len(some) < len(best)) {
			best = slices.Clone(some)
		}
		if left <= 0 || best != nil && len(some)+1 >= len(best) {
			return
		}
		for n := from; n < len(open); n++ {
			if owed := m.debts[open[n]].Owed.Minor; owed <= left {
				try(n+1, left-owed, append(some, open[n]))
			}
		}
	}
	try(0, sum.Minor, nil)
	return best
}
