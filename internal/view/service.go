package view

import (
	"context"
	"slices"
	"strings"
	"sync"

	"stoa/internal/calendar"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// ServicePage is a service's own page: what it is, for whom, what it costs and why, how long it takes.
type ServicePage struct {
	ServiceLine
	Who       string
	Needs     []Need
	FeeItems  []FeeItem
	Steps     []Stage // from the beginning to what is asked for
	Otherwise []Stage // where a case can also get to
	Results   string  // what is issued
	Laws      []Law
	Privacy   []Privacy
	Contact   Contact
	Channels  []string
	Topics    []TopicLine
	Variants  []VariantLine
	Early     bool         // there is a check before starting
	SignIn    policy.Level // that is needed to send it; Unknown: nobody has to sign in
	Pages     int
	Objection bool // the public is asked
	Register  RegisterLine
}

// Need is a requirement with its evidence.
type Need struct {
	Title, Evidence string
	Law             Law
}

// FeeItem is an item of the fee; Amount is "" where answers decide.
type FeeItem struct {
	Title, Amount string
	Why           *Why
	Law           Law
}

// Stage is a step of the case with the time the law gives for it.
type Stage struct {
	Title, Text, Time, After string
	Law                      Law
}

// Privacy is why something personal is asked.
type Privacy struct {
	Purpose, Keep string
	Basis         Law
	Questions     []string
}

// VariantLine is a later step on a licence.
type VariantLine struct{ ID, Title, Summary string }

// inForce is a service for the public.
func (v *View) inForce(r Reader, id string) (*service.Service, error) {
	s, ok := v.Docket.Releases.InForce(id)
	if !ok {
		return nil, fault.NewNotFound("")
	}
	return s, policy.Can(r.Actor, policy.ServiceRead, policy.Thing{Kind: "service", ID: id, Organisation: s.Organisation, Public: true})
}

// Service is a service's page.
func (v *View) Service(r Reader, id string) (ServicePage, error) {
	s, err := v.inForce(r, id)
	if err != nil {
		return ServicePage{}, err
	}
	j := s.Jurisdiction
	p := ServicePage{
		ServiceLine: v.serviceLine(r, s), Who: r.words(j, s.Who), Contact: r.contact(j, s.Organisation),
		SignIn: policy.LevelOf(s.Assurance), Early: hasEarly(s), Pages: len(s.Pages), Objection: s.Notice != nil, Privacy: r.privacy(s),
	}
	p.Steps, p.Otherwise = r.stages(s)
	for _, n := range s.Needs {
		p.Needs = append(p.Needs, Need{r.words(j, n.Title), r.words(j, n.Evidence), law(s, n.Law)})
	}
	judged := v.unanswered(s)
	for _, f := range s.Fee {
		item := FeeItem{Title: r.words(j, f.Title), Law: law(s, f.Law)}
		if judged.Fee != nil {
			for _, known := range judged.Fee.Items {
				if known.Fee == f {
					item.Amount, item.Why = process.Show(r.P, s, known.Amount, "money"), r.why(s, judged, known.Why)
				}
			}
		}
		p.FeeItems = append(p.FeeItems, item)
	}
	for _, src := range s.Law {
		p.Laws = append(p.Laws, lawOf(src))
	}
	slices.SortFunc(p.Laws, func(a, b Law) int { return strings.Compare(a.Text+a.URL, b.Text+b.URL) })
	p.Laws = slices.Compact(p.Laws)
	for _, variant := range s.Variants {
		p.Variants = append(p.Variants, VariantLine{variant.ID, r.words(j, variant.Title), r.words(j, variant.Summary)})
	}
	for _, t := range r.topics(j, j.File.Topics, func(s *service.Service) []string { return s.Topics }) {
		if slices.Contains(s.Topics, t.ID) {
			p.Topics = append(p.Topics, t)
		}
	}
	for _, c := range s.Channels {
		p.Channels = append(p.Channels, r.channel(c))
	}
	if s.Issue != nil {
		p.Results = r.words(j, s.Issue.Title)
		if s.Issue.Register.Public {
			p.Register = r.registerLine(j, s.Issue.Register)
		}
	}
	return p, nil
}

func (r Reader) channel(c string) string {
	switch c {
	case "web":
		return r.P.T("Online, on this site")
	case "desk":
		return r.P.T("At our office")
	case "paper":
		return r.P.T("By post")
	}
	return r.P.T("By telephone")
}

// blanks keeps the judgement of an application in which nothing is answered: it changes with the
// definition and with the day only, and every list of services asks for it.
type blanks struct {
	mu     sync.Mutex
	day    calendar.Date
	of     *service.Jurisdiction
	byHash map[string]*process.Judgement
}

// unanswered is the judgement of a draft in which nothing is answered. It is shared: read its fee only.
func (v *View) unanswered(s *service.Service) *process.Judgement {
	today := docket.Day(s, v.now())
	v.blank.mu.Lock()
	defer v.blank.mu.Unlock()
	if v.blank.of != s.Jurisdiction || v.blank.day != today {
		v.blank.of, v.blank.day, v.blank.byHash = s.Jurisdiction, today, map[string]*process.Judgement{}
	}
	if j := v.blank.byHash[s.Hash]; j != nil {
		return j
	}
	situation := process.Situation{Service: s, Variant: "new", Today: today}
	j, err := process.Judge(context.Background(), situation, process.Typed{})
	if err != nil { // nothing outside is asked, so nothing can fail
		j = &process.Judgement{Situation: situation}
	}
	v.blank.byHash[s.Hash] = j
	return j
}

// stages are the states on the way to what is asked for, with that, and the open states off that way.
func (r Reader) stages(s *service.Service) (way, otherwise []Stage) {
	passed := map[string]bool{}
	usual := usualWay(s, s.Case.Start, map[string]bool{})
	if s.Payment != nil && s.Payment.Waits != "" {
		usual = append([]string{s.Payment.Waits}, usual...)
	}
	for _, id := range usual {
		way, passed[id] = append(way, r.stage(s, s.States[id])), true
	}
	for _, st := range statesInOrder(s) {
		if st.End == "" && !passed[st.ID] {
			otherwise = append(otherwise, r.stage(s, st))
		}
	}
	return way, otherwise
}

// stage is a state with its time limit, and what follows when that passes.
func (r Reader) stage(s *service.Service, st *service.State) Stage {
	j := s.Jurisdiction
	stage := Stage{Title: r.words(j, st.Title), Text: r.words(j, st.Tell)}
	if d := st.Deadline; d != nil {
		stage.Time, stage.Law = r.period(d.DeadlineFile), law(s, d.Law)
		for _, a := range s.Actions {
			if a.ID == d.Then {
				stage.After = r.words(j, a.Title)
			}
		}
	}
	return stage
}

// usualWay is the way from a state to one in which what is asked for is granted: of several, the one by the
// actions that the file names first. Where the clock stands still, the case waits for an answer: that is off
// the way. nil if no way leads there.
func usualWay(s *service.Service, from string, been map[string]bool) []string {
	st := s.States[from]
	if st == nil || been[from] || st.Clock == "stopped" {
		return nil
	}
	if st.End != "" {
		if st.End == "granted" {
			return []string{from}
		}
		return nil
	}
	been[from] = true
	for _, a := range s.Actions {
		if !slices.Contains(a.From, from) {
			continue
		}
		if rest := usualWay(s, a.To, been); rest != nil {
			return append([]string{from}, rest...)
		}
	}
	return nil
}

// privacy gathers, purpose by purpose, what personal is asked and how long it is kept.
func (r Reader) privacy(s *service.Service) []Privacy {
	j := s.Jurisdiction
	var list []Privacy
	for _, id := range sortedKeys(s.Privacy) {
		file := s.Privacy[id]
		p := Privacy{Purpose: r.words(j, file.Purpose), Keep: r.keep(file.Keep), Basis: law(s, file.Basis)}
		for _, q := range s.Questions {
			if q.Personal == id {
				p.Questions = append(p.Questions, r.short(s, q))
			}
		}
		if len(p.Questions) > 0 {
			list = append(list, p)
		}
	}
	return list
}

// keep is "6 years" of the file in the reader's language.
func (r Reader) keep(file string) string {
	n, unit := 0, ""
	for _, c := range file {
		if c >= '0' && c <= '9' {
			n = n*10 + int(c-'0')
		} else if c != ' ' {
			unit += string(c)
		}
	}
	switch unit {
	case "year", "years":
		return r.P.N("{n} year after the case is closed", "{n} years after the case is closed", n)
	case "month", "months":
		return r.P.N("{n} month after the case is closed", "{n} months after the case is closed", n)
	case "day", "days":
		return r.P.N("{n} day after the case is closed", "{n} days after the case is closed", n)
	}
	return file
}

// short names a question in lists.
func (r Reader) short(s *service.Service, q *service.Question) string {
	if t := r.words(s.Jurisdiction, q.Short); t != "" {
		return t
	}
	return r.words(s.Jurisdiction, q.Ask)
}

func hasEarly(s *service.Service) bool {
	return slices.ContainsFunc(s.Eligibility, func(e *service.Eligibility) bool { return e.Early })
}

// Eligibility is the check before starting. Nothing of it is stored.
type Eligibility struct {
	Service  ServiceLine
	Fields   []Field
	Problems []Problem
	Complete bool     // all that is asked is answered
	Refusals []Refuse // why this service is not for the reader
	Typed    process.Typed
}

// Refuse is a condition that does not hold.
type Refuse struct {
	Text string
	Law  Law
	Why  *Why
}

// Eligibility judges what was typed so far; posted says that errors are to be shown.
func (v *View) Eligibility(ctx context.Context, r Reader, id string, form map[string][]string, posted bool) (Eligibility, error) {
	s, err := v.inForce(r, id)
	if err != nil {
		return Eligibility{}, err
	}
	e := Eligibility{Service: v.serviceLine(r, s)}
	err = v.read(ctx, "Eligibility", func(ctx context.Context, tx *store.Tx) error {
		e.Fields, e.Problems, e.Refusals, e.Typed = nil, nil, nil, process.Typed{}
		situation := v.Docket.Live(tx, s, "new", docket.Day(s, tx.Now()), "")
		e.Typed.Merge("", process.ReadForm(topLevel(s), form))
		judged, questions, err := process.Early(ctx, situation, e.Typed)
		if err != nil {
			return err
		}
		draft := &docket.Draft{Service: s, Judged: judged}
		asked := map[string]bool{}
		for _, q := range questions {
			asked[q.ID] = true
			e.Fields = append(e.Fields, r.field(draft, &e.Typed, "", q))
		}
		e.Complete = len(questions) > 0
		for _, wrong := range judged.Errors {
			if asked[wrong.Path] {
				e.Complete = false
				if posted {
					e.Problems = append(e.Problems, r.problem(s, wrong))
				}
			}
		}
		markWrong(e.Fields, e.Problems)
		e.Refusals = r.refusals(judged, true)
		return nil
	})
	return e, err
}

// topLevel are the questions that are in no group.
func topLevel(s *service.Service) []*service.Question {
	var list []*service.Question
	for _, q := range s.Questions {
		if q.Parent == nil && q.Type != "group" {
			list = append(list, q)
		}
	}
	return list
}

// refusals are the conditions that do not hold.
func (r Reader) refusals(j *process.Judgement, early bool) []Refuse {
	s := j.Situation.Service
	var list []Refuse
	for _, v := range j.Eligibility {
		if v.Holds == nil || *v.Holds || early && !v.Rule.Early {
			continue
		}
		list = append(list, Refuse{r.words(s.Jurisdiction, v.Rule.Otherwise), law(s, v.Rule.Law), r.why(s, j, v.Why)})
	}
	return list
}
