package disclose

import (
	"stoa/internal/fault"
	"stoa/internal/i18n"
)

// Category is one value of a dimension. Parent names the category that contains it, as 2026 contains 2026-03; those
// without one belong to the total.
type Category struct{ ID, Parent string }

// Dimension is what a table is counted by. Its lowest categories do not overlap. NoTotal says that the sum over the
// whole dimension is not published.
type Dimension struct {
	ID         string
	Categories []Category
	NoTotal    bool
}

// Flat is a dimension without levels between its categories and their total.
func Flat(id string, categories ...string) Dimension {
	d := Dimension{ID: id}
	for _, c := range categories {
		d.Categories = append(d.Categories, Category{ID: c})
	}
	return d
}

// Months is a dimension of months (2026-03) within their years.
func Months(id string, months ...string) Dimension {
	d, years := Dimension{ID: id}, map[string]bool{}
	for _, m := range months {
		year, _, _ := cutYear(m)
		d.Categories = append(d.Categories, Category{ID: m, Parent: year})
		if year != "" && !years[year] {
			years[year] = true
			d.Categories = append(d.Categories, Category{ID: year})
		}
	}
	return d
}

// Part is what one contributor adds to an amount. Who only tells contributors apart; it is never published.
type Part struct {
	Who    string
	Amount int64
}

// Cell is a lowest cell of a table: one lowest category for each dimension. Cells that are not given are zero.
type Cell struct {
	At     []string
	Count  int64  // persons, applications, suppliers: what must not be few
	Amount int64  // in the smallest unit; used if the table publishes amounts
	Parts  []Part // the largest parts of the amount, for the dominance rule
}

// Table is what is to be published: the cells and every sum over categories that contain others.
type Table struct {
	Dimensions []Dimension // one to four
	Cells      []Cell
	Amounts    bool    // amounts are published beside the counts
	Before     *Memory // what the version before left in [Report.Memory]
	Secret     []byte  // stays with the dataset, known to nobody: which figures are hidden with others depends on it
}

// Dominance is the (n,k) rule: an amount is hidden if its N largest parts are more than Share percent of it.
type Dominance struct{ N, Share int }

// Policy says how a table is protected.
type Policy struct {
	Floor         int  // figures from 1 to Floor-1 are hidden; 0 or 1 hides none
	Complementary bool // hide more, so that no small figure can be worked out
	RoundTo       int  // round counts that are shown to the nearest multiple, 0 not at all
	Dominance     Dominance
}

const mostFloor = 1000

// Check refuses what makes no sense, in a sentence for whoever wrote it.
func (p Policy) Check() error {
	switch {
	case p.Floor < 0 || p.Floor > mostFloor:
		return fault.NewInvalid(i18n.Msg("The disclosure floor is {floor}. Choose a number from 0 to {most}"), "floor", p.Floor, "most", mostFloor)
	case p.RoundTo < 0:
		return fault.NewInvalid(i18n.Msg("Figures cannot be rounded to {base}. Choose 0 or a number above it"), "base", p.RoundTo)
	case p.RoundTo > 1 && p.Floor < 2:
		return fault.NewInvalid(i18n.Msg("Rounding alone hides nobody: sums give the figures back. Set a disclosure floor as well"))
	case p.RoundTo > 2*p.Floor:
		return fault.NewInvalid(i18n.Msg("Rounding to {base} would show figures of {floor} as 0. Choose {most} or less"), "base", p.RoundTo, "floor", p.Floor, "most", 2*p.Floor)
	case p.Dominance.N < 0 || p.Dominance.N > 0 && (p.Dominance.Share < 1 || p.Dominance.Share > 99):
		return fault.NewInvalid(i18n.Msg("The dominance rule needs a number of contributors and a share from 1 to 99 percent"))
	}
	return nil
}

// Figure is one published figure. At names a category for each dimension, empty for its total. A hidden figure has one
// mark whatever the reason: the reason would tell how large it is.
type Figure struct {
	At            []string
	Count, Amount int64
	Hidden        bool
}

// Published is what everybody may see: every cell and sum of the table, in the order of its dimensions.
type Published struct {
	Dimensions []Dimension
	Figures    []Figure
	RoundedTo  int
	Amounts    bool
}

// Report says what was done, for those who publish. Its Memory is not for publication.
type Report struct {
	Figures    int // that are not zero
	Small      int // below the floor
	Dominated  int // amounts that few contributors make
	Changed    int // whose difference to the version before is below the floor
	Earlier    int // hidden before, and too little has changed since
	Complement int // hidden so that others cannot be worked out
	Rounded    int
	HeldBack   bool // too little has changed since the version before: nothing may be published
	Proven     bool // each small figure was shown to have other tables that look the same
	Floor      int
	Memory     *Memory
}

// Hidden is how many figures are not shown.
func (r *Report) Hidden() int { return r.Small + r.Dominated + r.Changed + r.Earlier + r.Complement }
