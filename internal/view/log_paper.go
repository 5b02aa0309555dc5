package view

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"stoa/internal/document"
	"stoa/internal/fault"
	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/store"
)

// OnPaper is a proof as text for the code that is printed on a document, which proves it without a network; "" where it does
// not fit. The code opens what the document says and nothing else: whoever is shown the paper learns no more from it.
func (l LogPages) OnPaper(r Reader, bundle []byte, printed document.Document) (string, error) {
	b, err := proof.ParseBundle(bundle)
	if err != nil {
		return "", err
	}
	leaf, err := proof.ParseLeaf(b.Leaf)
	if err != nil {
		return "", err
	}
	says := document.PlainText(printed)
	b.Openings = slices.DeleteFunc(b.Openings, func(o proof.Opening) bool {
		f := proof.Field{Name: o.Name, Value: o.Value}
		return !prints(says, l.label(r, leaf, o.Name), o.Value) && !prints(says, l.label(r, leaf, o.Name), l.value(r, leaf, f))
	})
	text, _, _ := b.OnPaper()
	return text, nil
}

// prints tells whether a document says a value: beside its label, since what is short stands by chance elsewhere too, as a town
// does in a letterhead. Prose counts wherever it stands.
func prints(says, label, value string) bool {
	const prose = 60
	if value == "" {
		return false
	}
	isolates := strings.NewReplacer("\u2068", "", "\u2069", "")
	says, value = isolates.Replace(says), isolates.Replace(value)
	if len(value) > prose {
		return strings.Contains(says, value)
	}
	for line := range strings.SplitSeq(says, "\n") {
		if strings.Contains(line, label) && strings.Contains(line, value) {
			return true
		}
	}
	return false
}

// Today is how something that is proved to have been so stands today.
type Today struct {
	State   string // of a licence, as record.On gives it; "" where nothing is known here
	Changed bool   // the register has a newer version than the proof
	Day     string
	URL     string // where it can be looked up
}

// Stands looks up what a proof cannot say: how it stands today. leaf is what was proved.
func (l LogPages) Stands(ctx context.Context, r Reader, p LeafPage) (t Today, err error) {
	if p.Machine == publog.ExtractIssued {
		return Today{URL: "/verify/copies/" + p.ID}, nil
	}
	if !strings.HasPrefix(p.Machine, "licence.") {
		return t, nil
	}
	id, version, _ := strings.Cut(p.ID, ".")
	err = l.read(ctx, "StandsToday", func(ctx context.Context, tx *store.Tx) error {
		rec, err := l.v.Docket.Records.Public(ctx, tx, id)
		if fault.KindOf(missing(err)) == fault.NotFound {
			return nil // of a register that is not public
		}
		if err != nil {
			return err
		}
		if _, err := l.v.publicRegister(r, rec.Register); err != nil {
			return err
		}
		today := l.v.place().Calendar.DateOf(tx.Now())
		t = Today{State: rec.On(today), Changed: strconv.FormatInt(rec.Version, 10) != version, Day: r.date(today), URL: "/verify/" + rec.ID}
		return nil
	})
	return t, err
}
