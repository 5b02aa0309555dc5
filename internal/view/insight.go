package view

import (
	"context"
	"slices"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/insight"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Insight is what happened, added up: for everybody with small numbers held back, and at the desk exactly, for those of
// the organisation.
type Insight struct{ *View }

// The pages of it.
const (
	InsightDemand       = "demand"
	InsightCompletion   = "completion"
	InsightQuestions    = "questions"
	InsightWaiting      = "waiting"
	InsightSteps        = "steps"
	InsightBacklog      = "backlog"
	InsightPromise      = "promise"
	InsightAreas        = "areas"
	InsightLanguages    = "languages"
	InsightChannels     = "channels"
	InsightSatisfaction = "satisfaction"
	InsightMoney        = "money"
	InsightCost         = "cost"
	InsightObjections   = "objections"
)

// InsightTopics are the pages in their order.
var InsightTopics = []string{InsightDemand, InsightWaiting, InsightSteps, InsightBacklog, InsightPromise, InsightCompletion, InsightQuestions,
	InsightAreas, InsightLanguages, InsightChannels, InsightSatisfaction, InsightMoney, InsightCost, InsightObjections}

// InsightAsk is what is asked for, as an address says it.
type InsightAsk struct {
	Desk                        bool // exactly, and by weeks
	Topic                       string
	Organisation, Service, Area string
	From, Until                 calendar.Date // months, as their first days; zero: the usual
}

// Fit leaves out of a question what its topic cannot be narrowed down by: areas are told apart by demand and waiting
// alone, and everybody sees money of the whole place only, since a service has few bills of which many know one.
func (q InsightAsk) Fit() InsightAsk {
	if q.Topic != InsightDemand && q.Topic != InsightWaiting {
		q.Area = ""
	}
	if q.Topic == InsightMoney && !q.Desk {
		q.Organisation, q.Service = "", ""
	}
	return q
}

// InsightPage is the answer.
type InsightPage struct {
	InsightAsk
	Title, Finding string
	Scope          string // of whom it is told: "Licensing", "the whole district"
	Period         string
	Through        Instant // up to which everything is counted; zero where nothing is yet
	Figures        []InsightFigure
	Notes          []string
	Choices        InsightChoices
	Places         []DataPlace // of areas, for a map
	Step           *InsightStep
}

// InsightChoices are what a page can be narrowed down to.
type InsightChoices struct {
	Organisations, Services, Areas []Option
	First, Last                    calendar.Date // months that are counted
}

// InsightFigure is one picture with its table.
type InsightFigure struct {
	ID, Title, Finding string
	Kind               string // KindBars, KindLines, KindStack
	DataFigures
	Decimals, Expected int
	Percent            bool
	Low, High          []DataValue // around the first series
	Notes              []string
}

// asked is one question with all that its answer is read from: one state of the database, on one day.
type asked struct {
	Insight
	ctx   context.Context
	tx    *store.Tx
	r     Reader
	j     *service.Jurisdiction
	q     InsightAsk
	today calendar.Date
	first calendar.Date // month in which counting began; zero: nothing is counted
	p     *InsightPage

	tables map[string]map[calendar.Date]protectedMonth // that were protected for this question, by measure and months
}

// ask reads a page's facts after asking for the right to see them, and fills in what the question left open.
func (v Insight) ask(ctx context.Context, r Reader, q InsightAsk, fn func(a *asked) error) (p InsightPage, err error) {
	j := v.place()
	if err := policy.Can(r.Actor, policy.InsightSee, policy.Thing{Kind: "insight", Public: true}); err != nil {
		return p, err
	}
	if s := serviceOf(j, q.Service); s != nil {
		q.Organisation = s.Organisation
	} else if q.Service != "" {
		return p, fault.NewNotFound("")
	}
	if q.Organisation != "" && organisation(j, q.Organisation) == nil {
		return p, fault.NewNotFound("")
	}
	if q = q.Fit(); q.Desk {
		if q.Organisation == "" && policy.Can(r.Actor, policy.InsightRead, policy.Thing{Kind: "insight"}) != nil {
			if mine := ownOrganisations(r.Actor, j); len(mine) > 0 {
				q.Organisation = mine[0]
			}
		}
		if err := policy.Can(r.Actor, policy.InsightRead, policy.Thing{Kind: "insight", Organisation: q.Organisation}); err != nil {
			return p, err
		}
	}
	err = v.read(ctx, "insight", func(ctx context.Context, tx *store.Tx) error {
		a := &asked{Insight: v, ctx: ctx, tx: tx, r: r, j: j, q: q, today: j.Calendar.DateOf(tx.Now()), p: &p,
			tables: map[string]map[calendar.Date]protectedMonth{}}
		if err := a.bounds(); err != nil {
			return err
		}
		a.choices()
		p.InsightAsk = a.q
		return fn(a)
	})
	return p, err
}

func serviceOf(j *service.Jurisdiction, id string) *service.Service {
	i := slices.IndexFunc(j.Services, func(s *service.Service) bool { return s.Service == id })
	if i < 0 {
		return nil
	}
	return j.Services[i]
}

// ownOrganisations are those whose figures the actor reads exactly, in the order of the file.
func ownOrganisations(who policy.Actor, j *service.Jurisdiction) (ids []string) {
	for _, o := range j.File.Organisations {
		own := slices.ContainsFunc(j.Services, func(s *service.Service) bool { return s.Organisation == o.ID })
		if own && policy.Can(who, policy.InsightRead, policy.Thing{Kind: "insight", Organisation: o.ID}) == nil {
			ids = append(ids, o.ID)
		}
	}
	return ids
}

// InsightArea reports whether the actor reads any organisation's figures.
func InsightArea(who policy.Actor, j *service.Jurisdiction) bool {
	return len(ownOrganisations(who, j)) > 0
}

// bounds finds since when something is counted, and keeps the question within whole months that are over.
func (a *asked) bounds() error {
	through, err := insight.Figures{}.Through(a.ctx, a.tx)
	if err != nil {
		return err
	}
	if !through.IsZero() && through.Unix() > 0 {
		a.p.Through = a.r.instant(a.j, through)
	}
	points, err := a.series(insight.Ask{Measure: insight.Came, Grain: insight.Month})
	if err != nil || len(points) == 0 {
		return err
	}
	a.first = points[0].Day
	last := back(monthStart(a.today), 1)
	if a.first.After(last) { // the first month is not over
		return nil
	}
	a.p.Choices.First, a.p.Choices.Last = a.first, last
	if a.q.Until.IsZero() || a.q.Until.After(last) {
		a.q.Until = last
	}
	a.q.Until = monthStart(a.q.Until)
	if a.q.From.IsZero() {
		a.q.From = back(a.q.Until, 11)
	}
	if a.q.From = monthStart(a.q.From); a.q.From.Before(a.first) {
		a.q.From = a.first
	}
	if a.q.From.After(a.q.Until) {
		a.q.From = a.q.Until
	}
	over, err := insight.Figures{}.TakenOver(a.ctx, a.tx)
	if err != nil {
		return err
	}
	if !over.IsZero() && !a.q.From.After(over) {
		a.p.Notes = append(a.p.Notes, a.r.P.T("Figures of cases that ended by {date} were taken over from the system before this one.", map[string]any{"date": a.r.date(over)}))
	}
	a.p.Period = a.monthName(a.q.From)
	if a.q.From != a.q.Until {
		a.p.Period = a.r.P.T("{from} to {until}", map[string]any{"from": a.monthName(a.q.From), "until": a.monthName(a.q.Until)})
	}
	return nil
}

// nothing tells that no month of the question was counted.
func (a *asked) nothing() bool {
	switch {
	case a.first.IsZero() || a.p.Choices.Last.IsZero():
		a.p.Finding = a.r.P.T("Only months that are over are told. The first figures are there on {date}.", map[string]any{"date": a.r.date(back(monthStart(a.today), -1))})
	case a.first.After(a.q.Until):
		a.p.Finding = a.r.P.T("Nothing was counted before {month}.", map[string]any{"month": a.monthName(a.first)})
	default:
		return false
	}
	return true
}

func (a *asked) monthName(d calendar.Date) string { return a.r.P.Month(d.Year(), d.Month()) }

func monthStart(d calendar.Date) calendar.Date { return calendar.MustDate(d.String()[:8] + "01") }

// back is the first day of the month some months earlier; later for a negative number.
func back(month calendar.Date, n int) calendar.Date {
	d, err := month.AddMonths(-n)
	if err != nil {
		return month
	}
	return d
}

func (a *asked) choices() {
	p, r := a.p, a.r
	p.Scope = r.words(a.j, a.j.File.Name)
	if a.q.Organisation != "" {
		p.Scope = r.organisationName(a.j, a.q.Organisation)
	}
	own := ownOrganisations(r.Actor, a.j)
	for _, o := range a.j.File.Organisations {
		has := slices.ContainsFunc(a.j.Services, func(s *service.Service) bool { return s.Organisation == o.ID })
		if has && (!a.q.Desk || slices.Contains(own, o.ID)) {
			p.Choices.Organisations = append(p.Choices.Organisations, Option{Value: o.ID, Label: r.words(a.j, o.Name)})
		}
	}
	for _, s := range a.j.Services {
		if a.q.Desk && !slices.Contains(own, s.Organisation) {
			continue
		}
		p.Choices.Services = append(p.Choices.Services, Option{Value: s.Service, Label: r.words(a.j, s.Title)})
		if s.Service == a.q.Service {
			p.Scope = r.words(a.j, s.Title)
		}
	}
}

// series reads one of the question's organisation and service, unless it names its own.
func (a *asked) series(q insight.Ask) ([]insight.Point, error) {
	return insight.Figures{}.Read(a.ctx, a.tx, q)
}

// mine is a series of the question's organisation and service, between its months.
func (a *asked) mine(measure, by string, grain insight.Grain, from, until calendar.Date) ([]insight.Point, error) {
	return a.series(insight.Ask{Measure: measure, By: by, Grain: grain, Organisation: a.q.Organisation, Service: a.q.Service, From: from, Until: until})
}

// months are those of the question, as their first days.
func (a *asked) months() (list []calendar.Date) {
	if a.first.IsZero() {
		return nil
	}
	for m := a.q.From; !m.After(a.q.Until); m = back(m, -1) {
		list = append(list, m)
	}
	return list
}

func instants(days []calendar.Date) []time.Time {
	list := make([]time.Time, len(days))
	for i, d := range days {
		list[i] = time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC)
	}
	return list
}
