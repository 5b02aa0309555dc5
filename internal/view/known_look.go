package view

import (
	"slices"

	"stoa/internal/access"
	"stoa/internal/i18n"
	"stoa/internal/service"
)

// systemKnown asks registers for an application; see package flow.
const systemKnown = "known"

// askedRegister puts into words that a register was asked for an application of the reader's, or by another authority through
// X-Road: who, what, for what, and by which law.
func (r Reader) askedRegister(j *service.Jurisdiction, l access.Look, line *Look) bool {
	switch l.System {
	case systemKnown:
		line.Who = r.P.T("By itself, for the application that you were writing")
		line.What = r.P.T("What it says of you: {register}", i18n.V{"register": r.registerTitle(j, l.Ref)})
		line.Case = ""
		for _, s := range j.Services {
			if s.Service != l.Service {
				continue
			}
			line.Purpose = r.P.T("So that you need not type it: {service}", i18n.V{"service": r.words(j, s.Title)})
			for _, q := range s.Questions {
				if q.Known != nil && q.Known.Register == l.Ref && q.Known.Basis != "" {
					line.Basis = lawOf(s.Law[q.Known.Basis])
				}
			}
		}
		return true
	case systemXRoad:
		i := slices.IndexFunc(j.Shares, func(s *service.ShareFile) bool { return s.Share == l.Service })
		if i < 0 {
			return false
		}
		s := j.Shares[i]
		line.Who, line.Purpose, line.Basis = r.words(j, s.Name), r.words(j, s.Purpose), lawOf(s.Law)
		line.What = r.P.T("What it says of you: {register}", i18n.V{"register": r.registerTitle(j, s.Register)})
		return true
	}
	return false
}

func (r Reader) registerTitle(j *service.Jurisdiction, id string) string {
	if reg := j.Registers[id]; reg != nil {
		return r.words(j, reg.Title)
	}
	if other := j.Elsewhere[id]; other != nil {
		return r.words(j, other.Title)
	}
	return id
}
