package app

import "stoa/internal/web"

// tables are the routes of all areas.
func (a *App) tables() [][]web.Route { return nil }
