package view

import (
	"stoa/internal/cases"
	"stoa/internal/record"
)

// What pages need to name of the rows beneath: sorts of a queue, and states of a licence.
const (
	BySubmitted = cases.BySubmitted
	ByOldest    = cases.ByOldest

	Active      = record.Active
	Suspended   = record.Suspended
	Revoked     = record.Revoked
	Surrendered = record.Surrendered
)
