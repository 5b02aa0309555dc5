package sandbox

import (
	"strings"
	"time"

	"stoa/internal/i18n"
	"stoa/internal/money"
	"stoa/internal/pay"
)

// card is a way for a payment to go.
type card struct {
	id    string
	title string // msgid: what the person chooses
	hint  string // msgid: what will happen
}

// cards are all ways, in the order of the page.
var cards = []card{
	{"succeeds", i18n.Msg("A card that works"), ""},
	{"declined", i18n.Msg("A card that is declined"), ""},
	{"second_try", i18n.Msg("A card that is declined at first and works the second time"), ""},
	{"silent", i18n.Msg("A card that works, and the message about it is lost"), i18n.Msg("The office finds out when it asks.")},
	{"twice", i18n.Msg("A card that works, and the message about it comes twice"), ""},
	{"late", i18n.Msg("A card that takes a minute"), i18n.Msg("The money comes after you have returned.")},
	{"out_of_order", i18n.Msg("A card that works, and an old message about a failure comes afterwards"), ""},
	{"wrong_signature", i18n.Msg("A card that works, and somebody forges the message about it"), i18n.Msg("The office finds out when it asks.")},
	{"wrong_amount", i18n.Msg("A card that pays less than was asked"), ""},
	{"disputed", i18n.Msg("A card whose owner disputes the payment two minutes later"), ""},
	{"dispute_won", i18n.Msg("A card whose owner disputes the payment, and loses the dispute"), i18n.Msg("Decided two minutes after the dispute.")},
	{"dispute_lost", i18n.Msg("A card whose owner disputes the payment, and wins the dispute"), i18n.Msg("Decided two minutes after the dispute.")},
	{"refund_fails", i18n.Msg("A card that works, and takes no refund"), i18n.Msg("A refund fails a minute after it was asked for.")},
}

// cardOf finds a card and its place.
func cardOf(id string) (int, bool) {
	for i, c := range cards {
		if c.id == id {
			return i, true
		}
	}
	return 0, false
}

// number is a card's, with a right check digit (ISO/IEC 7812-1, Annex B), and in a range that no bank has.
func number(i int) string {
	digits := []byte("000000000000")
	for n, at := i+1, len(digits)-1; n > 0; n, at = n/10, at-1 {
		digits[at] = byte('0' + n%10)
	}
	whole := "400" + string(digits)
	whole += string(rune('0' + check(whole)))
	return strings.Join([]string{whole[:4], whole[4:8], whole[8:12], whole[12:]}, "\u00a0") // never broken between lines
}

func check(digits string) int {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return (10 - sum%10) % 10
}

// Delays of what happens by itself.
const (
	lateBy     = time.Minute
	disputedIn = 2 * time.Minute
	decidedIn  = 4 * time.Minute
	refundIn   = time.Minute
)

// charge lets a payment go the card's way. It reports whether the payer has paid. The order is locked.
func (s *Server) charge(o *order, cardID string, now time.Time) bool {
	if cardID == "declined" || cardID == "second_try" && !o.tried {
		o.tried = true
		s.happens(o, pay.Report{Kind: pay.Failed, At: now}, 1)
		return false
	}
	o.card, o.done = cardID, true
	paid := pay.Report{Kind: pay.Paid, Amount: o.amount, At: now, Charge: s.newID("ch_")}
	o.charge = paid.Charge
	switch cardID {
	case "silent":
		s.happens(o, paid, 0)
	case "twice":
		s.happens(o, paid, 2)
	case "late":
		paid.At = now.Add(lateBy)
		s.happens(o, paid, 1)
	case "out_of_order":
		s.happens(o, paid, 1)
		s.happens(o, pay.Report{Kind: pay.Failed, At: now.Add(-time.Second)}, 1)
	case "wrong_signature":
		s.happens(o, paid, 0)
		s.forge(o, paid)
	case "wrong_amount":
		paid.Amount = less(paid.Amount)
		s.happens(o, paid, 1)
	default:
		s.happens(o, paid, 1)
	}
	dispute := pay.Report{Kind: pay.Disputed, Amount: paid.Amount, Key: "dp_" + strings.TrimPrefix(paid.Charge, "ch_"), At: now.Add(disputedIn)}
	switch cardID {
	case "disputed", "dispute_won", "dispute_lost":
		s.happens(o, dispute, 1)
	}
	dispute.At = now.Add(decidedIn)
	switch cardID {
	case "dispute_won":
		dispute.Kind = pay.DisputeWon
		s.happens(o, dispute, 1)
	case "dispute_lost":
		dispute.Kind = pay.DisputeLost
		s.happens(o, dispute, 1)
	}
	return true
}

// less is a tenth less, or at least another amount.
func less(a money.Amount) money.Amount {
	if a.Minor == 1 {
		return money.Amount{Minor: 2, Currency: a.Currency}
	}
	a.Minor -= max(1, a.Minor/10)
	return a
}
