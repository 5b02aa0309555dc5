package disclose

import "slices"

// more says whether part is more than share percent of whole.
func more(part int64, share int, whole int64) bool {
	// Amounts are below 2^52 and shares at most 100, so neither product can overflow.
	return 100*part > int64(share)*whole
}

func total(parts []int64) (sum int64) {
	for _, p := range parts {
		sum += p
	}
	return sum
}

// tops gives for each figure its N largest contributors' amounts. Who contributes to several cells counts once in
// their sum; parts without a name are different contributors.
func (p *plan) tops() map[int][]int64 {
	by := map[int]map[string]int64{}
	alone := map[int][]int64{}
	for _, leaf := range p.g.leaves {
		parts := p.g.parts[leaf]
		if len(parts) == 0 {
			continue
		}
		p.g.each(leaf, func(at int) {
			for _, part := range parts {
				if part.Who == "" {
					alone[at] = append(alone[at], part.Amount)
					continue
				}
				if by[at] == nil {
					by[at] = map[string]int64{}
				}
				by[at][part.Who] += part.Amount
			}
		})
	}
	tops := map[int][]int64{}
	for at := range p.g.size {
		all := alone[at]
		for _, v := range by[at] {
			all = append(all, v)
		}
		if len(all) == 0 {
			continue
		}
		slices.SortFunc(all, func(x, y int64) int { return cmp64(y, x) })
		tops[at] = slices.Clone(all[:min(len(all), p.policy.Dominance.N)])
	}
	return tops
}
