package view

import (
	"stoa/internal/cases"
	"stoa/internal/record"
)

// What pages need to name of the rows beneath: sorts of a queue, and states of a licence.
const (
	ByDue       = cases.ByDue
	BySubmitted = cases.BySubmitted
	ByOldest    = cases.ByOldest
	ByMade      = cases.ByMade

	Active      = record.Active
	Suspended   = record.Suspended
	Revoked     = record.Revoked
	Surrendered = record.Surrendered
)
