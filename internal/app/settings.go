package app

import (
	"slices"
	"strings"

	"stoa/internal/flow"
)

// publicSettings is what of the settings stands in the public log.
func (a *App) publicSettings() []flow.Setting {
	yes := func(is bool) string {
		if is {
			return "yes"
		}
		return "no"
	}
	var witnesses, providers []string
	for _, w := range a.Config.Log.Witnesses {
		name, _, _ := strings.Cut(w.Key, "+")
		witnesses = append(witnesses, name)
	}
	for _, p := range a.Flow.Money.Providers {
		providers = append(providers, p.Name())
	}
	slices.Sort(providers)
	list := func(names []string) string {
		if len(names) == 0 {
			return "none"
		}
		return strings.Join(names, " ")
	}
	return []flow.Setting{
		{Name: "url", Value: a.Config.URL}, {Name: "payments", Value: list(providers)}, {Name: "witnesses", Value: list(witnesses)},
		{Name: "mail", Value: yes(a.Config.Mail.Host != "")}, {Name: "virus-scanner", Value: yes(a.Config.Clamd != "")},
		{Name: "language-model", Value: list(strings.Fields(a.Config.Assistant.Model))},
		{Name: "hooks-inside", Value: yes(a.Config.HooksInside)},
	}
}
