package view

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/insight"
	"stoa/internal/service"
)

// What is told apart by: areas, languages, ways in, questions; and how it went, who objected.

// tally is a sum with what it is of.
type insightTally struct {
	of        string
	n, amount int64
}

// tallies add a series up over its days, the largest first.
func tallies(points []insight.Point) (list []insightTally, all int64) {
	at := map[string]int{}
	for _, p := range points {
		i, ok := at[p.Value]
		if !ok {
			i, at[p.Value] = len(list), len(list)
			list = append(list, insightTally{of: p.Value})
		}
		list[i].n, list[i].amount, all = list[i].n+p.N, list[i].amount+p.Amount, all+p.N
	}
	slices.SortFunc(list, func(x, y insightTally) int { return cmp.Or(cmp.Compare(y.n, x.n), cmp.Compare(x.of, y.of)) })
	return list, all
}

// order puts sums in the order in which they are told: by what is shown of them, and never by what is held back.
func (a *asked) order(list []insightTally, name func(string) string) {
	slices.SortStableFunc(list, func(x, y insightTally) int {
		return cmp.Or(cmp.Compare(shown(a.rough(y.n)), shown(a.rough(x.n))), cmp.Compare(name(x.of), name(y.of)), cmp.Compare(x.of, y.of))
	})
}

// bars is a picture of sums by what they are of.
func (a *asked) bars(id, title, of, unit string, list []insightTally, name func(string) string) InsightFigure {
	f := InsightFigure{ID: id, Title: title, Kind: KindBars, DataFigures: DataFigures{Of: of, Unit: unit, Series: []DataSeries{{Name: title}}}}
	a.order(list, name)
	for _, t := range list {
		f.Categories = append(f.Categories, name(t.of))
		f.Series[0].Values = append(f.Series[0].Values, a.rough(t.n))
	}
	return f
}

func (a *asked) period() (from, until calendar.Date) { return a.q.From, a.q.Until }

// apart is one distinction of a measure over the whole period.
func (a *asked) apart(measure, by string) ([]insightTally, int64, error) {
	from, until := a.period()
	points, err := a.mine(measure, by, insight.Month, from, until)
	list, all := tallies(points)
	return list, all, err
}

func (a *asked) areaName(id string) string {
	if id == insight.Unknown {
		return a.r.P.T("Not known")
	}
	return id
}

// compareAreas shows a measure by area; at the desk exactly, else the sums of the months that may be shown.
func (a *asked) compareAreas(measure, title, unit string) error {
	months, p := a.months(), a.r.P
	list, _, err := a.apart(measure, insight.ByArea)
	if err != nil || len(list) < 2 {
		return err
	}
	f := InsightFigure{ID: "areas", Title: title, Kind: KindBars, DataFigures: DataFigures{Of: p.T("Postcode district"), Unit: unit, Series: []DataSeries{{Name: title}}}}
	held := false
	sums := map[string]DataValue{}
	for _, t := range list {
		values, err := a.counted(measure, t.of, months)
		if err != nil {
			return err
		}
		sum := DataValue{}
		for _, v := range values {
			if v.Known {
				sum.N, sum.Known = sum.N+v.N, true
			}
			held = held || v.Held
		}
		if sum.N == 0 && held {
			sum = DataValue{Held: true}
		}
		sums[t.of] = sum
	}
	slices.SortFunc(list, func(x, y insightTally) int {
		return cmp.Or(cmp.Compare(shown(sums[y.of]), shown(sums[x.of])), cmp.Compare(x.of, y.of))
	})
	for _, t := range list {
		a.p.Choices.Areas = append(a.p.Choices.Areas, Option{Value: t.of, Label: a.areaName(t.of)})
		f.Categories, f.Series[0].Values = append(f.Categories, a.areaName(t.of)), append(f.Series[0].Values, sums[t.of])
	}
	if held {
		f.Notes = append(f.Notes, p.T("Months in which a number is held back are not part of these sums: there may be more."))
	}
	f.Finding = a.most(f)
	a.p.Figures = append(a.p.Figures, f)
	return nil
}

// most is "Most: GV1, with 41 of 97." of the first series.
func (a *asked) most(f InsightFigure) string {
	best, all := -1, 0.0
	for i, v := range f.Series[0].Values {
		if !v.Known {
			continue
		}
		all += v.N
		if best < 0 || v.N > f.Series[0].Values[best].N {
			best = i
		}
	}
	if best < 0 || all == 0 {
		return a.r.P.T("Too little was counted to compare.")
	}
	return a.r.P.T("Most: {name}, with {n} of {all}.", map[string]any{"name": f.Categories[best], "n": number(a.r.P.Number, f.Series[0].Values[best].N), "all": number(a.r.P.Number, all)})
}

func (a *asked) areas() error {
	if err := a.compareAreas(insight.Came, a.r.P.T("Applications by area"), a.r.P.T("applications")); err != nil {
		return err
	}
	if len(a.p.Figures) == 0 {
		a.p.Finding = a.r.P.T("These services ask for no place, or too little was counted to tell areas apart.")
		return nil
	}
	f := a.p.Figures[0]
	centres, err := a.centres(a.p.Choices.Areas)
	if err != nil {
		return err
	}
	for i, name := range f.Categories {
		if at, ok := centres[a.p.Choices.Areas[i].Value]; ok {
			a.p.Places = append(a.p.Places, DataPlace{Name: name, Lon: at[0], Lat: at[1], Value: f.Series[0].Values[i]})
		}
	}
	a.p.Notes = append(a.p.Notes, a.r.P.T("An area is the first half of a postcode, of what is applied for or else of whoever applies."), a.heldNote())
	return nil
}

func (a *asked) languages() error {
	p := a.r.P
	list, _, err := a.apart(insight.Came, insight.ByLanguage)
	if err != nil {
		return err
	}
	f := a.bars("languages", p.T("Applications by language"), p.T("Language"), p.T("applications"), list, a.languageName)
	f.Finding, f.Notes = a.most(f), append(f.Notes, a.roundedNote())
	a.whole(f)
	return nil
}

// languageName is what readers call a language; of others its tag.
func (a *asked) languageName(tag string) string {
	switch tag {
	case "en":
		return a.r.P.T("English")
	case "ar":
		return a.r.P.T("Arabic")
	}
	return tag
}

func (a *asked) channels() error {
	p := a.r.P
	list, _, err := a.apart(insight.Started, insight.ByChannel)
	if err != nil {
		return err
	}
	names := map[string]string{"web": p.T("These pages"), "assistant": p.T("The assistant"), "paper": p.T("Paper"), "desk": p.T("At the counter"), "phone": p.T("Telephone")}
	f := a.bars("channels", p.T("Applications begun, by way in"), p.T("Way in"), p.T("applications"), list, func(id string) string { return cmp.Or(names[id], id) })
	f.Finding, f.Notes = a.most(f), append(f.Notes, a.roundedNote())
	a.whole(f)
	return nil
}

func (a *asked) completion() error {
	p, months := a.r.P, a.months()
	points, err := a.mine(insight.Started, "", insight.Month, months[0], months[len(months)-1])
	if err != nil {
		return err
	}
	came, err := a.counted(insight.Came, "", months)
	if err != nil {
		return err
	}
	started := make([]DataValue, len(months))
	for i := range months {
		started[i] = a.rough(0)
	}
	var begun, sent float64
	for _, pt := range points {
		if i := months[0].MonthsUntil(pt.Day); i >= 0 && i < len(months) {
			if started[i] = a.rough(pt.N); started[i].Known && came[i].Known {
				begun, sent = begun+started[i].N, sent+came[i].N
			}
		}
	}
	f := a.monthly("completion", p.T("Applications begun and sent, by month"), p.T("applications"), months,
		DataSeries{Name: p.T("Begun"), Values: started}, DataSeries{Name: p.T("Sent"), Values: came})
	f.Kind = KindLines
	switch {
	case begun == 0:
		f.Finding = p.T("Too little was begun to say how much of it is finished.")
	default:
		f.Finding = p.T("About {share} of what is begun is sent.", map[string]any{"share": a.r.Percent(int64(math.Min(sent, begun)), int64(begun))})
	}
	f.Notes = append(f.Notes, p.T("What was begun in one month may be sent in the next."), a.roundedNote())
	a.p.Figures = append(a.p.Figures, f)
	return nil
}

// questions shows at which pages people leave, and which questions are answered wrongly: of one service, in each language.
func (a *asked) questions() error {
	p := a.r.P
	s := serviceOf(a.j, a.q.Service)
	if s == nil {
		a.p.Finding = p.T("Choose a service to see which of its questions are hard.")
		return nil
	}
	reached, n, err := a.apart(insight.Reached, insight.ByPage)
	if err != nil {
		return err
	}
	passed, _, err := a.apart(insight.Passed, insight.ByPage)
	if err != nil {
		return err
	}
	if n == 0 {
		a.p.Finding = p.T("Nobody has been asked these questions on these pages in this time.")
		return nil
	}
	of := func(list []insightTally, id string) int64 {
		i := slices.IndexFunc(list, func(t insightTally) bool { return t.of == id })
		if i < 0 {
			return 0
		}
		return list[i].n
	}
	f := InsightFigure{ID: "pages", Title: p.T("Where people stop"), Kind: KindBars,
		DataFigures: DataFigures{Of: p.T("Page"), Unit: p.T("people"), Series: []DataSeries{{Name: p.T("Came to the page")}, {Name: p.T("Left there")}}}}
	worst := -1 // of what is shown
	for _, pg := range s.Pages {
		came, went := of(reached, pg.File.Page), of(passed, pg.File.Page)
		left := a.rough(max(0, came-went))
		f.Categories = append(f.Categories, a.r.words(a.j, pg.File.Title))
		f.Series[0].Values, f.Series[1].Values = append(f.Series[0].Values, a.rough(came)), append(f.Series[1].Values, left)
		if shown(left) > 0 && (worst < 0 || shown(left) > shown(f.Series[1].Values[worst])) {
			worst = len(f.Categories) - 1
		}
	}
	switch {
	case worst < 0:
		f.Finding = p.T("Nobody left in between.")
	case f.Series[1].Values[worst].Held:
		f.Finding = p.T("Too few left in between to say where.")
	default:
		f.Finding = p.T("Most who left did so at “{page}”: {n}.", map[string]any{"page": f.Categories[worst], "n": number(p.Number, f.Series[1].Values[worst].N)})
	}
	f.Notes = append(f.Notes, p.T("Left are those who came to a page and did not get past it, up to now."), a.roundedNote())
	a.p.Figures = append(a.p.Figures, f)
	return a.mistakes(s)
}

func (a *asked) mistakes(s *service.Service) error {
	p := a.r.P
	list, all, err := a.apart(insight.Wrong, insight.ByQuestion)
	if err != nil || all == 0 {
		return err
	}
	f := a.bars("mistakes", p.T("Questions answered wrongly, or not"), p.T("Question"), p.T("times"), list, func(id string) string { return a.questionName(s, id) })
	f.Series[0].Name = p.T("All")
	for _, l := range a.j.File.Languages {
		if len(a.j.File.Languages) < 2 {
			break
		}
		in, _, err := a.apart(insight.Wrong, insight.In(insight.ByQuestion, l))
		if err != nil {
			return err
		}
		one := DataSeries{Name: a.languageName(l)}
		for _, t := range list {
			i := slices.IndexFunc(in, func(o insightTally) bool { return o.of == t.of })
			n := int64(0)
			if i >= 0 {
				n = in[i].n
			}
			one.Values = append(one.Values, a.rough(n))
		}
		f.Series = append(f.Series, one)
	}
	holdParts(f.Series[1:])
	holdWhole(f.Series)
	f.Finding, f.Notes = a.most(f), append(f.Notes, a.roundedNote())
	a.p.Figures = append(a.p.Figures, f)
	return nil
}

// holdParts holds back all parts of what one of them is held back of, since the others and the sum would tell it.
func holdParts(parts []DataSeries) {
	for i := range parts {
		for k, v := range parts[i].Values {
			for other := range parts {
				if v.Held {
					parts[other].Values[k] = DataValue{Held: true}
				}
			}
		}
	}
}

// holdWhole holds back a sum that would tell its parts, which are all held back: where they are few each, and the sum is nearly as
// much as they can be together.
func holdWhole(series []DataSeries) {
	for k, v := range series[0].Values {
		if len(series) > 1 && v.Known && series[1].Values[k].Held && v.N <= float64((insightFloor-1)*(len(series)-1))+insightFloor/2 {
			series[0].Values[k] = DataValue{Held: true}
		}
	}
}

func (a *asked) questionName(s *service.Service, path string) string {
	for _, q := range s.Questions {
		if q.Path == path {
			return a.r.words(a.j, q.Short)
		}
	}
	return strings.ReplaceAll(path, "_", " ")
}

func (a *asked) satisfaction() error {
	p, months := a.r.P, a.months()
	points, err := a.mine(insight.Said, "", insight.Month, months[0], months[len(months)-1])
	if err != nil {
		return err
	}
	n, sum := make([]int64, len(months)), make([]int64, len(months))
	var all, total int64
	for _, pt := range points {
		if i := months[0].MonthsUntil(pt.Day); i >= 0 && i < len(months) {
			n[i], sum[i], all, total = n[i]+pt.N, sum[i]+pt.Amount, all+pt.N, total+pt.Amount
		}
	}
	values := make([]DataValue, len(months))
	for i := range months {
		if n[i] > 0 {
			values[i] = a.of(n[i], math.Round(float64(sum[i])/float64(n[i])*10)/10)
		}
	}
	f := a.monthly("satisfaction", p.T("How it went, from 1 (very badly) to 5 (very well)"), p.T("of 5"), months, DataSeries{Name: p.T("Average"), Values: values})
	if v := a.of(all, float64(total)/math.Max(1, float64(all))); v.Known {
		f.Finding = p.T("People give {score} of 5 on average.", map[string]any{"score": decimals(p.Number, v.N, 1)})
	} else {
		f.Finding = p.T("Too few have said how it went.")
	}
	f.Notes = append(f.Notes, p.T("Whoever sends an application may say how it went. The answer is kept apart from who they are."), a.heldNote())
	a.p.Figures = append(a.p.Figures, f)
	return nil
}

func (a *asked) objections() error {
	p, months := a.r.P, a.months()
	points, err := a.mine(insight.Objected, "", insight.Month, months[0], months[len(months)-1])
	if err != nil {
		return err
	}
	values := make([]DataValue, len(months))
	for i := range values {
		values[i] = a.rough(0)
	}
	for _, pt := range points {
		if i := months[0].MonthsUntil(pt.Day); i >= 0 && i < len(months) {
			values[i] = a.rough(pt.N)
		}
	}
	f := a.monthly("objections", p.T("Comments and objections of the public, by month"), p.T("comments"), months, DataSeries{Name: p.T("Comments"), Values: values})
	f.Finding, f.Notes = a.moved(values, months, p.T("comments and objections")), append(f.Notes, a.roundedNote())
	a.p.Figures = append(a.p.Figures, f)
	return nil
}
