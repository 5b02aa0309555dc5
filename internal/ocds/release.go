package ocds

import (
	"slices"
	"time"
)

// release is what was said of a process at a time. It is never changed: what changes later is a release of its own.
type release struct {
	id   string
	at   time.Time
	tags []string
	body object
}

// releases are those of a process, the oldest first: the contract as it was signed, then its changes and payments as
// they came, then its end. Their ids say what they tell of, so that a release keeps its id whatever comes before it.
func (p Publisher) releases(c *Process) ([]release, error) {
	ocid := p.OCID(c.ID)
	list := []release{{id: ocid + "-contract", at: c.Registered, tags: c.began()}}
	body, err := p.signed(c)
	if err != nil {
		return nil, err
	}
	list[0].body = body
	before := list[0].id
	for i := range c.Amendments {
		a := &c.Amendments[i]
		r := release{id: ocid + "-amendment-" + a.ID, at: a.At, tags: []string{"contractAmendment"}}
		contract, err := p.amended(c, a, before, r.id)
		if err != nil {
			return nil, err
		}
		r.body.put("contracts", []object{contract})
		before = r.id
		list = append(list, r)
	}
	for i := range c.Payments {
		t, err := p.transaction(c, &c.Payments[i])
		if err != nil {
			return nil, err
		}
		r := release{id: ocid + "-payment-" + c.Payments[i].ID, at: c.Payments[i].At, tags: []string{"implementation"}}
		r.body.put("parties", c.parties(true))
		r.body.put("buyer", reference(c.Buyer))
		r.body.put("contracts", []object{{{"id", c.ID}, {"awardID", c.ID}, {"implementation", object{{"transactions", []object{t}}}}}})
		list = append(list, r)
	}
	if !c.Ended.IsZero() {
		r := release{id: ocid + "-end", at: c.Ended, tags: []string{"contractTermination"}}
		r.body.put("contracts", []object{{{"id", c.ID}, {"awardID", c.ID}, {"status", "terminated"}}})
		list = append(list, r)
	}
	slices.SortStableFunc(list, func(a, b release) int { return a.at.Compare(b.at) })
	for i := range list {
		list[i].body = append(p.opening(c, list[i].id, list[i].at, list[i].tags), list[i].body...)
	}
	return list, nil
}

// compiled is what all releases of a process come to.
func (p Publisher) compiled(c *Process, at time.Time) (object, error) {
	body, err := p.signed(c)
	if err != nil {
		return nil, err
	}
	contract := body.member("contracts").([]object)[0]
	if contract, err = p.latest(c, contract); err != nil {
		return nil, err
	}
	body.set("contracts", []object{contract})
	if len(c.Payments) > 0 {
		body.set("parties", c.parties(true))
	}
	return append(p.opening(c, p.OCID(c.ID)+"-"+instant(at), at, []string{"compiled"}), body...), nil
}

// latest brings a contract as it was signed to what it is now.
func (p Publisher) latest(c *Process, contract object) (object, error) {
	before := p.OCID(c.ID) + "-contract"
	var changes, paid []object
	for i := range c.Amendments {
		a := &c.Amendments[i]
		id := p.OCID(c.ID) + "-amendment-" + a.ID
		now, err := p.amended(c, a, before, id)
		if err != nil {
			return nil, err
		}
		for _, m := range now {
			switch m.name {
			case "amendments":
				changes = append(changes, m.value.([]object)...)
			case "period":
				contract.set("period", period(c.Begins, a.Ends))
			default:
				contract.set(m.name, m.value)
			}
		}
		before = id
	}
	for i := range c.Payments {
		t, err := p.transaction(c, &c.Payments[i])
		if err != nil {
			return nil, err
		}
		paid = append(paid, t)
	}
	contract.put("amendments", changes)
	if len(paid) > 0 {
		contract.put("implementation", object{{"transactions", paid}})
	}
	if !c.Ended.IsZero() {
		contract.set("status", "terminated")
	}
	return contract, nil
}

func (o object) member(name string) any {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// set changes a member, or adds it.
func (o *object) set(name string, value any) {
	for i := range *o {
		if (*o)[i].name == name {
			(*o)[i].value = value
			return
		}
	}
	o.put(name, value)
}

func (p Publisher) opening(c *Process, id string, at time.Time, tags []string) (o object) {
	o.put("ocid", p.OCID(c.ID))
	o.put("id", id)
	o.put("date", instant(at))
	o.put("tag", tags)
	o.put("initiationType", "tender")
	o.put("language", p.language())
	return o
}

func (p Publisher) language() string {
	if len(p.Languages) == 0 {
		return ""
	}
	return p.Languages[0]
}

// began says which stages the first release tells of.
func (c *Process) began() (tags []string) {
	if c.Budget != nil {
		tags = append(tags, "planning")
	}
	if c.Tender != nil {
		tags = append(tags, "tender")
	}
	return append(tags, "award", "contract")
}

// signed is a process as it stood when the contract was signed.
func (p Publisher) signed(c *Process) (o object, err error) {
	o.put("parties", c.parties(false))
	o.put("buyer", reference(c.Buyer))
	if c.Budget != nil {
		var b, planning object
		b.put("id", c.Budget.ID)
		b.text("description", c.Budget.Title, p.Languages)
		amount, err := value(c.Budget.Amount)
		if err != nil {
			return nil, err
		}
		b.put("amount", amount)
		b.put("uri", c.Budget.URI)
		planning.put("budget", b)
		o.put("planning", planning)
	}
	if c.Tender != nil {
		tender, err := p.tender(c)
		if err != nil {
			return nil, err
		}
		o.put("tender", tender)
	}
	amount, err := value(c.Value)
	if err != nil {
		return nil, err
	}
	var award, contract object
	award.put("id", c.ID)
	award.text("title", c.Title, p.Languages)
	award.put("status", "active")
	award.put("date", instant(c.Signed))
	award.put("value", amount)
	award.put("suppliers", []object{reference(c.Supplier)})
	contract.put("id", c.ID)
	contract.put("awardID", c.ID)
	contract.text("title", c.Title, p.Languages)
	contract.text("description", c.Description, p.Languages)
	contract.put("status", "active")
	contract.put("period", period(c.Begins, c.Ends))
	contract.put("value", amount)
	contract.put("dateSigned", instant(c.Signed))
	contract.put("documents", p.documents(c.Documents))
	o.put("awards", []object{award})
	o.put("contracts", []object{contract})
	return o, nil
}

func (p Publisher) tender(c *Process) (o object, err error) {
	t := c.Tender
	amount, err := value(t.Value)
	o.put("id", c.ID)
	o.text("title", c.Title, p.Languages)
	o.put("status", "complete")
	o.put("procuringEntity", reference(c.Buyer))
	o.put("value", amount)
	o.put("procurementMethod", t.Method)
	o.text("procurementMethodDetails", t.Details, p.Languages)
	o.text("procurementMethodRationale", t.Reason, p.Languages)
	o.put("mainProcurementCategory", t.Category)
	o.put("numberOfTenderers", t.Tenderers)
	return o, err
}

func (p Publisher) documents(all []Document) []object {
	list := make([]object, len(all))
	for i, d := range all {
		list[i].put("id", d.ID)
		list[i].put("documentType", d.Type)
		list[i].text("title", d.Title, p.Languages)
		list[i].put("url", d.URL)
		list[i].put("datePublished", instant(d.Published))
		list[i].put("format", d.Format)
	}
	return list
}

// amended is what an amendment says of a contract. before is the release that it changes.
func (p Publisher) amended(c *Process, a *Amendment, before, id string) (o object, err error) {
	var change object
	change.put("id", a.ID)
	change.put("date", instant(a.At))
	change.text("rationale", a.Reason, p.Languages)
	change.put("amendsReleaseID", before)
	change.put("releaseID", id)
	amount, err := value(a.Value)
	o.put("id", c.ID)
	o.put("awardID", c.ID)
	o.put("value", amount)
	if !a.Ends.IsZero() {
		o.put("period", period(time.Time{}, a.Ends))
	}
	o.put("amendments", []object{change})
	return o, err
}

func (p Publisher) transaction(c *Process, t *Payment) (o object, err error) {
	amount, err := value(t.Amount)
	o.put("id", t.ID)
	o.put("source", t.Source)
	o.put("date", instant(t.At))
	o.put("value", amount)
	o.put("payer", reference(c.Buyer))
	o.put("payee", reference(c.Supplier))
	o.put("uri", t.URI)
	return o, err
}

// parties are all who take part with what they do in it; paid says that something was paid.
func (c *Process) parties(paid bool) []object {
	buyer, supplier := []string{"buyer"}, []string{"supplier"}
	if c.Tender != nil {
		buyer = append(buyer, "procuringEntity")
	}
	if paid {
		buyer, supplier = append(buyer, "payer"), append(supplier, "payee")
	}
	return []object{party(c.Buyer, buyer), party(c.Supplier, supplier)}
}

func party(p Party, roles []string) (o object) {
	o.put("id", p.ID)
	o.put("name", p.Name)
	if p.Identifier.ID != "" {
		var i object
		i.put("scheme", p.Identifier.Scheme)
		i.put("id", p.Identifier.ID)
		i.put("legalName", p.Name)
		i.put("uri", p.Identifier.URI)
		o.put("identifier", i)
	}
	o.put("roles", roles)
	return o
}

func reference(p Party) (o object) {
	o.put("id", p.ID)
	o.put("name", p.Name)
	return o
}

func period(from, until time.Time) (o object) {
	o.put("startDate", instant(from))
	o.put("endDate", instant(until))
	return o
}
