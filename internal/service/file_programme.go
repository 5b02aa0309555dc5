package service

import "stoa/internal/calendar"

// EvaluationFile is programmes/*.yaml: something that a public body began on a day, and what it was meant to change. What did
// change is worked out from what happened, before and after, alone and beside others without it.
type EvaluationFile struct {
	Pos          Pos
	Programme    string              `yaml:"programme" must:"required id"` // id, in the address
	Title        Text                `yaml:"title" must:"required"`
	About        Text                `yaml:"about" must:"required"` // what is done
	Organisation string              `yaml:"organisation" must:"required"`
	Since        calendar.Date       `yaml:"since" must:"required"` // the month of this day is the first with it
	Where        EvaluationScopeFile `yaml:"where"`
	// Change is what should have changed. applications and decisions are counts in a month; days is how long decisions took, on
	// average, by the month in which they were made.
	Change   string                `yaml:"change" must:"required one:applications|decisions|days"`
	Aim      string                `yaml:"aim" must:"required one:more|fewer"` // in which direction
	Compare  []EvaluationScopeFile `yaml:"compare"`                            // the same elsewhere, where nothing of the kind began
	SameTime []Text                `yaml:"same_time"`                          // what else happened about then: no figure can tell it apart
	Budget   string                `yaml:"budget"`                             // YEAR/LINE of the budget that pays for it
	Source   *SourceFile           `yaml:"source"`                             // where it was decided
}

// EvaluationScopeFile is where: a service, an organisation with all of its services, or all; and of these one area, or all.
type EvaluationScopeFile struct {
	Pos          Pos
	Service      string `yaml:"service"`
	Organisation string `yaml:"organisation"`
	Area         string `yaml:"area"` // the first half of a postcode
}

// checkProgrammes checks programmes/*.yaml against the rest of the folder.
func (l *loader) checkProgrammes() {
	var services []string
	for _, f := range l.services {
		services = append(services, f.Service)
	}
	for _, p := range l.j.Programmes {
		l.known(l.places.at(p.Pos, "organisation"), "organisation", p.Organisation, l.organisations())
		for i, s := range append([]EvaluationScopeFile{p.Where}, p.Compare...) {
			if s.Service != "" {
				l.known(l.places.at(s.Pos, "service"), "service", s.Service, services)
			}
			if s.Organisation != "" {
				l.known(l.places.at(s.Pos, "organisation"), "organisation", s.Organisation, l.organisations())
			}
			if s.Service != "" && s.Organisation != "" {
				l.problem(s.Pos, "name the service alone: its organisation is known", "both a service and an organisation are named")
			}
			if i > 0 && s.Service == p.Where.Service && s.Organisation == p.Where.Organisation && s.Area == p.Where.Area {
				l.problem(s.Pos, "name a service, organisation or area without the programme", "the programme is compared with itself")
			}
		}
		l.programmeBudget(p)
	}
}

func (l *loader) programmeBudget(p *EvaluationFile) {
	if p.Budget == "" {
		return
	}
	var lines []string
	for _, b := range l.budgets {
		for _, line := range b.Lines {
			lines = append(lines, b.Budget+"/"+line.ID)
		}
	}
	l.known(l.places.at(p.Pos, "budget"), "budget line", p.Budget, lines)
}
