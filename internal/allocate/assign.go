package allocate

import "math"

// Assign pairs each row with a column of its own at the least total cost, by shortest augmenting paths (the Hungarian
// method), with the prices that prove it: for every pair cost - row - column is at least 0, and 0 for the pairs chosen.
// There must be no more rows than columns; a cost of +Inf forbids a pair. Not ok: no complete pairing avoids what is forbidden,
// or the costs are no matrix.
func Assign(cost [][]float64) (column []int, rowPrice, columnPrice []float64, ok bool) {
	n := len(cost)
	if n == 0 {
		return nil, nil, nil, true
	}
	m := len(cost[0])
	for _, r := range cost {
		if len(r) != m || m < n {
			return nil, nil, nil, false
		}
		for _, c := range r {
			if math.IsNaN(c) || math.IsInf(c, -1) {
				return nil, nil, nil, false
			}
		}
	}
	u, v := make([]float64, n), make([]float64, m)
	owner := make([]int, m) // row of each column, -1 when free
	for j := range owner {
		owner[j] = -1
	}
	for i := range n {
		end, way := shortestWay(cost, u, v, owner, i)
		if end < 0 {
			return nil, nil, nil, false
		}
		for end >= 0 {
			before := way[end]
			if before < 0 {
				owner[end] = i
			} else {
				owner[end] = owner[before]
			}
			end = before
		}
	}
	column = make([]int, n)
	for j, i := range owner {
		if i >= 0 {
			column[i] = j
		}
	}
	return column, u, v, true
}

// shortestWay finds the cheapest way from row i to a free column, by reduced costs, and lifts the prices along it. way
// is the column before each column, -1 for the first.
func shortestWay(cost [][]float64, u, v []float64, owner []int, i int) (end int, way []int) {
	m := len(v)
	least, done := make([]float64, m), make([]bool, m)
	way = make([]int, m)
	for j := range least {
		least[j], way[j] = inf, -1
	}
	row, at, far := i, -1, 0.0
	for {
		for j := range m {
			if d := far + cost[row][j] - u[row] - v[j]; !done[j] && d < least[j] {
				least[j], way[j] = d, at
			}
		}
		at = -1
		for j := range m {
			if !done[j] && least[j] < inf && (at < 0 || least[j] < least[at]) {
				at = j
			}
		}
		if at < 0 {
			return -1, nil
		}
		done[at], far = true, least[at]
		if owner[at] < 0 {
			break
		}
		row = owner[at]
	}
	u[i] += far
	for j := range m {
		if done[j] && j != at {
			u[owner[j]] += far - least[j]
			v[j] -= far - least[j]
		}
	}
	return at, way
}

// Arc is a way from one place to another, for at most Room units, each at Cost.
type Arc struct {
	From, To   int
	Room, Cost int
}

// Flow sends amounts from one place to another through arcs at the least cost: supply[k] units begin at place k, or end
// there when negative, and the sum is 0. It returns the units on each arc and each place's price; where not all can be
// sent, not ok, and cut holds the places that cannot send on what they have: the arcs that leave them are full.
// Negative costs are allowed: such arcs are filled first, and emptied again as far as it pays. Shortest augmenting paths by
// Bellman and Ford.
func Flow(supply []int, arcs []Arc) (units, price, cut []int, ok bool) {
	n := len(supply)
	net := &network{out: make([][]int, n+2)}
	source, sink := n, n+1
	need := 0
	own := make([]int, n)
	copy(own, supply)
	units = make([]int, len(arcs))
	for k, a := range arcs {
		if a.From < 0 || a.From >= n || a.To < 0 || a.To >= n || a.Room < 0 {
			return nil, nil, nil, false
		}
		net.add(a.From, a.To, a.Room, a.Cost)
		if a.Cost < 0 {
			net.room[2*k], net.room[2*k+1] = 0, a.Room
			own[a.From] -= a.Room
			own[a.To] += a.Room
		}
	}
	sum := 0
	for k, s := range own {
		sum += supply[k]
		if s > 0 {
			net.add(source, k, s, 0)
			need += s
		} else if s < 0 {
			net.add(k, sink, -s, 0)
		}
	}
	if sum != 0 {
		return nil, nil, nil, false
	}
	for need > 0 {
		far, by := net.shortest(source)
		if far[sink] == math.MaxInt {
			for k := range n {
				if far[k] < math.MaxInt {
					cut = append(cut, k)
				}
			}
			return nil, nil, cut, false
		}
		most := need
		for k := sink; k != source; k = net.from(by[k]) {
			most = min(most, net.room[by[k]])
		}
		for k := sink; k != source; k = net.from(by[k]) {
			net.room[by[k]] -= most
			net.room[by[k]^1] += most
		}
		need -= most
	}
	for k := range arcs {
		units[k] = net.room[2*k+1]
	}
	return units, net.prices(n), nil, true
}

// network holds each arc with its way back beside it: arcs 2k and 2k+1.
type network struct {
	to, room, cost []int
	out            [][]int
}

func (w *network) add(from, to, room, cost int) {
	w.out[from] = append(w.out[from], len(w.to))
	w.out[to] = append(w.out[to], len(w.to)+1)
	w.to, w.room, w.cost = append(w.to, to, from), append(w.room, room, 0), append(w.cost, cost, -cost)
}

func (w *network) from(arc int) int { return w.to[arc^1] }

// shortest is the least cost to every place from one, and the arc by which it is reached.
func (w *network) shortest(from int) (far, by []int) {
	far, by = make([]int, len(w.out)), make([]int, len(w.out))
	for k := range far {
		far[k] = math.MaxInt
	}
	far[from] = 0
	w.relax(far, by, []int{from})
	return far, by
}

// prices are the least costs to each place from outside, at nothing: with them no arc that has room left costs less
// than nothing.
func (w *network) prices(n int) []int {
	far, all := make([]int, len(w.out)), make([]int, n)
	for k := range all {
		all[k] = k
	}
	far[n], far[n+1] = math.MaxInt, math.MaxInt
	w.relax(far, make([]int, len(w.out)), all)
	return far[:n]
}

func (w *network) relax(far, by, queue []int) {
	waiting := make([]bool, len(w.out))
	for _, k := range queue {
		waiting[k] = true
	}
	for len(queue) > 0 {
		k := queue[0]
		queue = queue[1:]
		waiting[k] = false
		for _, a := range w.out[k] {
			if j := w.to[a]; w.room[a] > 0 && far[k]+w.cost[a] < far[j] {
				far[j], by[j] = far[k]+w.cost[a], a
				if !waiting[j] {
					waiting[j] = true
					queue = append(queue, j)
				}
			}
		}
	}
}
