package app

import (
	"stoa/internal/web"
	"stoa/internal/web/ckan"
	"stoa/internal/web/desk"
	"stoa/internal/web/site"
	"stoa/internal/web/wallet"
	"stoa/internal/web/xroad"
)

// tables are the routes of all areas.
func (a *App) tables() [][]web.Route {
	return [][]web.Route{
		site.Routes(&site.Site{Flow: a.Flow, View: a.View}),
		desk.Routes(&desk.Desk{Flow: a.Flow, View: a.View, Problems: a.Problems}),
		ckan.Routes(&ckan.API{View: a.View, Words: a.Flow.Words}),
		wallet.Routes(&wallet.API{Flow: a.Flow, View: a.View}),
		xroad.Routes(&xroad.API{View: a.View, Proof: string(a.Config.Elsewhere.Proof)}),
	}
}
