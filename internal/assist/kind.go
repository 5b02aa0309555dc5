package assist

// kind describes a question without any passage.
type kind struct {
	asks  [askings]float32
	plain []float32
}

// What is asked for.
const (
	askAmount = iota
	askTime
	askPlace
	askPerson
	askReason
	askHow
	askWhat
	askWhether // can I, do you, is it
	askYes     // an answer, not a question
	askNo
	askings
)

var askNames = [askings]string{"amount", "time", "place", "person", "reason", "how", "what", "whether", "yes", "no"}

// The words that tell, folded. Those of whether, yes and no count at the beginning only.
var asking = map[string]int{
	"much": askAmount, "many": askAmount, "cost": askAmount, "fee": askAmount, "pay": askAmount, "كم": askAmount, "رسوم": askAmount,
	"when": askTime, "long": askTime, "deadline": askTime, "متي": askTime,
	"where": askPlace, "اين": askPlace,
	"who": askPerson, "whom": askPerson, "whose": askPerson,
	"why": askReason, "reason": askReason, "لماذا": askReason,
	"how": askHow, "كيف": askHow,
	"what": askWhat, "which": askWhat, "ما": askWhat, "ماذا": askWhat,
}

var askingFirst = map[string]int{
	"can": askWhether, "could": askWhether, "do": askWhether, "does": askWhether, "did": askWhether, "is": askWhether, "are": askWhether,
	"will": askWhether, "would": askWhether, "should": askWhether, "may": askWhether, "am": askWhether, "have": askWhether, "has": askWhether, "هل": askWhether,
	"yes": askYes, "yeah": askYes, "yep": askYes, "sure": askYes, "ok": askYes, "correct": askYes, "نعم": askYes, "اجل": askYes,
	"no": askNo, "nope": askNo, "not": askNo, "dont": askNo, "لا": askNo, "كلا": askNo,
}

func kindOf(k *talk) kind {
	var out kind
	q := k.turns[0]
	var known, stop float32
	for i, s := range q.slots {
		if a, ok := asking[s.word]; ok {
			out.asks[a] = 1
		}
		if a, ok := askingFirst[s.word]; ok && i < 2 {
			out.asks[a] = 1
		}
		known += is(s.known)
		stop += is(s.stop)
	}
	n := float32(len(q.slots))
	out.plain = append(out.plain, n, q.mass, ratio(known, n), ratio(stop, n), is(q.question), float32(len(k.turns)-1))
	var before turn
	if len(k.turns) > 1 {
		before = k.turns[1]
	}
	out.plain = append(out.plain, is(before.person), is(before.question), before.mass)
	return out
}

var plainNames = []string{"words asked", "mass asked", "known", "stops", "question mark", "turns", "turn 1 is the person's",
	"turn 1 asks", "turn 1 mass"}

func (k *kind) put(r *row) {
	for i, v := range k.asks {
		r.of("asks ", askNames[i], v)
	}
	for i, v := range k.plain {
		r.put(plainNames[i], v)
	}
}
