package view

import "context"

// InsightHome is the first page of what happened: each topic with its finding.
type InsightHome struct {
	InsightPage
	Lines []InsightLine
}

// InsightLine is a topic with what it says.
type InsightLine struct{ Topic, Title, Finding string }

// Home says of every topic what it finds.
func (v Insight) Home(ctx context.Context, r Reader, q InsightAsk) (h InsightHome, err error) {
	h.InsightPage, err = v.ask(ctx, r, q, func(a *asked) error {
		if a.nothing() {
			return nil
		}
		for _, topic := range InsightTopics {
			one := *a
			var p InsightPage
			one.p, one.q.Topic = &p, topic
			one.q = one.q.Fit()
			if err := one.build(topic); err != nil {
				return err
			}
			if one.q.Organisation != a.q.Organisation || one.q.Service != a.q.Service { // it tells of more than this page
				p.Finding = r.P.T("{scope}: {finding}", map[string]any{"scope": r.words(a.j, a.j.File.Name), "finding": p.Finding})
			}
			h.Lines = append(h.Lines, InsightLine{topic, r.InsightTitle(topic), p.Finding})
			if topic == InsightDemand || topic == InsightWaiting {
				a.p.Figures = append(a.p.Figures, p.Figures[0])
			}
		}
		return nil
	})
	return h, err
}
