package assist

// apart is the distance of passages in different documents.
const apart = 30

// onTrack is how near a document must come to the best passage of a turn to count as what that turn was about. It is
// below one, since a turn rarely says all; documents with the same text are equally on track.
const onTrack = 0.8

// place says where a candidate stands beside where the talk has been: the passage of its document that each turn was
// most probably about.
func (s *study) place(r *row, p int32) {
	d, o := s.x.document[p], s.x.shape[p].ordinal
	l := s.local(d)
	for t := 1; t <= closeTurns; t++ {
		n := [...]string{"", "turn 1", "turn 2", "turn 3", "turn 4"}[t]
		offset, share, fit, near := float32(apart), float32(0), float32(0), float32(0)
		if t < len(s.k.turns) {
			near = s.k.near[t]
			share = ratio(s.k.passages[t][p], s.k.turns[t].mass)
			fit = ratio(l.global[t], s.highest[t])
			if l.spot[t] >= 0 && fit >= onTrack {
				offset = float32(o - l.spot[t])
			}
		}
		r.of(n, " offset", offset)
		r.of(n, " share of mass", share)
		r.of(n, " document fits", fit)
		r.of(n, " near", near)
	}
	var office, person, last float32 = 0, 0, maxTurns
	offset := float32(apart)
	var here, all float32
	for t := 1; t < len(s.k.turns); t++ {
		if s.highest[t] == 0 {
			continue
		}
		w := s.k.near[t]
		all += w
		if l.spot[t] < 0 || ratio(l.global[t], s.highest[t]) < onTrack {
			continue
		}
		here += w
		if l.spot[t] == o {
			last = min(last, float32(t))
			if s.k.turns[t].person {
				person += w
			} else {
				office += w
			}
		}
		if offset == apart && !s.k.turns[t].person {
			offset = float32(o - l.spot[t])
		}
	}
	r.put("office was here", office)
	r.put("person was here", person)
	r.put("last here", last)
	r.put("offset from the office", offset)
	r.put("share of turns in document", ratio(here, all))
}
