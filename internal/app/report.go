package app

import (
	"context"
	"net/url"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/view"
	"stoa/internal/web/insight"
)

// report sends the figures that people asked to have by mail and that are due. Whoever may not read them any more gets no more.
func (a *App) report(ctx context.Context) {
	due, err := a.Flow.Insight().DueReports(ctx, System)
	for _, d := range due {
		if err = a.reportOne(ctx, d); err != nil && ctx.Err() == nil {
			a.Log.Error("sending figures by mail", "view", d.ID, "err", err)
		}
	}
	if err != nil && len(due) == 0 && ctx.Err() == nil {
		a.Log.Error("looking for figures to send by mail", "err", err)
	}
}

func (a *App) reportOne(ctx context.Context, d flow.DueReport) error {
	values, err := url.ParseQuery(d.Query)
	if err != nil {
		values = nil
	}
	r := view.Reader{Actor: d.Actor, P: a.words.For(d.Language)}
	out := flow.Report{Due: d}
	out.Title, out.Text, err = view.Insight{View: a.View}.Report(ctx, r, d.Name, insight.ReadFrom(values, d.Topic, true))
	if kind := fault.KindOf(err); err != nil && kind != fault.Forbidden && kind != fault.NotFound {
		return err
	}
	return a.Flow.Insight().SendReport(ctx, System, out)
}
