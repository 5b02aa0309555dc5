package flow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"stoa/internal/docket"
	"stoa/internal/ledger"
	"stoa/internal/pay"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// log tells the public what happened, in the transaction in which it did. Where no log is kept it does nothing.
func (f *Flow) log(ctx context.Context, tx *store.Tx, e publog.Event) error {
	if f.Log == nil {
		return nil
	}
	for i := range e.Fields {
		e.Fields[i].Value = bounded(e.Fields[i].Value)
	}
	e.Hidden = slices.DeleteFunc(e.Hidden, func(h proof.Field) bool { return h.Value == "" })
	return f.Log.Append(ctx, tx, e)
}

// logNext is log for what may happen to the same thing again: the second time it is called ID.2, and so on.
func (f *Flow) logNext(ctx context.Context, tx *store.Tx, e publog.Event) error {
	id := e.ID
	for n := 2; ; n++ {
		err := f.log(ctx, tx, e)
		if !errors.Is(err, publog.ErrLogged) {
			return err
		}
		e.ID = id + "." + strconv.Itoa(n)
	}
}

// longest is how much of a text a leaf says. All its fields together have room in it.
const longest = 2000

// bounded is a text, or where that is too long for a leaf, its hash.
func bounded(text string) string {
	if len(text) <= longest {
		return text
	}
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// fieldName is a name of a jurisdiction's own, such as a register's field, as a leaf's field.
func fieldName(kind, id string) string {
	const most = 64
	if len(kind)+1+len(id) <= most {
		return kind + "." + id
	}
	sum := sha256.Sum256([]byte(id))
	return kind + "." + id[:most-len(kind)-18] + "-" + hex.EncodeToString(sum[:8])
}

// LogEntries logs what is posted: the hash of the entry, its day, and what moved on each account. Which bill, payment or
// person it is about is in the entry itself, and so in the hash only.
func LogEntries(l *publog.Log) func(ctx context.Context, tx *store.Tx, b *ledger.Booked) error {
	return func(ctx context.Context, tx *store.Tx, b *ledger.Booked) error {
		sum := sha256.Sum256(b.Leaf())
		err := l.Append(ctx, tx, publog.Event{Kind: publog.EntryPosted, ID: b.ID, Organisation: b.Organisation, Fields: []proof.Field{
			{Name: "day", Value: b.Value.String()}, {Name: "about", Value: b.Source.Kind}, {Name: "entry", Value: hex.EncodeToString(sum[:])},
			{Name: "moved", Value: bounded(moved(b.Lines))},
		}})
		if errors.Is(err, publog.ErrLogged) { // the same entry, posted again under its key
			return nil
		}
		return err
	}
}

// moved is what an entry did to each account, in minor units: "1200 +2100 GBP; 4110 -2100 GBP". Accounts are as the
// lines name them first.
func moved(lines []ledger.Line) string {
	type account struct{ code, currency string }
	var order []account
	net := map[account]int64{}
	for _, l := range lines {
		a := account{l.Account, l.Amount.Currency}
		if _, there := net[a]; !there {
			order = append(order, a)
		}
		net[a] += l.Amount.Minor
	}
	var b strings.Builder
	for i, a := range order {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "%s %+d %s", a.code, net[a], a.currency)
	}
	return b.String()
}

// logPayment logs that money came: what the receipt says, without the payer.
func (f *Flow) logPayment(ctx context.Context, tx *store.Tx, p *pay.Payment, bills []string) error {
	return f.logNext(ctx, tx, publog.Event{
		Kind: publog.PaymentReceived, ID: p.ID, Organisation: p.Organisation, Subject: p.Subject,
		Fields: []proof.Field{{Name: "receipt", Value: p.Number}, {Name: "day", Value: p.Day.String()}, {Name: "method", Value: p.Method},
			{Name: "amount", Value: strconv.FormatInt(p.Received.Minor, 10)}, {Name: "currency", Value: p.Received.Currency}},
		Hidden: hidden("payer", p.Name, "bills", strings.Join(bills, " ")),
	})
}

func hidden(namesAndValues ...string) []proof.Field {
	var all []proof.Field
	for i := 0; i < len(namesAndValues); i += 2 {
		all = append(all, proof.Field{Name: namesAndValues[i], Value: namesAndValues[i+1]})
	}
	return all
}

// logDecision logs what was decided on a case, under which law and rules; for whom and why is for the person concerned.
func (f *Flow) logDecision(ctx context.Context, tx *store.Tx, c *docket.Case, e process.Effects) error {
	if e.Decision == nil || f.Log == nil {
		return nil
	}
	who, err := f.People.Get(ctx, tx, c.Person)
	if err != nil {
		return err
	}
	d, law, by := e.Decision, "", "officer"
	if d.By == "" {
		by = "law" // by the passing of a deadline
	}
	for _, a := range c.Service.Actions {
		if a.ID == d.Action && a.Law != "" {
			law = process.Source(c.Service.Law[a.Law])
		}
	}
	return f.logNext(ctx, tx, publog.Event{
		Kind: publog.CaseDecided, ID: c.ID, Organisation: c.Organisation, Subject: c.Subject,
		Fields: []proof.Field{{Name: "service", Value: c.Service.Service}, {Name: "action", Value: d.Action}, {Name: "outcome", Value: d.Outcome},
			{Name: "by", Value: by}, {Name: "day", Value: d.Date.String()}, {Name: "law", Value: law}, {Name: "definition", Value: c.Definition}},
		Hidden: hidden("case", c.Number, "applicant", who.Name, "about", c.Label, "reasons", strings.Join(d.Reasons, " "), "reason", d.Reason,
			"conditions", strings.Join(d.Conditions, " "), "own-conditions", strings.Join(d.Own, "\n")),
	})
}

// logRecord logs a version of a record: what its register publishes and is nobody's personal detail. The rest is for the
// person concerned.
func (f *Flow) logRecord(ctx context.Context, tx *store.Tx, reg *service.Register, r *record.Record, change, reason string) error {
	e := publog.Event{
		Kind: publog.RecordChanged, ID: r.ID + "." + strconv.FormatInt(r.Version, 10), Organisation: r.Organisation, Subject: r.Subject,
		Refs:   []proof.Ref{{Kind: "register", ID: r.Register}, {Kind: "record", ID: r.ID}},
		Fields: []proof.Field{{Name: "change", Value: change}, {Name: "state", Value: r.State}, {Name: "from", Value: r.From.String()}},
	}
	if !r.Until.IsZero() {
		e.Fields = append(e.Fields, proof.Field{Name: "until", Value: r.Until.String()})
	}
	if r.Service != "" {
		e.Kind = licenceKind(r.State, change)
	}
	say := func(public bool, name, value string) {
		if public {
			e.Fields = append(e.Fields, proof.Field{Name: name, Value: value})
		} else {
			e.Hidden = append(e.Hidden, proof.Field{Name: name, Value: value})
		}
	}
	say(false, "reason", reason)
	say(reg.Public, "number", r.Number)
	for _, field := range reg.Fields {
		if value, there := r.Fields[field.ID]; there && value != "" {
			say(reg.Public && field.Public && field.Personal == "", fieldName("field", field.ID), value)
		}
	}
	return f.log(ctx, tx, e)
}

func licenceKind(state, change string) string {
	switch {
	case state == record.Suspended:
		return publog.LicenceSuspended
	case state == record.Revoked:
		return publog.LicenceRevoked
	case state == record.Surrendered:
		return publog.LicenceSurrendered
	case change == "issued":
		return publog.LicenceIssued
	}
	return publog.LicenceChanged
}

// releaseFields is how many fields one leaf of a release has: a large place needs several.
const releaseFields = 300

// logRelease logs which versions of services, taxes and figures are in force now, if that has changed.
func (f *Flow) logRelease(ctx context.Context, tx *store.Tx, j *service.Jurisdiction) error {
	if f.Log == nil {
		return nil
	}
	last, err := f.Log.Latest(ctx, tx, j.File.Jurisdiction, publog.ReleaseInForce)
	if err != nil {
		return err
	}
	_, was, _ := strings.Cut(last, ".")
	if was, _, _ = strings.Cut(was, "."); was == j.Hash {
		return nil
	}
	var fields []proof.Field
	for _, s := range j.Services {
		fields = append(fields, proof.Field{Name: fieldName("service", s.Service), Value: s.Hash})
	}
	for _, t := range j.Taxes {
		fields = append(fields, proof.Field{Name: fieldName("tax", t.Tax), Value: t.Hash})
	}
	for _, p := range j.Parameters {
		fields = append(fields, proof.Field{Name: fieldName("parameter", p.ID), Value: figures(p)})
	}
	id := tx.NewID() + "." + j.Hash
	for part := 1; len(fields) > 0 || part == 1; part++ {
		n := min(len(fields), releaseFields)
		e := publog.Event{Kind: publog.ReleaseInForce, ID: id + "." + strconv.Itoa(part), Organisation: j.File.Jurisdiction,
			Refs: []proof.Ref{{Kind: "release", ID: j.Hash}}, Fields: fields[:n]}
		if err := f.log(ctx, tx, e); err != nil {
			return err
		}
		fields = fields[n:]
	}
	return nil
}

// figures is the hash of all values that a parameter has had and will have.
func figures(p *service.Parameter) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", p.ID, p.Type)
	for _, v := range p.Values {
		fmt.Fprintf(&b, "%s %v %q\n", v.From, v.Value, process.Source(v.Source))
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

// logRight logs that somebody was given a role or lost it: the role and where, and hidden, who and by whom.
func (f *Flow) logRight(ctx context.Context, tx *store.Tx, kind string, by policy.Actor, who person.Person, g policy.Grant) error {
	organisation := g.Organisation
	if organisation == "" {
		organisation = "all"
	}
	actor := "administrator"
	switch {
	case by.System:
		actor = "operator"
	case policy.Can(by, policy.StaffManage, policy.Thing{Kind: "staff", ID: who.ID}) != nil:
		actor = "supervisor"
	}
	return f.log(ctx, tx, publog.Event{
		Kind: kind, ID: tx.NewID(), Organisation: organisation, Subject: who.Subject,
		Fields: []proof.Field{{Name: "role", Value: string(g.Role)}, {Name: "by", Value: actor}},
		Hidden: hidden("person", who.Name, "administrator", by.Name),
	})
}
