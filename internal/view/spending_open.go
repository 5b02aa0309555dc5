package view

import (
	"context"
	"strings"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/money"
	"stoa/internal/ocds"
	"stoa/internal/service"
	"stoa/internal/spend"
)

// unregistered begins the identifiers of contracts where the jurisdiction has not registered a prefix of its own.
const unregistered = "ocds-000000"

func (w *public) publisher() ocds.Publisher {
	p := ocds.Publisher{Prefix: unregistered, Name: w.inFirst(w.j.File.Name), URI: w.Site.URL + "/", Licence: w.licence().URL,
		Policy: w.Site.URL + "/money/about", Languages: w.j.File.Languages}
	if o := w.j.File.OpenData; o != nil && o.OCID != "" {
		p.Prefix = o.OCID
	}
	return p
}

func (w *public) licence() service.Licence {
	if o := w.j.File.OpenData; o != nil {
		return service.LicenceOf(o.Licence)
	}
	return service.LicenceOf("CC-BY-4.0")
}

// inFirst is a text in the first language of the jurisdiction: what programs read has one language, whoever asks.
func (w *public) inFirst(t service.Text) string {
	return t.In(w.j.File.Languages[0], w.j.File.Languages...)
}

// About is how money is published.
func (v Spending) About(ctx context.Context, r Reader) (p MoneyAbout, err error) {
	err = v.look(ctx, r, "MoneyAbout", func(w *public) error {
		l := w.licence()
		p = MoneyAbout{Years: w.years(), Prefix: w.publisher().Prefix, LicenceTitle: l.Title, LicenceURL: l.URL}
		some, err := w.Money.Spend.Commitments.Find(w.ctx, w.tx, spend.CommitmentQuery{Organisation: w.org, Kind: spend.Contract, Public: true, Limit: 1})
		p.Contracts = len(some) > 0
		return err
	})
	return p, err
}

const (
	ocdsPath    = "/money/ocds/"
	allReleases = "releases"
	allRecords  = "records"
)

// Contracting is contracts in the Open Contracting Data Standard: all releases, all records, or the releases of one
// contract by its worldwide identifier.
func (v Spending) Contracting(ctx context.Context, r Reader, name string) (raw []byte, err error) {
	err = v.look(ctx, r, "Contracting", func(w *public) error {
		p := w.publisher()
		uri := w.Site.URL + ocdsPath + name + ".json"
		if name != allReleases && name != allRecords {
			c, err := w.found(spend.Contract, p.ProcessID(name))
			if err != nil {
				return err
			}
			list, err := w.processes([]*spend.Commitment{c})
			if err != nil {
				return err
			}
			raw, err = p.Releases(uri, list)
			return err
		}
		all, err := w.contracts()
		if err != nil {
			return err
		}
		list, err := w.processes(all)
		if err != nil {
			return err
		}
		if name == allRecords {
			raw, err = p.Records(uri, w.Site.URL+ocdsPath+allReleases+".json", list)
			return err
		}
		raw, err = p.Releases(uri, list)
		return err
	})
	return raw, err
}

// contracts are all that everybody may see, the oldest first, whole.
func (w *public) contracts() (all []*spend.Commitment, err error) {
	found, err := w.Money.Spend.Commitments.Find(w.ctx, w.tx, spend.CommitmentQuery{Organisation: w.org, Kind: spend.Contract, Public: true, Limit: mostRows})
	if err != nil {
		return nil, err
	}
	for i := len(found) - 1; i >= 0; i-- {
		c, err := w.Money.Spend.Commitments.Get(w.ctx, w.tx, w.org, found[i].ID)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// processes are contracts with what was paid for them.
func (w *public) processes(all []*spend.Commitment) (list []ocds.Process, err error) {
	var ids []string
	for _, c := range all {
		ids = append(ids, c.Supplier)
	}
	names, err := w.Money.Spend.Suppliers.Names(w.ctx, w.tx, w.org, ids)
	if err != nil {
		return nil, err
	}
	paid, err := w.paidFor(all)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		list = append(list, w.process(c, names[c.Supplier], paid[c.ID]))
	}
	return list, nil
}

// paidFor reads payments by contract, the oldest first: of one contract alone, or of all in one reading.
func (w *public) paidFor(all []*spend.Commitment) (map[string][]*spend.Payment, error) {
	q := spend.PaymentQuery{Organisation: w.org, Limit: mostRows}
	if len(all) == 1 {
		q.Commitment = all[0].ID
	}
	found, err := w.Money.Spend.Payments.Find(w.ctx, w.tx, q)
	by := map[string][]*spend.Payment{}
	for i := len(found) - 1; i >= 0; i-- {
		by[found[i].Commitment] = append(by[found[i].Commitment], found[i])
	}
	return by, err
}

// at is the beginning of a day where the jurisdiction is; the zero time for no day.
func (w *public) at(d calendar.Date) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, w.j.Calendar.Zone())
}

func (w *public) process(c *spend.Commitment, with spend.PublicSupplier, paid []*spend.Payment) ocds.Process {
	amount := func(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: c.Currency} }
	first, later := amendments(c)
	p := ocds.Process{ID: c.Number, Title: w.said(c.Title), Description: w.said(c.About), Buyer: w.body(c.For),
		Supplier: ocds.Party{ID: with.ID, Name: with.Name, Identifier: identifier(with.Identifier)},
		Value:    amount(first), Signed: w.at(c.Signed), Begins: w.at(c.From), Ends: w.at(c.Until)}
	if len(c.Allocations) > 0 {
		p.Registered = w.at(c.Allocations[0].Day)
		p.Budget = w.budgetOf(c.Allocations[0].LineRef)
	}
	if c.Method != "" {
		p.Tender = &ocds.Tender{Method: c.Method}
	}
	value := first
	for i, a := range later {
		for _, x := range a {
			value += x.Amount
		}
		p.Amendments = append(p.Amendments, ocds.Amendment{ID: itoa(i + 1), At: w.at(a[0].Day), Reason: w.said(a[0].Why), Value: amount(value)})
	}
	source := w.Site.URL + ocdsPath + w.publisher().OCID(c.Number) + ".json"
	for _, x := range paid {
		uri := w.Site.URL + "/money/payments/" + x.ID
		p.Payments = append(p.Payments, ocds.Payment{ID: x.Number, At: w.at(x.Day), Amount: amount(x.Amount), URI: uri, Source: source})
		if x.Returned() {
			p.Payments = append(p.Payments, ocds.Payment{ID: x.Number + "-back", At: w.at(x.BackDay), Amount: amount(-x.Amount), URI: uri, Source: source})
		}
	}
	if c.State == spend.Closed {
		p.Ended = w.at(w.j.Calendar.DateOf(c.Decided))
	}
	return p
}

// said is what somebody wrote, in the first language.
func (w *public) said(text string) ocds.Text {
	return ocds.Text{w.j.File.Languages[0]: text}
}

func (w *public) body(id string) ocds.Party {
	name := id
	if o := organisation(w.j, id); o != nil {
		name = w.inFirst(o.Name)
	}
	return ocds.Party{ID: w.j.File.Jurisdiction + "-" + id, Name: name}
}

// budgetOf is the line that a contract was first paid from, as it was adopted.
func (w *public) budgetOf(at spend.LineRef) *ocds.Budget {
	b := w.j.Budget(at.Year)
	if b == nil || b.Line(at.Line) == nil {
		return nil
	}
	l := b.Line(at.Line)
	return &ocds.Budget{ID: at.Year + "/" + at.Line, Title: l.Title.By, Amount: money.Amount{Minor: l.Adopted, Currency: w.book.Currency},
		URI: w.Site.URL + "/money/budget/" + at.Year + "/" + at.Line}
}

// identifier parts a number into the register's scheme and what stands there: GB-COH-01234567.
func identifier(text string) (i ocds.Identifier) {
	parts := strings.SplitN(text, "-", 3)
	if len(parts) < 3 {
		return i
	}
	return ocds.Identifier{Scheme: parts[0] + "-" + parts[1], ID: parts[2]}
}

// Fiscal is a file of a year's Fiscal Data Package: datapackage.json, or a table of it.
func (v Spending) Fiscal(ctx context.Context, r Reader, year, file string) (raw []byte, err error) {
	table, isTable := strings.CutSuffix(file, ".csv")
	if !isTable && file != "datapackage.json" {
		return nil, fault.NewNotFound("")
	}
	err = v.look(ctx, r, "Fiscal", func(w *public) error {
		b, err := w.budget(year)
		if err != nil {
			return err
		}
		f, err := w.fiscal(b)
		if err != nil {
			return err
		}
		if isTable {
			raw, err = f.Table(table)
			return err
		}
		raw, err = f.Package()
		return err
	})
	return raw, err
}
