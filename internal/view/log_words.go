package view

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/proof"
	"stoa/internal/publog"
)

// LeafKinds are the kinds of leaves, in the order in which a list names them.
func LeafKinds() []string {
	return []string{publog.EntryPosted, publog.PaymentReceived, publog.CaseDecided, publog.LicenceIssued, publog.LicenceChanged, publog.LicenceSuspended,
		publog.LicenceRevoked, publog.LicenceSurrendered, publog.CredentialIssued, publog.ExtractIssued, publog.RecordChanged, publog.RegisterImported, publog.RecordSealed, publog.ReleaseInForce, publog.SettingsInForce, publog.RoleGranted, publog.RoleWithdrawn, publog.RoleConfirmed, publog.EmergencyOpened,
		publog.ContractAwarded, publog.GrantAwarded, publog.InvoiceApproved, publog.InvoiceTakenBack, publog.PaymentMade, publog.PaymentReturned,
		publog.DatasetPublished, publog.DatasetWithdrawn, publog.DisclosurePublished, publog.DisclosureWithdrawn, publog.StudyPublished, publog.DataDeleted, publog.KindAcknowledged}
}

// LeafKind is the word for a kind of leaf; the kind itself for one that is not known.
func (r Reader) LeafKind(kind string) string {
	switch kind {
	case publog.EntryPosted:
		return r.P.T("Entry in the books")
	case publog.PaymentReceived:
		return r.P.T("Payment received")
	case publog.CaseDecided:
		return r.P.T("Decision")
	case publog.LicenceIssued:
		return r.P.T("Licence issued")
	case publog.LicenceChanged:
		return r.P.T("Licence changed")
	case publog.LicenceSuspended:
		return r.P.T("Licence suspended")
	case publog.LicenceRevoked:
		return r.P.T("Licence revoked")
	case publog.LicenceSurrendered:
		return r.P.T("Licence given up")
	case publog.CredentialIssued:
		return r.P.T("Licence put into a wallet")
	case publog.ExtractIssued:
		return r.P.T("Copy of a register entry made")
	case publog.RecordChanged:
		return r.P.T("Register changed")
	case publog.RegisterImported:
		return r.P.T("Many entries of a register brought in from a file")
	case publog.RecordSealed:
		return r.P.T("Something in a register sealed or unsealed")
	case publog.ReleaseInForce:
		return r.P.T("Rules put in force")
	case publog.SettingsInForce:
		return r.P.T("Settings in force")
	case publog.RoleGranted:
		return r.P.T("Role given")
	case publog.RoleWithdrawn:
		return r.P.T("Role taken away")
	case publog.RoleConfirmed:
		return r.P.T("Role confirmed by a supervisor")
	case publog.EmergencyOpened:
		return r.P.T("Opened in an emergency")
	case publog.DatasetPublished:
		return r.P.T("Dataset published")
	case publog.DatasetWithdrawn:
		return r.P.T("Dataset withdrawn")
	case publog.DisclosurePublished:
		return r.P.T("Answer to a request for information published")
	case publog.DisclosureWithdrawn:
		return r.P.T("Published answer withdrawn")
	case publog.StudyPublished:
		return r.P.T("Study of a change published")
	case publog.DataDeleted:
		return r.P.T("Personal data deleted")
	case publog.ContractAwarded:
		return r.P.T("Contract or order awarded")
	case publog.GrantAwarded:
		return r.P.T("Grant awarded")
	case publog.InvoiceApproved:
		return r.P.T("Invoice approved")
	case publog.PaymentMade:
		return r.P.T("Payment made")
	case publog.PaymentReturned:
		return r.P.T("Payment came back")
	case publog.InvoiceTakenBack:
		return r.P.T("Approval of an invoice taken back")
	case publog.KindAcknowledged:
		return r.P.T("Break in the log acknowledged")
	}
	return kind
}

// LeafFields are the names of details that have a word.
func LeafFields() []string {
	return []string{"day", "about", "entry", "moved", "receipt", "method", "amount", "currency", "payer", "bills", "service", "action", "outcome", "by",
		"law", "definition", "case", "applicant", "reasons", "reason", "conditions", "own-conditions", "change", "state", "from", "until", "number",
		"register", "record", "release", "role", "person", "administrator", "supplier", "supplier-kind", "supplier-number", "title", "purpose", "procurement", "lines",
		"booked", "beyond", "override", "invoice", "url", "payments", "witnesses", "mail", "virus-scanner", "hooks-inside", "dataset", "version", "rows", "sha256", "rows-added", "rows-removed",
		"rows-changed", "format", "count", "extract", "entitled-as", "delivery", "copy", "text", "files", "exemptions"}
}

// LeafField is the word for a detail of a leaf; its name where it has none: a register's own field.
func (r Reader) LeafField(name string) string {
	p := r.P
	words := map[string]string{
		"day": p.T("Day"), "about": p.T("About"), "entry": p.T("Fingerprint of the entry"), "moved": p.T("Moved"), "receipt": p.T("Receipt"),
		"method": p.T("Paid by"), "amount": p.T("Amount"), "currency": p.T("Currency"), "payer": p.T("Payer"), "bills": p.T("Bills"),
		"service": p.T("Service"), "action": p.T("Step"), "outcome": p.T("Outcome"), "by": p.T("Done by"), "law": p.T("Law"),
		"definition": p.T("Fingerprint of the rules"), "case": p.T("Case"), "applicant": p.T("Applicant"), "reasons": p.T("Standard reasons"),
		"reason": p.T("Reasons"), "conditions": p.T("Standard conditions"), "own-conditions": p.T("Conditions"), "change": p.T("Change"),
		"state": p.T("State"), "from": p.T("Valid from"), "until": p.T("Valid until"), "number": p.T("Number"), "register": p.T("Register"),
		"record": p.T("Entry in the register"), "release": p.T("Release"), "role": p.T("Role"), "person": p.T("Person"),
		"administrator": p.T("Administrator"), "supplier": p.T("Supplier"), "supplier-kind": p.T("Kind of supplier"), "supplier-number": p.T("The supplier’s number"),
		"title": p.T("For what"), "purpose": p.T("Purpose"), "procurement": p.T("How the supplier was found"), "lines": p.T("Budget line"),
		"booked": p.T("Entry in the books"), "beyond": p.T("Beyond contract or budget line"), "override": p.T("Why all the same"), "invoice": p.T("Invoice"), "url": p.T("Address"), "payments": p.T("Takes payments"), "witnesses": p.T("Witnesses"),
		"mail": p.T("Sends mail"), "virus-scanner": p.T("Scans files for viruses"), "hooks-inside": p.T("May call addresses inside"), "dataset": p.T("Dataset"), "version": p.T("Version"), "rows": p.T("Rows"),
		"sha256": p.T("Fingerprint of the file (SHA-256)"), "rows-added": p.T("Rows added"), "rows-removed": p.T("Rows removed"),
		"rows-changed": p.T("Rows changed"), "format": p.T("Format"), "count": p.T("How many"), "extract": p.T("Copy"), "entitled-as": p.T("Given to"), "delivery": p.T("How it was given"), "copy": p.T("Number of this copy"), "text": p.T("Fingerprint of the text (SHA-256)"), "files": p.T("Fingerprints of the files (SHA-256)"),
		"exemptions": p.T("Exemptions used"),
	}
	if w := words[name]; w != "" {
		return w
	}
	for prefix, word := range map[string]string{"service.": p.T("Service"), "tax.": p.T("Tax"), "parameter.": p.T("Figure of the law")} {
		if id, ok := strings.CutPrefix(name, prefix); ok {
			return word + " " + id
		}
	}
	return strings.TrimPrefix(name, "field.")
}

// Failing says what it means that a proof does not hold, in the reader's language.
func (r Reader) Failing(err error) string {
	for _, why := range failures {
		if errors.Is(err, why) {
			return r.failing(why)
		}
	}
	return r.P.T("It cannot be read as a proof.")
}

var failures = []error{proof.ErrForm, proof.ErrSignature, proof.ErrWitnesses, proof.ErrInclusion, proof.ErrOpening}

func (r Reader) failing(why error) string {
	switch why {
	case proof.ErrForm:
		return r.P.T("It was damaged or changed on its way, or is no proof at all. Ask for it again where you got it.")
	case proof.ErrSignature:
		return r.P.T("It was changed after it was signed, or was never signed by this log. Do not rely on it.")
	case proof.ErrWitnesses:
		return r.P.T("Nobody outside has confirmed this state of the log yet. Try again later.")
	case proof.ErrInclusion:
		return r.P.T("What you hold was changed, or it never was in the log. Do not rely on it.")
	}
	return r.P.T("A personal detail in it is not the one that was recorded. Do not rely on it.")
}

// Failings are all of them, by how programs name them.
func (r Reader) Failings() map[string]string {
	all := map[string]string{}
	for _, why := range failures {
		all[why.Error()] = r.failing(why)
	}
	return all
}

// field is a public detail of a leaf.
func field(leaf *proof.Leaf, name string) string {
	for _, f := range leaf.Fields {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

func ref(leaf *proof.Leaf, kind string) string {
	for _, r := range leaf.Refs {
		if r.Kind == kind {
			return r.ID
		}
	}
	return ""
}

// says is a leaf in one line.
func (l LogPages) says(r Reader, leaf *proof.Leaf) string {
	j := l.v.place()
	switch leaf.Kind {
	case publog.EntryPosted:
		return l.moved(r, field(leaf, "moved"))
	case publog.PaymentReceived:
		return r.P.T("{amount}, receipt {number}", i18n.V{"amount": l.amount(r, leaf), "number": field(leaf, "receipt")})
	case publog.CaseDecided:
		what := r.outcome(field(leaf, "outcome"))
		if what == "" {
			what = field(leaf, "action")
		}
		return l.serviceTitle(r, field(leaf, "service")) + ": " + what
	case publog.ReleaseInForce:
		return r.P.N("{n} definition", "{n} definitions", len(leaf.Fields), i18n.V{"n": len(leaf.Fields)})
	case publog.RoleGranted, publog.RoleWithdrawn, publog.RoleConfirmed:
		return r.Role(policy.Role(field(leaf, "role")))
	case publog.SettingsInForce:
		return field(leaf, "url")
	case publog.DatasetPublished, publog.DatasetWithdrawn:
		return r.P.T("{dataset}, version {number}", i18n.V{"dataset": l.datasetTitle(r, field(leaf, "dataset")), "number": field(leaf, "version")})
	}
	title := ref(leaf, "register")
	if reg := j.Registers[title]; reg != nil {
		title = r.words(j, reg.Record)
	}
	return strings.TrimSpace(title + " " + field(leaf, "number"))
}

func (l LogPages) serviceTitle(r Reader, id string) string {
	j := l.v.place()
	for _, s := range j.Services {
		if s.Service == id {
			return r.words(j, s.Title)
		}
	}
	return id
}

func (l LogPages) datasetTitle(r Reader, id string) string {
	if d := l.v.place().Dataset(id); d != nil {
		return r.words(l.v.place(), d.Title)
	}
	return id
}

func (l LogPages) amount(r Reader, leaf *proof.Leaf) string {
	minor, err := strconv.ParseInt(field(leaf, "amount"), 10, 64)
	if err != nil {
		return field(leaf, "amount")
	}
	return r.money(minor, field(leaf, "currency"))
}

// moved puts what an entry did to each account into words.
func (l LogPages) moved(r Reader, text string) string {
	var parts []string
	for one := range strings.SplitSeq(text, "; ") {
		var code, currency string
		var minor int64
		if n, err := fmt.Sscanf(one, "%s %d %s", &code, &minor, &currency); n != 3 || err != nil {
			return text // a hash, where it was too long
		}
		title := code
		if m := l.v.place().Money; m != nil {
			for _, a := range m.Accounts {
				if a.Code == code {
					title = r.words(l.v.place(), a.Title)
				}
			}
		}
		parts = append(parts, r.P.T("{account}: {amount}", i18n.V{"account": title, "amount": r.money(minor, currency)}))
	}
	return strings.Join(parts, "; ")
}

// value is a public detail for people.
func (l LogPages) value(r Reader, leaf *proof.Leaf, f proof.Field) string {
	switch {
	case f.Name == "moved":
		return l.moved(r, f.Value)
	case f.Name == "amount" && leaf.Kind == publog.PaymentReceived:
		return l.amount(r, leaf)
	case f.Name == "method":
		return r.method(f.Value)
	case f.Name == "service":
		return l.serviceTitle(r, f.Value)
	case f.Name == "dataset":
		return l.datasetTitle(r, f.Value)
	case f.Name == "role":
		return r.Role(policy.Role(f.Value))
	case f.Name == "change" && (f.Value == "issued" || f.Value == "seeded"):
		return r.change(l.v, "", f.Value)
	case f.Name == "day", f.Name == "from", f.Name == "until":
		if day, err := calendar.ParseISO(f.Value); err == nil {
			return r.date(day)
		}
	case f.Name == "register":
		if reg := l.v.place().Registers[f.Value]; reg != nil {
			return r.words(l.v.place(), reg.Title)
		}
	case leaf.Kind == publog.ExtractIssued && (f.Name == "extract" || f.Name == "entitled-as" || f.Name == "delivery"):
		return r.extractDetail(l.v.place().Registers[ref(leaf, "register")], field(leaf, "extract"), f)
	case f.Name == "state":
		return r.RecordState(f.Value)
	case f.Name == "outcome":
		if word := r.outcome(f.Value); word != "" {
			return word
		}
	}
	id, ok := strings.CutPrefix(f.Name, "field.")
	if reg := l.v.place().Registers[ref(leaf, "register")]; ok && reg != nil {
		for _, own := range reg.Fields {
			if own.ID == id {
				return r.showField(l.v.place(), own, f.Value)
			}
		}
	}
	return f.Value
}

// label is the word for a detail; a register's own field has its title.
func (l LogPages) label(r Reader, leaf *proof.Leaf, name string) string {
	id, ok := strings.CutPrefix(name, "field.")
	reg := l.v.place().Registers[ref(leaf, "register")]
	if !ok || reg == nil {
		return r.LeafField(name)
	}
	for _, own := range reg.Fields {
		if own.ID == id {
			return r.words(l.v.place(), own.Title)
		}
	}
	return r.LeafField(name)
}
