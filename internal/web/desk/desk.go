// Package desk is the pages of those who work for the public: queues, cases, decisions, consultations,
// licences, absences, staff. One page, one file, named after its address: the page's struct, its
// handler, reading the form, and what is wrong with it.
//
// Handlers choose and templates print. What is shown comes from package view, which records every read
// of what is personal; what is done goes through package flow; nothing here decides either. Every page
// works without scripts.
package desk

import (
	"net/http"
	"net/url"
	"slices"

	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// Desk is the pages with what they need.
type Desk struct {
	Flow *flow.Flow
	View *view.View
	// Problems are what was wrong with the files when they were last read, a line each; none when they
	// are in force. nil where nobody keeps them.
	Problems func() []string
}

// Routes is the table of the desk's addresses.
func Routes(d *Desk) []web.Route {
	var routes []web.Route
	get := func(pattern string, do policy.Action, h web.Handler) {
		routes = append(routes, web.Route{Method: "GET", Pattern: "/desk" + pattern, Area: web.Desk, Action: do, Handle: h})
	}
	post := func(pattern string, do policy.Action, h web.Handler) {
		routes = append(routes, web.Route{Method: "POST", Pattern: "/desk" + pattern, Area: web.Desk, Action: do, Handle: h})
	}
	get("", policy.DeskEnter, d.home)
	get("/cases", policy.CaseList, d.queue)
	get("/cases/{case}", policy.CaseRead, d.oneCase)
	for part, h := range map[string]web.Handler{"assign": d.assign, "messages": d.message, "seen": d.seen} {
		post("/cases/{case}/"+part, policy.CaseWork, h)
		get("/cases/{case}/"+part, policy.CaseRead, d.toCase) // where changing the language leads
	}
	post("/cases/{case}/representations/{representation}", policy.CaseWork, d.weigh)
	get("/cases/{case}/do/{action}", policy.CaseWork, d.action)
	post("/cases/{case}/do/{action}", policy.CaseWork, d.action)
	get("/cases/{case}/approve", policy.CaseSupervise, d.approve)
	post("/cases/{case}/approve", policy.CaseApprove, d.approve)
	get("/cases/{case}/letters/{letter}", policy.CaseRead, d.letter)
	get("/cases/{case}/letters/{letter}/pdf", policy.CaseRead, d.letterPDF)
	get("/cases/{case}/files/{file}", policy.CaseRead, d.caseFile)
	get("/consultations", policy.ConsultRead, d.consultations)
	get("/consultations/{consultation}", policy.ConsultRead, d.consultation)
	post("/consultations/{consultation}", policy.ConsultReply, d.consultation)
	get("/consultations/{consultation}/files/{file}", policy.ConsultRead, d.consultationFile)
	get("/licences", policy.LicenceRead, d.licences)
	get("/licences/{licence}", policy.LicenceRead, d.licence)
	get("/licences/{licence}/do/{action}", policy.LicenceWork, d.licenceAction)
	post("/licences/{licence}/do/{action}", policy.LicenceWork, d.licenceAction)
	get("/absence", policy.AbsenceSet, d.absence)
	post("/absence", policy.AbsenceSet, d.absence)
	get("/staff", policy.StaffManage, d.staff)
	post("/staff", policy.StaffManage, d.staff)
	get("/staff/remove", policy.StaffManage, d.removeRole)
	post("/staff/remove", policy.StaffManage, d.removeRole)
	post("/staff/invite", policy.StaffManage, d.invite)
	get("/system", policy.SystemSee, d.system)
	post("/system/jobs/{job}", policy.SystemSee, d.retry)
	get("/operations", policy.SystemSee, d.operations)
	return fresh(slices.Concat(routes, dataRoutes(d), redactRoutes(d), questionRoutes(d), assistantRoutes(d), moneyRoutes(d), spendRoutes(d), bankRoutes(d), taxRoutes(d), recordRoutes(d), registerFileRoutes(d), copyRoutes(d), whatIfRoutes(d), privacyRoutes(d), rightsRoutes(d), assistRoutes(d), appointmentRoutes(d), insightRoutes(d), hintRoutes(d), programmeRoutes(d)))
}

// reader is who asks, as views know it.
func reader(r *web.Request) view.Reader { return view.Reader{Actor: r.Actor, P: r.P} }

// The areas of the desk, for its navigation.
const (
	areaHome      = "home"
	areaCases     = "cases"
	areaConsults  = "consultations"
	areaLicences  = "licences"
	areaRegisters = "registers"
	areaCopies    = "copies"
	areaAssist    = "assist"
	areaBooked    = "appointments"
	areaMoney     = "money"
	areaSpending  = "spending"
	areaData      = "data"
	areaQuestions = "questions"
	areaInsight   = "insight"
	areaAssistant = "assistant"
	areaAbsence   = "absence"
	areaStaff     = "staff"
	areaSystem    = "system"
)

// show answers with a page of the desk.
func (d *Desk) show(w http.ResponseWriter, r *web.Request, area string, p web.Page) error {
	p.Wide, p.NoIndex, p.Nav = true, true, nav(r, area)
	return r.Render(w, p)
}

// nav are the parts of the desk that are the reader's.
func nav(r *web.Request, area string) []page.NavItem {
	cases, consults, administers := view.DeskAreas(r.Actor)
	var items []page.NavItem
	add := func(is bool, name, text, path string) {
		if is {
			items = append(items, page.NavItem{Text: text, Href: path, Active: name == area})
		}
	}
	p := r.P
	add(true, areaHome, p.T("My work"), "/desk")
	add(cases, areaCases, p.T("Cases"), "/desk/cases")
	add(consults, areaConsults, p.T("Consultations"), "/desk/consultations")
	add(cases, areaLicences, p.T("Licences"), "/desk/licences")
	add(cases || consults, areaRegisters, p.T("Registers"), "/desk/registers")
	add(view.CopiesArea(r.Actor, r.Place), areaCopies, p.T("Copies"), "/desk/copies")
	add(view.AssistArea(r.Actor, r.Place), areaAssist, p.T("Help with a form"), "/desk/assist")
	add(view.AppointmentsArea(r.Actor, r.Place), areaBooked, p.T("Appointments"), appointmentsPath)
	add(view.MoneyArea(r.Actor, r.Place), areaMoney, p.T("Money"), "/desk/money")
	add(view.SpendArea(r.Actor, r.Place), areaSpending, p.T("Spending"), "/desk/spending")
	add(cases, areaData, p.T("Datasets"), "/desk/data")
	add(view.DataArea(r.Actor), areaQuestions, p.T("Questions about data"), "/desk/questions")
	add(view.WhatIfArea(r.Actor), areaWhatIf, p.T("What if?"), "/desk/whatif")
	add(view.InsightArea(r.Actor, r.Place), areaInsight, p.T("How it is going"), insightBase)
	add(true, areaAssistant, p.T("Assistant"), "/desk/assistant")
	add(view.SupervisorArea(r.Actor), areaPrivacy, p.T("Privacy"), "/desk/access-questions")
	add(view.EmergencyArea(r.Actor, r.Place), areaEmergency, p.T("In an emergency"), "/desk/emergency")
	add(administers, areaRights, p.T("Rights"), "/desk/rights")
	add(administers, areaStaff, p.T("Staff"), "/desk/staff")
	add(administers, areaSystem, p.T("System"), "/desk/system")
	add(true, areaAbsence, p.T("Absence"), "/desk/absence")
	add(true, "", p.T("Public site"), "/")
	return items
}

// crumbs lead from the desk to a page's area.
func crumbs(r *web.Request, more ...page.Crumb) []page.Crumb {
	return append([]page.Crumb{{Text: r.P.T("My work"), Href: "/desk"}}, more...)
}

// address is a path with the given values, those that are not empty.
func address(path string, values url.Values) string {
	for name, list := range values {
		if len(list) == 0 || list[0] == "" {
			delete(values, name)
		}
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}
