package view

import (
	"maps"
	"slices"

	"stoa/internal/i18n"
	"stoa/internal/service"
)

// Processing is the record of processing activities (GDPR Article 30), as the files in force say it. Nothing of it is
// written by hand: a service that asks something new is in it on the same day.
type Processing struct {
	Name       string          `json:"name"`
	Controller Contact         `json:"controller"`
	Officer    Contact         `json:"data_protection_officer"`
	Authority  Law             `json:"supervisory_authority"`
	Activities []Activity      `json:"activities"`
	Recipients []RecipientLine `json:"recipients"`
	Measures   []string        `json:"measures"`
}

// Activity is one processing activity.
type Activity struct {
	ID       string        `json:"id"`
	Kind     string        `json:"kind"`
	Title    string        `json:"title"`
	For      string        `json:"organisation"`
	Subjects string        `json:"data_subjects"`
	Purposes []PurposeLine `json:"purposes"`
	Given    []string      `json:"given_to"`
	From     []string      `json:"comes_from"`
	URL      string        `json:"url,omitempty"`
}

// PurposeLine is why some data is held, under which law and how long.
type PurposeLine struct {
	Purpose string   `json:"purpose"`
	Law     Law      `json:"legal_basis"`
	Keep    string   `json:"kept"`
	Consent bool     `json:"consent,omitempty"`
	Data    []string `json:"data"`
}

// RecipientLine is to whom data is given.
type RecipientLine struct {
	Name     string `json:"name"`
	What     string `json:"what"`
	Why      string `json:"why"`
	Law      Law    `json:"legal_basis"`
	ForUs    bool   `json:"processor"`
	Transfer string `json:"transfer,omitempty"`
}

// Processing makes the record.
func (v Own) Processing(r Reader) Processing {
	j := v.place()
	p := Processing{Name: r.words(j, j.File.Name), Controller: r.contact(j, ""), Measures: r.measures(j)}
	for _, s := range j.Services {
		p.Activities = append(p.Activities, r.serviceActivity(j, s))
	}
	for _, t := range j.Taxes {
		p.Activities = append(p.Activities, r.taxActivity(j, t))
	}
	for _, k := range j.Appointments {
		p.Activities = append(p.Activities, r.appointmentActivity(j, k))
	}
	for _, id := range slices.Sorted(maps.Keys(j.Registers)) {
		if a := r.registerActivity(j, j.Registers[id]); len(a.Purposes) > 0 {
			p.Activities = append(p.Activities, a)
		}
	}
	p.Activities = slices.DeleteFunc(p.Activities, func(a Activity) bool { return len(a.Purposes) == 0 })
	if d := j.File.DataProtection; d != nil {
		p.Officer = Contact{Name: r.P.T("Data protection officer"), Email: d.Officer.Email, Phone: d.Officer.Phone}
		p.Authority = Law{Text: r.words(j, d.Authority.Name), URL: d.Authority.URL}
		p.Activities = append(p.Activities, r.ownActivities(j, d)...)
		for _, x := range d.Recipients {
			p.Recipients = append(p.Recipients, RecipientLine{r.words(j, x.Name), r.words(j, x.What), r.words(j, x.Why), lawOf(d.Law[x.Basis]), x.For, r.words(j, x.Transfer)})
		}
	}
	return p
}

func (r Reader) serviceActivity(j *service.Jurisdiction, s *service.Service) Activity {
	a := Activity{ID: s.Service, Kind: "service", Title: r.words(j, s.Title), For: r.organisationName(j, s.Organisation), Subjects: r.P.T("People who apply, and people they name"), URL: "/services/" + s.Service}
	for _, id := range slices.Sorted(maps.Keys(s.Privacy)) {
		f := s.Privacy[id]
		a.Purposes = append(a.Purposes, PurposeLine{Purpose: r.words(j, f.Purpose), Law: lawOf(s.Law[f.Basis]), Keep: r.afterClosing(f.Months()), Consent: f.Consent != "", Data: r.askedFor(j, s.Pages, id)})
	}
	for _, q := range s.Consultees {
		a.Given = append(a.Given, r.organisationName(j, q.Organisation))
	}
	if s.Notice != nil {
		a.Given = append(a.Given, r.P.T("The public: the notice of the application"))
	}
	if s.Issues != nil {
		a.Given = append(a.Given, r.P.T("The public: what the register publishes"))
	}
	for _, l := range s.Lookups {
		if reg := j.Registers[l.Register]; reg != nil {
			a.From = append(a.From, r.words(j, reg.Title))
		}
	}
	slices.Sort(a.From)
	a.From, a.Given = slices.Compact(a.From), compact(a.Given)
	return a
}

func (r Reader) appointmentActivity(j *service.Jurisdiction, k *service.Appointment) Activity {
	return Activity{ID: k.Appointment, Kind: "appointment", Title: r.words(j, k.Title), For: r.organisationName(j, k.Organisation), Subjects: r.P.T("People who book an appointment"), URL: "/appointments/" + k.Appointment,
		Purposes: []PurposeLine{{Purpose: r.words(j, k.Privacy.Purpose), Law: lawOf(k.Law[k.Privacy.Basis]), Keep: r.afterClosing(k.Privacy.Months()), Data: []string{r.P.T("Name, email, telephone, what they come for, and when")}}}}
}

func compact(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// askedFor lists the short names of questions of a privacy section.
func (r Reader) askedFor(j *service.Jurisdiction, pages []*service.Page, section string) (names []string) {
	var walk func(list []*service.Question)
	walk = func(list []*service.Question) {
		for _, q := range list {
			if q.Personal == section {
				text := q.Short
				if text.By == nil {
					text = q.Ask
				}
				names = append(names, r.words(j, text))
			}
			walk(q.Members)
		}
	}
	for _, p := range pages {
		walk(p.Questions)
	}
	return names
}

func (r Reader) taxActivity(j *service.Jurisdiction, t *service.Tax) Activity {
	a := Activity{ID: t.Tax, Kind: "tax", Title: r.words(j, t.Title), For: r.organisationName(j, t.Organisation), Subjects: r.P.T("People who pay it, and what it rests on"), URL: "/services"}
	for _, id := range slices.Sorted(maps.Keys(t.Privacy)) {
		f := t.Privacy[id]
		line := PurposeLine{Purpose: r.words(j, f.Purpose), Law: lawOf(t.Law[f.Basis]), Keep: r.afterClosing(f.Months()), Data: r.askedFor(j, t.Pages, id)}
		for _, fact := range t.Facts {
			if fact.Personal == id {
				line.Data = append(line.Data, r.words(j, fact.Ask))
			}
		}
		if t.Object.Payer.Personal == id {
			line.Data = append(line.Data, r.P.T("Name and address of who pays"))
		}
		a.Purposes = append(a.Purposes, line)
	}
	if t.Register != nil {
		a.From = append(a.From, r.words(j, t.Register.Title))
	}
	return a
}

func (r Reader) registerActivity(j *service.Jurisdiction, reg *service.Register) Activity {
	a := Activity{ID: reg.Register, Kind: "register", Title: r.words(j, reg.Title), For: r.organisationName(j, reg.Organisation), Subjects: r.P.T("People of whom there is a record")}
	by, published := map[string][]string{}, false
	for _, f := range reg.Fields {
		if f.Personal != "" {
			by[f.Personal] = append(by[f.Personal], r.words(j, f.Title))
			published = published || reg.Public && f.Public
		}
	}
	for _, id := range slices.Sorted(maps.Keys(by)) {
		line := PurposeLine{Purpose: id, Law: lawOf(reg.Law), Data: by[id], Keep: r.P.T("as long as the register, or the case it came from")}
		if p, there := reg.Privacy[id]; there {
			months, always := p.Months()
			line.Purpose, line.Law = r.words(j, p.Purpose), lawOf(p.Law)
			if line.Keep = r.P.T("{time} after the record ends", i18n.V{"time": r.monthsLong(months)}); always {
				line.Keep = r.P.T("for ever: the law wants the register to be whole")
			}
		} else {
			line.Purpose = r.P.T("To keep the register that the law asks for")
		}
		a.Purposes = append(a.Purposes, line)
	}
	if published {
		a.Given = append(a.Given, r.P.T("The public: what the register publishes"))
	}
	for _, s := range reg.Sources {
		a.From = append(a.From, r.words(j, s.Title))
	}
	if reg.Public {
		a.URL = "/registers/" + reg.Register
	}
	return a
}

// ownActivities are those that belong to no service: the account, money, the record of looks, and consents.
func (r Reader) ownActivities(j *service.Jurisdiction, d *service.DataProtectionFile) (all []Activity) {
	add := func(id, title, subjects, keep string, f service.PrivacyFile, data ...string) {
		if f.Keep != "" {
			all = append(all, Activity{ID: id, Kind: "account", Title: title, For: r.words(j, j.File.Name), Subjects: subjects,
				Purposes: []PurposeLine{{Purpose: r.words(j, f.Purpose), Law: lawOf(d.Law[f.Basis]), Keep: keep, Data: data}}})
		}
	}
	add("account", r.P.T("Accounts"), r.P.T("People with an account"), r.P.T("until it is deleted, and {time} at most after the last use", i18n.V{"time": r.monthsLong(max(d.Account.Months(), 1))}), d.Account,
		r.P.T("Name"), r.P.T("Email address"), r.P.T("Telephone number"), r.P.T("When and how one signed in"))
	add("money", r.P.T("Bills and payments"), r.P.T("People who pay, or are paid"), r.P.T("{time} after the end of the year", i18n.V{"time": r.monthsLong(max(d.Money.Months(), 1))}), d.Money,
		r.P.T("Name"), r.P.T("Address"), r.P.T("What was billed and paid"))
	add("looks", r.P.T("Who looked at whose data"), r.P.T("Everybody with data here, and staff"), r.monthsLong(max(d.Looks.Months(), 1)), d.Looks,
		r.P.T("Who looked, when, at what and what for"))
	for _, id := range slices.Sorted(maps.Keys(d.Consents)) {
		c := d.Consents[id]
		all = append(all, Activity{ID: "consent-" + id, Kind: "consent", Title: r.words(j, c.Title), For: r.words(j, j.File.Name), Subjects: r.P.T("People who agreed to it"),
			Purposes: []PurposeLine{{Purpose: r.words(j, c.Purpose), Law: lawOf(d.Law[c.Basis]), Keep: r.P.T("until it is taken back, {time} at most", i18n.V{"time": r.monthsLong(c.Months())}), Consent: true, Data: []string{r.words(j, c.Data)}}}})
	}
	return all
}

func (r Reader) afterClosing(months int) string {
	return r.P.T("{time} after the case is closed", i18n.V{"time": r.monthsLong(months)})
}

// measures are how data is protected: what the program does by itself, and what the file adds.
func (r Reader) measures(j *service.Jurisdiction) []string {
	all := []string{
		r.P.T("What people write is encrypted under a key of its own for every person and every case. The master key is kept apart from the database and is changed without a stop."),
		r.P.T("Staff see only what their role, their organisation and their task allow. What is not allowed is denied."),
		r.P.T("Every look at personal data is recorded before anything is shown, and the person sees it at once."),
		r.P.T("Unusual reading is told to a supervisor, who asks. Nothing happens by itself."),
		r.P.T("What is past its time is deleted every day by destroying its key, and the public log holds a proof."),
		r.P.T("Decisions that weigh heavily need a second person."),
		r.P.T("Statistics that are published are protected so that nobody can be found in them."),
	}
	if d := j.File.DataProtection; d != nil {
		for _, m := range d.Measures {
			all = append(all, r.words(j, m))
		}
	}
	return all
}
