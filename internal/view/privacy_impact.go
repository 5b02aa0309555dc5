package view

import (
	"slices"
	"strings"

	"stoa/internal/i18n"
	"stoa/internal/service"
)

// Impact is a draft of a data-protection impact assessment (GDPR Article 35), made from the files. It gathers the facts
// that an assessment rests on and the questions that only people can answer.
type Impact struct {
	Name     string       `json:"name"`
	Criteria []Criterion  `json:"criteria"`
	Needed   bool         `json:"assessment_needed"` // two criteria or more are met
	Risks    []RiskLine   `json:"risks"`
	Measures []string     `json:"measures"`
	Open     []string     `json:"questions_for_people"`
	Record   []PlainCount `json:"record"`
}

// Criterion is one of the nine by which European authorities judge whether an assessment is needed (WP 248).
type Criterion struct {
	Title string   `json:"title"`
	Met   bool     `json:"met"`
	Facts []string `json:"facts,omitempty"`
}

// RiskLine is what could happen to people, and what stands against it.
type RiskLine struct {
	Risk    string `json:"risk"`
	Against string `json:"against"`
}

// PlainCount is a figure of the record of processing.
type PlainCount struct {
	What string `json:"what"`
	N    int    `json:"n"`
}

// Impact makes the draft.
func (v Own) Impact(r Reader) Impact {
	j := v.place()
	p := v.Processing(r)
	m := Impact{Name: p.Name, Measures: p.Measures, Criteria: r.criteria(j)}
	met := 0
	for _, c := range m.Criteria {
		if c.Met {
			met++
		}
	}
	m.Needed = met >= 2
	data := 0
	for _, a := range p.Activities {
		for _, x := range a.Purposes {
			data += len(x.Data)
		}
	}
	m.Record = []PlainCount{{r.P.T("Processing activities"), len(p.Activities)}, {r.P.T("Kinds of personal data"), data}, {r.P.T("Recipients outside"), len(p.Recipients)}}
	m.Risks = []RiskLine{
		{r.P.T("Somebody of the staff reads out of curiosity"), r.P.T("Every look is recorded and seen by the person, who can ask why; unusual reading is told to a supervisor.")},
		{r.P.T("The database, or a copy of it, is stolen"), r.P.T("What is personal is sealed under keys whose master key lies elsewhere.")},
		{r.P.T("Data is kept longer than needed"), r.P.T("Each purpose has its period; a daily job deletes and proves it; holds are few, have a reason and a day of review.")},
		{r.P.T("A wrong fact decides"), r.P.T("People see everything that is held of them, say what is wrong, and every decision names its facts and its law.")},
		{r.P.T("An old copy of the database brings back who was erased"), r.P.T("The list of erasures is kept apart from the copies, and is carried out again at every start.")},
		{r.P.T("Published figures point to somebody"), r.P.T("Small numbers are held back, rounded or blurred, and what is published has no personal fields.")},
	}
	m.Open = []string{
		r.P.T("Is each purpose needed, and would less data do?"),
		r.P.T("What do the people concerned, or those who speak for them, think of it?"),
		r.P.T("What does the data protection officer advise?"),
		r.P.T("Which risk is left, who accepts it, and when is it looked at again?"),
	}
	return m
}

func (r Reader) criteria(j *service.Jurisdiction) []Criterion {
	var automatic, sensitive, matched, vulnerable, published []string
	for _, s := range j.Services {
		title := r.words(j, s.Title)
		for _, st := range s.States {
			if st.Deadline != nil && st.Deadline.Then != "" {
				automatic = append(automatic, title)
				break
			}
		}
		if len(s.Lookups) > 0 {
			matched = append(matched, title)
		}
		if s.Notice != nil {
			published = append(published, title)
		}
		for _, p := range s.Pages {
			for _, q := range p.Questions {
				if special(q.ID) {
					sensitive = append(sensitive, title+": "+r.words(j, q.Ask))
				}
				if strings.Contains(q.ID, "child") || strings.Contains(q.ID, "birth") {
					vulnerable = append(vulnerable, title+": "+r.words(j, q.Ask))
				}
			}
		}
	}
	for _, reg := range j.Registers {
		for _, f := range reg.Fields {
			if special(f.ID) {
				sensitive = append(sensitive, r.words(j, reg.Title)+": "+r.words(j, f.Title))
			}
		}
	}
	one := func(title string, facts []string) Criterion {
		facts = compact(facts)
		return Criterion{Title: title, Met: len(facts) > 0, Facts: facts}
	}
	whole := []string{r.P.T("{n} services, {m} taxes and {k} registers for everybody in the area", i18n.V{"n": len(j.Services), "m": len(j.Taxes), "k": len(j.Registers)})}
	return []Criterion{
		{Title: r.P.T("People are scored or profiled")},
		one(r.P.T("A decision follows by itself, such as when a deadline passes"), automatic),
		{Title: r.P.T("People are watched systematically")},
		one(r.P.T("Sensitive data, such as health or offences"), sensitive),
		one(r.P.T("Data on a large scale"), whole),
		one(r.P.T("Data of several sources is matched"), matched),
		one(r.P.T("Data of children or others who cannot easily refuse"), vulnerable),
		{Title: r.P.T("New technology is used"), Met: true, Facts: []string{r.P.T("A public log, credentials for wallets, and an assistant that reads what is published")}},
		one(r.P.T("Something is refused or published because of it"), append(published, automatic...)),
	}
}

// special reports whether a name suggests a special category of data: a hint for whoever completes the draft.
func special(id string) bool {
	return slices.ContainsFunc([]string{"health", "disab", "medical", "religion", "ethnic", "conviction", "offence", "union", "sexual", "cause_of_death", "biometric"}, func(word string) bool { return strings.Contains(id, word) })
}
