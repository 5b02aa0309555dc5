// Package ocds writes how public money is spent in the forms that programs elsewhere read: releases and records of the
// Open Contracting Data Standard 1.1, and the Fiscal Data Package with its tables.
//
// It is given what may be published and writes all of it: who must not be named is left out before. It reads nothing and
// knows no time but that of what it is given, so that the same facts are the same bytes.
package ocds

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"stoa/internal/fault"
	"stoa/internal/money"
)

// Text is a text by language.
type Text map[string]string

// Publisher is who publishes, and where.
type Publisher struct {
	Prefix    string   // of the identifiers of contracting processes, as it was registered: ocds-213czf
	Name      string   //
	URI       string   // the publisher's own page
	Licence   string   // the address of the licence
	Policy    string   // the address where people read how this is published
	Languages []string // the first is that of texts without a language in their name
}

// Process is a contracting process: one contract with what led to it and what was paid for it.
type Process struct {
	ID          string // the contract's own number
	Registered  time.Time
	Title       Text
	Description Text
	Buyer       Party
	Supplier    Party
	Budget      *Budget // nil where no line of a budget is known
	Tender      *Tender // nil where it is not known how the supplier was chosen
	Value       money.Amount
	Signed      time.Time
	Begins      time.Time
	Ends        time.Time
	Documents   []Document
	Amendments  []Amendment // by time
	Payments    []Payment   // by time
	Ended       time.Time   // zero while it is in force
}

// Party is a public body or a supplier. A person who must not be named has a name that says so, and no identifier.
type Party struct {
	ID         string
	Name       string
	Identifier Identifier
}

// Identifier is a number under which a register knows a party.
type Identifier struct {
	Scheme string // as org-id.guide names the register: GB-COH
	ID     string
	URI    string
}

// Budget is the line of a budget that a contract is paid from.
type Budget struct {
	ID     string
	Title  Text
	Amount money.Amount
	URI    string
}

// Tender is how the supplier was chosen.
type Tender struct {
	Method    string // open, selective, limited, direct
	Details   Text
	Reason    Text
	Category  string // goods, works, services
	Tenderers int    // 0 where it is not known
	Value     money.Amount
}

// Document is a document of a contract.
type Document struct {
	ID, Type, URL, Format string // Type is of the code list documentType: contractSigned, tenderNotice
	Title                 Text
	Published             time.Time
}

// Amendment is a change of a contract.
type Amendment struct {
	ID     string
	At     time.Time
	Reason Text
	Value  money.Amount // from now on; the zero amount where it stays
	Ends   time.Time    // from now on; zero where it stays
}

// Payment is what was paid for a contract.
type Payment struct {
	ID     string
	At     time.Time
	Amount money.Amount
	URI    string // its page
	Source string // the data that it is in
}

var prefixForm = regexp.MustCompile(`^ocds-[a-z0-9]{6}$`)

// ValidPrefix reports whether a prefix has the form of a registered one.
func ValidPrefix(p string) bool { return prefixForm.MatchString(p) }

// OCID is the identifier of a contracting process in the world.
func (p Publisher) OCID(id string) string { return p.Prefix + "-" + id }

// ProcessID is the contract's own number of an identifier; "" for one of another publisher.
func (p Publisher) ProcessID(ocid string) string {
	id, ok := strings.CutPrefix(ocid, p.Prefix+"-")
	if !ok {
		return ""
	}
	return id
}

// errNothing is what a package of nothing comes to: the standard knows none.
var errNothing = fault.NewNotFound("")

// Releases is a package with every release of the processes, the oldest first. uri is where it stands.
func (p Publisher) Releases(uri string, all []Process) ([]byte, error) {
	var list []release
	for i := range all {
		one, err := p.releases(&all[i])
		if err != nil {
			return nil, err
		}
		list = append(list, one...)
	}
	if len(list) == 0 {
		return nil, errNothing
	}
	slices.SortStableFunc(list, func(a, b release) int { return a.at.Compare(b.at) })
	bodies := make([]object, len(list))
	for i, r := range list {
		bodies[i] = r.body
	}
	o := p.head(uri, list[len(list)-1].at)
	o.put("releases", bodies)
	return write(o)
}

// Records is a package with a record of each process: where its releases are, and what they come to. releases is where
// [Publisher.Releases] stands.
func (p Publisher) Records(uri, releases string, all []Process) ([]byte, error) {
	if len(all) == 0 {
		return nil, errNothing
	}
	var newest time.Time
	records := make([]object, len(all))
	for i := range all {
		list, err := p.releases(&all[i])
		if err != nil {
			return nil, err
		}
		last := list[len(list)-1]
		compiled, err := p.compiled(&all[i], last.at)
		if err != nil {
			return nil, err
		}
		if last.at.After(newest) {
			newest = last.at
		}
		links := make([]object, len(list))
		for n, r := range list {
			links[n].put("url", releases+"#"+r.id)
			links[n].put("date", instant(r.at))
			links[n].put("tag", r.tags)
		}
		records[i].put("ocid", p.OCID(all[i].ID))
		records[i].put("releases", links)
		records[i].put("compiledRelease", compiled)
	}
	o := p.head(uri, newest)
	o.put("packages", []string{releases})
	o.put("records", records)
	return write(o)
}

// head is what every package begins with. Its day is that of the last change.
func (p Publisher) head(uri string, at time.Time) object {
	var publisher, o object
	publisher.put("name", p.Name)
	publisher.put("uri", p.URI)
	o.put("uri", uri)
	o.put("version", "1.1")
	o.put("publisher", publisher)
	o.put("license", p.Licence)
	o.put("publicationPolicy", p.Policy)
	o.put("publishedDate", instant(at))
	return o
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}
