package allocate

// conflict is a smallest set of rows that cannot be kept together, for a programme whose relaxation has no point: each
// row in turn is left out, and stays out if what remains still has none. It is smallest in the sense that with any one
// of them gone the others can be kept.
func conflict(p *programme, m *meter) []int {
	s := newTableau(p, m)
	if s.solve(inf) != infeasible {
		return nil
	}
	in := s.witness()
	if !impossible(p, in, m) { // rounding spoilt the witness
		in = in[:0]
		for i := range p.rows {
			in = append(in, i)
		}
	}
	for k := 0; k < len(in); {
		without := append(append([]int(nil), in[:k]...), in[k+1:]...)
		if impossible(p, without, m) {
			in = without
		} else {
			k++
		}
	}
	return in
}

func impossible(p *programme, rows []int, m *meter) bool {
	q := &programme{cost: make([]float64, len(p.cost)), low: p.low, high: p.high}
	for _, i := range rows {
		q.rows = append(q.rows, p.rows[i])
	}
	return newTableau(q, m).solve(inf) == infeasible
}

// witness are the rows that make up the one which was found to be out of reach.
func (s *tableau) witness() (rows []int) {
	seen := make([]bool, len(s.basic))
	r := s.stuck
	if v := s.basic[r]; v >= s.n {
		seen[v-s.n] = true
	}
	for j, a := range s.t[r] {
		if v := s.nonbasic[j]; v >= s.n && a != 0 {
			seen[v-s.n] = true
		}
	}
	for i, in := range seen {
		if in {
			rows = append(rows, i)
		}
	}
	return rows
}
