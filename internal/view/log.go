package view

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// Log is where the public log is read.
type Log struct {
	Public    *publog.Log
	Keys      func(ctx context.Context) ([]proof.Key, error) // that sign it, and have signed it
	Witnesses []proof.Key                                    // that are asked
}

// LogPages are the pages of the public log.
type LogPages struct{ v *View }

// LogPages gives them.
func (v *View) LogPages() LogPages { return LogPages{v} }

// LogPage is the log at a glance.
type LogPage struct {
	Origin    string
	Size      int64 // leaves published; 0 before the first
	At        Instant
	Waiting   int64
	Keys      []string
	Witnesses []LogWitness
	Recent    []LeafLine
}

// LogWitness is a witness and what it has confirmed last.
type LogWitness struct {
	Name, Key string
	Size      int64 // 0 where it has confirmed nothing yet
	At        Instant
}

// LeafLine is a leaf in a list.
type LeafLine struct {
	Index int64
	Kind  string // in words
	Says  string // what it says, in one line
	By    string // the public body
	At    Instant
}

// LeafPage is a leaf in words.
type LeafPage struct {
	LeafLine
	Machine string       // the kind as programs name it
	ID      string       //
	Facts   []RecordFact // what everybody may read
	Shown   []RecordFact // hidden details that a proof shows
	Hidden  []string     // names of details that only the person concerned can show
	Size    int64        // of the log in the state that proves it
	Seen    []LogWitness // who has confirmed that state
}

// errNoLog is what asking about the log comes to where none is kept.
var errNoLog = fault.Wrap(errors.New("no public log is kept"), fault.NotFound, "")

func (l LogPages) read(ctx context.Context, name string, fn func(ctx context.Context, tx *store.Tx) error) error {
	if l.v.Log.Public == nil {
		return errNoLog
	}
	return l.v.read(ctx, name, fn)
}

const (
	recentLeaves = 10
	leavesOnPage = 25
)

// Page is the log at a glance.
func (l LogPages) Page(ctx context.Context, r Reader) (p LogPage, err error) {
	keys, err := l.Keys(ctx)
	if err != nil {
		return p, err
	}
	err = l.read(ctx, "Log", func(ctx context.Context, tx *store.Tx) error {
		p = LogPage{Origin: keys[0].Name()}
		for _, k := range keys {
			p.Keys = append(p.Keys, k.String())
		}
		status, err := l.v.Log.Public.Status(ctx, tx)
		if err != nil {
			return err
		}
		p.Size, p.Waiting = max(status.Published, 0), status.Size-max(status.Published, 0)+status.Waiting
		_, at, err := l.v.Log.Public.Newest(ctx, tx)
		if err != nil {
			return err
		}
		if p.Size > 0 {
			p.At = r.instant(l.v.place(), at)
		}
		if p.Witnesses, err = l.witnesses(ctx, tx, r); err != nil {
			return err
		}
		p.Recent, err = l.leaves(ctx, tx, r, p.Size, recentLeaves)
		return err
	})
	return p, err
}

func (l LogPages) witnesses(ctx context.Context, tx *store.Tx, r Reader) ([]LogWitness, error) {
	seen, err := l.v.Log.Public.Seen(ctx, tx)
	if err != nil {
		return nil, err
	}
	byKey := map[proof.Key]publog.Seen{}
	for _, s := range seen {
		byKey[s.Witness] = s
	}
	var all []LogWitness
	for _, k := range l.v.Log.Witnesses {
		w := LogWitness{Name: k.Name(), Key: k.String()}
		if s, ok := byKey[k]; ok {
			w.Size, w.At = s.Size, r.instant(l.v.place(), s.At)
		}
		all = append(all, w)
	}
	return all, nil
}

// Keys are the keys that sign the log and have signed it, the newest last.
func (l LogPages) Keys(ctx context.Context) ([]proof.Key, error) {
	if l.v.Log.Keys == nil {
		return nil, errNoLog
	}
	keys, err := l.v.Log.Keys(ctx)
	if err == nil && len(keys) == 0 {
		err = errNoLog
	}
	return keys, err
}

// KeyFile is the keys of log and witnesses in the form that `stoa verify --key` reads.
func (l LogPages) KeyFile(ctx context.Context) ([]byte, error) {
	keys, err := l.Keys(ctx)
	if err != nil {
		return nil, err
	}
	out := []byte("# Keys of the public log\n")
	for _, k := range keys {
		out = append(out, k.String()+"\n"...)
	}
	if len(l.v.Log.Witnesses) > 0 {
		out = append(out, "# Keys of its witnesses: ask them whether these are theirs\n"...)
	}
	for _, k := range l.v.Log.Witnesses {
		out = append(out, k.String()+"\n"...)
	}
	return out, nil
}

// Serve gives what stands under a path of the log, for programs; final says that these bytes never change.
func (l LogPages) Serve(ctx context.Context, path string) (data []byte, final bool, err error) {
	err = l.read(ctx, "LogFile", func(ctx context.Context, tx *store.Tx) error {
		data, final, err = l.v.Log.Public.Serve(ctx, tx, path)
		return err
	})
	return data, final, err
}

// leaves are up to n published ones before a place, the newest first.
func (l LogPages) leaves(ctx context.Context, tx *store.Tx, r Reader, before int64, n int) ([]LeafLine, error) {
	from := max(before-int64(n), 0)
	found, err := l.v.Log.Public.Leaves(ctx, tx, from, int(before-from))
	if err != nil {
		return nil, err
	}
	var list []LeafLine
	for i := len(found) - 1; i >= 0; i-- {
		list = append(list, l.line(r, found[i].Index, &found[i].Leaf))
	}
	return list, nil
}

func (l LogPages) line(r Reader, index int64, leaf *proof.Leaf) LeafLine {
	j := l.v.place()
	by := r.organisationName(j, leaf.Organisation)
	if leaf.Organisation == j.File.Jurisdiction {
		by = r.words(j, j.File.Name)
	}
	return LeafLine{Index: index, Kind: r.LeafKind(leaf.Kind), Says: l.says(r, leaf), By: by, At: r.instant(j, leaf.At)}
}

// Leaves is a page of the log, the newest first; before is where it begins, 0 for the end of the log. next is where the
// next page begins, 0 on the last.
func (l LogPages) Leaves(ctx context.Context, r Reader, before int64) (list []LeafLine, next int64, err error) {
	err = l.read(ctx, "Leaves", func(ctx context.Context, tx *store.Tx) error {
		status, err := l.v.Log.Public.Status(ctx, tx)
		if err != nil {
			return err
		}
		if before <= 0 || before > status.Published {
			before = max(status.Published, 0)
		}
		list, err = l.leaves(ctx, tx, r, before, leavesOnPage)
		next = max(before-leavesOnPage, 0)
		return err
	})
	return list, next, err
}

// Leaf is a leaf in words, with who has confirmed the state that proves it.
func (l LogPages) Leaf(ctx context.Context, r Reader, index int64) (p LeafPage, err error) {
	raw, err := l.LeafProof(ctx, index)
	if err != nil {
		return p, err
	}
	return l.Prove(ctx, r, raw)
}

// LeafProof is the proof of a leaf as anybody may have it: with nothing hidden shown.
func (l LogPages) LeafProof(ctx context.Context, index int64) (bundle []byte, err error) {
	err = l.read(ctx, "LeafProof", func(ctx context.Context, tx *store.Tx) error {
		found, err := l.v.Log.Public.Leaves(ctx, tx, index, 1)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fault.NewNotFound("")
		}
		bundle, err = l.v.Log.Public.Bundle(ctx, tx, leafName(&found[0].Leaf), false)
		return err
	})
	return bundle, err
}

func leafName(leaf *proof.Leaf) publog.Name {
	return publog.Name{Organisation: leaf.Organisation, Kind: leaf.Kind, ID: leaf.ID}
}

// Prove holds a proof to the log's own keys, and says in words what it proves. What does not hold is a *proof.Failure.
func (l LogPages) Prove(ctx context.Context, r Reader, bundle []byte) (p LeafPage, err error) {
	keys, err := l.Keys(ctx)
	if err != nil {
		return p, err
	}
	proved, err := proof.Verify(bundle, proof.Trust{Logs: keys, Witnesses: l.v.Log.Witnesses})
	if err != nil {
		return p, err
	}
	leaf := proved.Leaf
	p = LeafPage{LeafLine: l.line(r, proved.Index, leaf), Machine: leaf.Kind, ID: leaf.ID, Size: proved.Size}
	for _, ref := range leaf.Refs {
		p.Facts = append(p.Facts, RecordFact{r.LeafField(ref.Kind), l.value(r, leaf, proof.Field{Name: ref.Kind, Value: ref.ID})})
	}
	for _, f := range leaf.Fields {
		if f.Value != "" {
			p.Facts = append(p.Facts, RecordFact{l.label(r, leaf, f.Name), l.value(r, leaf, f)})
		}
	}
	shown := map[string]bool{}
	for _, f := range proved.Opened {
		shown[f.Name] = true
		p.Shown = append(p.Shown, RecordFact{l.label(r, leaf, f.Name), l.value(r, leaf, f)})
	}
	for _, h := range leaf.Hidden {
		if !shown[h.Name] {
			p.Hidden = append(p.Hidden, l.label(r, leaf, h.Name))
		}
	}
	for _, c := range proved.Cosigned {
		p.Seen = append(p.Seen, LogWitness{Name: c.Witness.Name(), Size: proved.Size, At: r.instant(l.v.place(), c.At)})
	}
	return p, nil
}

// Proof is how far what somebody holds in the hand has come in the public log.
type Proof struct {
	Logged    bool // false: from before the log began
	Published bool
	Index     int64
	Witnesses int // that have confirmed the state which proves it
}

func (l LogPages) standing(ctx context.Context, tx *store.Tx, name publog.Name) (p Proof, err error) {
	if l.v.Log.Public == nil {
		return p, nil
	}
	place, err := l.v.Log.Public.Find(ctx, tx, name)
	if fault.KindOf(err) == fault.NotFound {
		return p, nil
	}
	p = Proof{Logged: true, Published: place.Published, Index: place.Index}
	if err != nil || !place.Published {
		return p, err
	}
	raw, err := l.v.Log.Public.Bundle(ctx, tx, name, false)
	if err != nil {
		return p, err
	}
	keys, err := l.Keys(ctx)
	if err != nil {
		return p, err
	}
	proved, err := proof.Verify(raw, proof.Trust{Logs: keys, Witnesses: l.v.Log.Witnesses})
	if err != nil {
		return p, fmt.Errorf("our own proof of %s %s: %w", name.Kind, name.ID, err)
	}
	p.Witnesses = len(proved.Cosigned)
	return p, nil
}

// last is the newest leaf of what may be logged several times: ID, ID.2, and so on.
func (l LogPages) last(ctx context.Context, tx *store.Tx, name publog.Name) (publog.Name, error) {
	found, id := name, name.ID
	for n := 2; l.v.Log.Public != nil; n++ {
		_, err := l.v.Log.Public.Find(ctx, tx, name)
		if fault.KindOf(err) == fault.NotFound {
			return found, nil
		}
		if err != nil {
			return found, err
		}
		found, name.ID = name, id+"."+strconv.Itoa(n)
	}
	return found, nil
}

// own reads something of the reader's own: find asks for the right to it and names its leaf.
func (l LogPages) own(ctx context.Context, what string, find func(ctx context.Context, tx *store.Tx) (publog.Name, error)) (p Proof, bundle func() ([]byte, error), err error) {
	var name publog.Name
	err = l.read(ctx, what, func(ctx context.Context, tx *store.Tx) error {
		if name, err = find(ctx, tx); err != nil {
			return err
		}
		p, err = l.standing(ctx, tx, name)
		return err
	})
	return p, func() (raw []byte, err error) {
		err = l.read(ctx, what+"Proof", func(ctx context.Context, tx *store.Tx) error {
			raw, err = l.v.Log.Public.Bundle(ctx, tx, name, true)
			return err
		})
		return raw, err
	}, err
}

// Payment is the reader's own receipt in the log; bundle writes its proof, which shows what only the payer may.
func (l LogPages) Payment(ctx context.Context, r Reader, id string) (p Proof, bundle func() ([]byte, error), err error) {
	book, err := l.v.book()
	if err != nil {
		return p, nil, err
	}
	return l.own(ctx, "PaymentLeaf", func(ctx context.Context, tx *store.Tx) (publog.Name, error) {
		one, err := l.v.Money.Treasury.Payments.Get(ctx, tx, book.Organisation, id)
		if err != nil {
			return publog.Name{}, err
		}
		thing, err := treasury.PaymentThing(ctx, tx, l.v.Money.Treasury.Bills, one)
		if err != nil {
			return publog.Name{}, err
		}
		if err := policy.Can(r.Actor, policy.BillOwn, thing); err != nil {
			return publog.Name{}, err
		}
		return l.last(ctx, tx, publog.Name{Organisation: one.Organisation, Kind: publog.PaymentReceived, ID: one.ID})
	})
}

// Licence is the reader's own licence in the log, in its present version.
func (l LogPages) Licence(ctx context.Context, r Reader, id string) (p Proof, bundle func() ([]byte, error), err error) {
	return l.own(ctx, "LicenceLeaf", func(ctx context.Context, tx *store.Tx) (publog.Name, error) {
		rec, _, err := l.v.licence(ctx, tx, r, id)
		if err != nil {
			return publog.Name{}, err
		}
		name := publog.Name{Organisation: rec.Organisation, ID: rec.ID + "." + strconv.FormatInt(rec.Version, 10)}
		for _, name.Kind = range []string{publog.LicenceIssued, publog.LicenceChanged, publog.LicenceSuspended, publog.LicenceRevoked, publog.LicenceSurrendered} {
			if l.v.Log.Public == nil {
				break
			}
			if _, err := l.v.Log.Public.Find(ctx, tx, name); fault.KindOf(err) != fault.NotFound {
				return name, err
			}
		}
		return name, nil
	})
}

// Decision is the decision on the reader's own case in the log, as a letter tells of it.
func (l LogPages) Decision(ctx context.Context, r Reader, caseID, letter string) (p Proof, bundle func() ([]byte, error), err error) {
	p, bundle, err = l.own(ctx, "DecisionLeaf", func(ctx context.Context, tx *store.Tx) (publog.Name, error) {
		c, err := l.v.ownCase(ctx, tx, r, caseID)
		if err != nil {
			return publog.Name{}, err
		}
		if !l.tells(ctx, tx, c, letter) {
			return publog.Name{}, nil
		}
		return l.last(ctx, tx, publog.Name{Organisation: c.Organisation, Kind: publog.CaseDecided, ID: c.ID})
	})
	return p, bundle, err
}

// tells reports whether a letter was sent when the case was decided, or after.
func (l LogPages) tells(ctx context.Context, tx *store.Tx, c *docket.Case, letter string) bool {
	if c.Decision == nil {
		return false
	}
	sent, err := l.v.Docket.Cases.SentLetters(ctx, tx, c.Case)
	if err != nil {
		return false
	}
	for _, s := range sent {
		if s.ID == letter {
			return !docket.Day(c.Service, s.At).Before(c.Decision.Date)
		}
	}
	return false
}
