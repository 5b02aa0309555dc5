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
		if a.first.IsZero() || a.first.After(a.q.Until) {
			a.p.Finding = r.P.T("No whole month has been counted yet. Come back next month.")
			return nil
		}
		for _, topic := range InsightTopics {
			one := *a
			var p InsightPage
			one.p, one.q.Topic = &p, topic
			if err := one.build(topic); err != nil {
				return err
			}
			h.Lines = append(h.Lines, InsightLine{topic, r.InsightTitle(topic), p.Finding})
			if topic == InsightDemand || topic == InsightWaiting {
				a.p.Figures = append(a.p.Figures, p.Figures[0])
			}
			a.p.Choices.Areas = longer(a.p.Choices.Areas, p.Choices.Areas)
		}
		return nil
	})
	return h, err
}

func longer(a, b []Option) []Option {
	if len(b) > len(a) {
		return b
	}
	return a
}
