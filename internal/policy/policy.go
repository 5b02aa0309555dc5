// Package policy decides who may do what. There is one function, Can, over one table; what the table
// does not allow is denied. It is pure: flow and view give it the actor and what is known of the thing.
//
// A denial that would tell a stranger that something exists is answered as NotFound; the reason stays
// in the error's cause, for the log.
package policy

import (
	"fmt"
	"slices"
	"time"

	"stoa/internal/fault"
)

// Role is what a member of staff is in an organisation.
type Role string

// The roles.
const (
	Leader        Role = "leader"        // sees figures, and tries what a change would do; sees no case by that
	Reader        Role = "reader"        // sees cases
	Officer       Role = "officer"       // works on cases
	Supervisor    Role = "supervisor"    // officer, and assigns, approves, licences
	Administrator Role = "administrator" // staff accounts, failed jobs, service files; sees no case by that
)

// Roles lists them, weakest first.
func Roles() []Role { return []Role{Leader, Reader, Officer, Supervisor, Administrator} }

// Grant is a role in one organisation.
type Grant struct {
	Role         Role
	Organisation string
}

// Actor is who asks.
type Actor struct {
	Person string  // "" for a visitor who has not signed in
	Name   string  // for timelines
	Grants []Grant // staff only
	Draft  string  // the draft whose token this browser holds
	System bool    // Stoa itself, when a day passes

	Session string    // names the session; not its secret
	Level   Level     // how sure it is who this is
	Proved  time.Time // when they last showed it

	Opened []string // what they have opened in an emergency, and for now may read: see Opened
	For    Behalf   // for whom they act; zero: for themselves
}

// Staff reports whether the actor has any role.
func (a Actor) Staff() bool { return len(a.Grants) > 0 && !a.Acting() }

// Has reports whether the actor has one of the roles in the organisation.
func (a Actor) Has(organisation string, roles ...Role) bool {
	if a.Acting() {
		return false
	}
	for _, g := range a.Grants {
		if g.Organisation != organisation {
			continue
		}
		for _, r := range roles {
			if g.Role == r {
				return true
			}
		}
	}
	return false
}

// Thing is what the rights to something depend on.
type Thing struct {
	Kind         string   // draft, case, licence, message …: for the log
	ID           string   //
	Organisation string   // responsible
	Owner        string   // the person it is about
	Draft        string   // the draft it belongs to
	Consulted    []string // organisations that are asked
	Decider      string   // who proposed the decision that is to be approved
	Public       bool     // the file or the law publishes it
	Service      string   // the service it belongs to, or the tax (TaxService); "": none, and then no mandate covers it
	Mandate      string   // under which it was begun
	By           string   // who did it for the owner: they do not decide on it
}

// Action is what the actor wants to do.
type Action string

// The actions. Their rights are in table.
const (
	ServiceRead        Action = "service.read"
	DraftStart         Action = "draft.start"
	DraftUse           Action = "draft.use"
	DraftSubmit        Action = "draft.submit"
	CaseOwn            Action = "case.own"       // the applicant's view, messages, answers, withdrawal
	CaseRead           Action = "case.read"      // the whole case, at the desk
	CaseList           Action = "case.list"      //
	CaseWork           Action = "case.work"      // act, write, consult
	CaseSupervise      Action = "case.supervise" // actions the file gives to supervisors; assign to others
	CaseApprove        Action = "case.approve"   // a decision somebody else proposed
	CaseTurn           Action = "case.turn"      // what the passing of a day does
	ConsultRead        Action = "consult.read"   // the part of a case that an asked organisation sees
	ConsultReply       Action = "consult.reply"
	NoticeRead         Action = "notice.read"
	DecisionRead       Action = "decision.read" // in the public register of decisions
	NoticeReply        Action = "notice.reply"
	LicenceRead        Action = "licence.read"      // the public fields
	LicenceOwn         Action = "licence.own"       // holder: certificate, renewal
	LicenceWork        Action = "licence.work"      // officer's steps on it
	LicenceSupervise   Action = "licence.supervise" // supervisor's steps on it
	RecordRead         Action = "record.read"       // a record at the desk, as far as its register's file says
	RecordWork         Action = "record.work"       // enter one by hand, propose a correction
	RecordApprove      Action = "record.approve"    // what somebody else proposed
	RecordSupervise    Action = "record.supervise"  // seal and unseal
	RecordSealed       Action = "record.sealed"     // to see that something is sealed, and why
	CredentialRead     Action = "credential.read"   // what credentials there are, how to fetch and to verify them
	CredentialOwn      Action = "credential.own"    // holder: the licence in a wallet
	CredentialAsk      Action = "credential.ask"    // to be shown a credential, and to check one
	ExtractFind        Action = "extract.find"      // whether there is a record of which one may have a copy
	ExtractOrder       Action = "extract.order"     // a copy of a record, by whom its register's file entitles
	ExtractOwn         Action = "extract.own"       // who ordered it: the order, the copy
	ExtractIssue       Action = "extract.issue"     // at the counter, for somebody who has shown who they are
	ExtractCheck       Action = "extract.check"     // that a copy is genuine, by the code on it
	BillOwn            Action = "bill.own"          // the payer's view of a bill, paying it, the receipt
	SchemeReport       Action = "scheme.report"     // an identity scheme says that somebody has signed out: its signature is what is checked
	PaymentReport      Action = "payment.report"    // a provider says what became of a payment: its signature is what is checked
	MoneyRead          Action = "money.read"        // bills, payments, books
	MoneyWork          Action = "money.work"        // match, take cash, assess, propose what a second person decides
	MoneySupervise     Action = "money.supervise"   // publish assessments, close a day
	MoneyApprove       Action = "money.approve"     // a waiver, an arrangement, a write-off, a payment order that somebody else proposed
	SpendingSee        Action = "spending.see"      // budgets, contracts, grants and payments as they are published
	SpendRead          Action = "spend.read"        // the same at the desk, with what waits and what is personal
	SpendEnter         Action = "spend.enter"       // suppliers, contracts, grants, invoices; to check invoices
	SpendApprove       Action = "spend.approve"     // what somebody else entered or checked
	TaxOwn             Action = "tax.own"           // the taxpayer's own: accounts, declarations, objections
	AccountOwn         Action = "account.own"
	AccountList        Action = "account.list"    // what there is of one's own, or of the one for whom one acts
	MandateGive        Action = "mandate.give"    // that somebody else may act for the owner
	MandateOwn         Action = "mandate.own"     // either side of a mandate: to see it, to answer, to end it
	MandateBegin       Action = "mandate.begin"   // an application for another
	MandateClaim       Action = "mandate.claim"   // to act for a child, a company or a ward: that it is so is checked
	MandateConfirm     Action = "mandate.confirm" // what somebody declares to be to another
	MandateAssist      Action = "mandate.assist"  // to fill in a form with somebody who is present or on the telephone
	DeskEnter          Action = "desk.enter"
	StaffManage        Action = "staff.manage"
	RightsSee          Action = "rights.see"       // who may do what, and why
	RightsReview       Action = "rights.review"    // whether somebody still needs their role
	EmergencyOpen      Action = "emergency.open"   // a case or a record that one does not see, for a short time and with a reason
	EmergencyReview    Action = "emergency.review" // whether it was one
	AbsenceSet         Action = "absence.set"
	FileOwn            Action = "file.own"
	SystemSee          Action = "system.see"   // jobs, definitions in force
	RecordShare        Action = "record.share" // another authority reads a register by an agreement: what proves who it is is checked at the edge
	LogRead            Action = "log.read"     // the public log
	DataRead           Action = "data.read"    // a published dataset; how it stands, for those who work on it
	AskUse             Action = "ask.use"      // the assistant; a conversation by its token
	AskReview          Action = "ask.review"   // how the assistant does, in numbers and words that many share
	DataAsk            Action = "data.ask"     // a question about a dataset, and word of its changes
	DataAnswer         Action = "data.answer"
	DataPublish        Action = "data.publish"
	DataWithdraw       Action = "data.withdraw"       // a version that should not have been published
	RecordBulk         Action = "record.bulk"         // registers as files, in and out; duplicates in them
	RecordAgree        Action = "record.agree"        // an import or a merge that somebody else proposed
	AccessAnswer       Action = "access.answer"       // why somebody of the organisation looked at a person's data; what is noticed about reading
	RetentionSee       Action = "retention.see"       // what is due to be deleted, what is held, what was deleted
	HoldSet            Action = "hold.set"            // that something must be kept beyond its time
	DisclosureRead     Action = "disclosure.read"     // the disclosure log
	DisclosureOwn      Action = "disclosure.own"      // what was released to whoever asked
	DisclosureWork     Action = "disclosure.work"     // documents of a request, and what is taken out of them; publishing the answer
	DisclosureApprove  Action = "disclosure.approve"  // what somebody else has taken out
	DisclosureWithdraw Action = "disclosure.withdraw" // what should not have been published
	WhatIfTry          Action = "whatif.try"          // what a changed rule, fee or number of officers would do; studies of it
	WhatIfPublish      Action = "whatif.publish"      // a study, for everybody to read
	StudyRead          Action = "study.read"          // a published one
	InsightSee         Action = "insight.see"         // what happened, added up, with small numbers held back
	InsightRead        Action = "insight.read"        // the same of an organisation, exactly
	AppointmentSee     Action = "appointment.see"     // what one can come for, and which times are free
	AppointmentOwn     Action = "appointment.own"     // who comes: to book, see, move and cancel
	AppointmentWork    Action = "appointment.work"    // the list of the day, who came, booking for somebody, closing
	DemoUse            Action = "demo.use"
)

// rule allows an actor, or says why not.
type rule struct {
	says  string
	holds func(Actor, Thing) bool
}

var (
	anyone     = rule{"anyone", func(Actor, Thing) bool { return true }}
	published  = rule{"it is published", func(_ Actor, t Thing) bool { return t.Public }}
	themselves = rule{"the person it is about", func(a Actor, t Thing) bool {
		return a.Person != "" && a.Person == t.Owner && !a.Acting()
	}}
	represents = rule{"who acts for them, within the mandate", func(a Actor, t Thing) bool { return a.Person != "" && a.For.covers(t) }}
	actsFor    = rule{"who acts for them", func(a Actor, t Thing) bool {
		return a.Person != "" && a.Acting() && a.For.Person == t.Owner && t.Owner != ""
	}}
	party = rule{"either side of the mandate", func(a Actor, t Thing) bool {
		return a.Person != "" && (a.Person == t.Owner || a.Person == t.By)
	}}
	officerOf  = rule{"an officer of the company", func(a Actor, t Thing) bool { return actsFor.holds(a, t) && a.For.Kind == Company }}
	holdsDraft = rule{"holds the draft", func(a Actor, t Thing) bool { return t.Draft != "" && a.Draft == t.Draft && !a.Acting() }}
	asked      = rule{"of an organisation that is asked", func(a Actor, t Thing) bool {
		for _, o := range t.Consulted {
			if a.Has(o, Officer, Supervisor) && a.Person != t.Owner && !a.did(t) {
				return true
			}
		}
		return false
	}}
	signedIn = rule{"anybody who has signed in", func(a Actor, _ Thing) bool { return a.Person != "" && !a.Acting() }}
	system   = rule{"Stoa itself", func(a Actor, _ Thing) bool { return a.System }}
	staff    = rule{"staff", func(a Actor, _ Thing) bool { return a.Staff() }}
	admin    = rule{"an administrator", func(a Actor, _ Thing) bool {
		for _, g := range a.Grants {
			if g.Role == Administrator {
				return true
			}
		}
		return false
	}}
	// Somebody who decides is never the person it is about, nor the one whose decision is approved.
	reads      = role("may read for the organisation", Reader, Officer, Supervisor)
	works      = decides("an officer of the organisation", Officer, Supervisor)
	supervises = decides("a supervisor of the organisation", Supervisor)
	helps      = rule{"an officer of any organisation", func(a Actor, t Thing) bool {
		for _, g := range a.Grants {
			if (g.Role == Officer || g.Role == Supervisor) && a.Person != "" && a.Person != t.Owner {
				return true
			}
		}
		return false
	}}
	leads    = role("leads the organisation", Leader, Supervisor)
	leadsAny = rule{"leads any organisation", func(a Actor, _ Thing) bool {
		for _, g := range a.Grants {
			if g.Role == Leader || g.Role == Supervisor {
				return a.Person != ""
			}
		}
		return false
	}}
	keepsBooks = rule{"reads for the organisation that keeps the books", func(a Actor, t Thing) bool {
		for _, o := range t.Consulted {
			if a.Has(o, Reader, Officer, Supervisor) && a.Person != "" && a.Person != t.Owner {
				return true
			}
		}
		return false
	}}
	otherSupervisor = rule{"a supervisor of the organisation who did not look", func(a Actor, t Thing) bool {
		return a.Has(t.Organisation, Supervisor) && a.Person != "" && a.Person != t.Owner && a.Person != t.Decider
	}}
	inEmergency = rule{"has opened it in an emergency", func(a Actor, t Thing) bool {
		return t.ID != "" && a.Person != t.Owner && slices.Contains(a.Opened, Opened(t.Kind, t.ID))
	}}
	inNeed = rule{"works for an organisation that may open what it does not see in an emergency", func(a Actor, t Thing) bool {
		for _, o := range t.Consulted {
			if a.Has(o, Reader, Officer, Supervisor) && a.Person != "" && a.Person != t.Owner {
				return true
			}
		}
		return false
	}}
	approves = rule{"another supervisor of the organisation", func(a Actor, t Thing) bool {
		return a.Has(t.Organisation, Supervisor) && a.Person != t.Owner && !a.did(t) && t.Decider != "" && a.Person != t.Decider
	}}
)

// did reports whether the actor did a thing for its owner: whoever filled in a form does not decide on it.
func (a Actor) did(t Thing) bool { return t.By != "" && a.Person == t.By }

func role(says string, roles ...Role) rule {
	return rule{says, func(a Actor, t Thing) bool {
		return a.Has(t.Organisation, roles...) && a.Person != "" && a.Person != t.Owner
	}}
}

// decides is role without those who did for the owner what is to be decided on.
func decides(says string, roles ...Role) rule {
	holds := role(says, roles...).holds
	return rule{says, func(a Actor, t Thing) bool { return holds(a, t) && !a.did(t) }}
}

// table is who may do what: any one rule suffices.
var table = map[Action][]rule{
	ServiceRead:        {anyone},
	DraftStart:         {anyone},
	DraftUse:           {holdsDraft, themselves, represents},
	DraftSubmit:        {holdsDraft, themselves, represents},
	FileOwn:            {holdsDraft, themselves, represents},
	CaseOwn:            {themselves, represents},
	CaseRead:           {reads, inEmergency},
	CaseList:           {reads},
	CaseWork:           {works},
	CaseSupervise:      {supervises},
	CaseApprove:        {approves},
	CaseTurn:           {system},
	ConsultRead:        {asked},
	ConsultReply:       {asked},
	NoticeRead:         {published},
	DecisionRead:       {published},
	NoticeReply:        {published},
	LicenceRead:        {published, themselves, represents, reads},
	LicenceOwn:         {themselves, represents},
	LicenceWork:        {works},
	LicenceSupervise:   {supervises},
	RecordRead:         {reads, asked, inEmergency},
	RecordWork:         {works},
	RecordApprove:      {approves},
	RecordSupervise:    {supervises},
	RecordSealed:       {supervises},
	CredentialRead:     {anyone},
	CredentialOwn:      {themselves},
	CredentialAsk:      {anyone},
	ExtractFind:        {signedIn},
	ExtractOrder:       {published, themselves, reads},
	ExtractOwn:         {themselves},
	ExtractIssue:       {works},
	ExtractCheck:       {published}, // one that was issued: its code is on it
	BillOwn:            {holdsDraft, themselves, represents},
	SchemeReport:       {system},
	PaymentReport:      {system},
	MoneyRead:          {reads},
	MoneyWork:          {works},
	MoneySupervise:     {supervises},
	MoneyApprove:       {approves},
	SpendingSee:        {anyone},
	SpendRead:          {reads, keepsBooks},
	SpendEnter:         {works},
	SpendApprove:       {approves},
	TaxOwn:             {themselves, represents},
	AccountOwn:         {themselves},
	AccountList:        {themselves, actsFor},
	MandateGive:        {themselves, officerOf},
	MandateOwn:         {party},
	MandateBegin:       {represents},
	MandateClaim:       {signedIn},
	MandateConfirm:     {works},
	MandateAssist:      {helps},
	DeskEnter:          {staff},
	StaffManage:        {admin},
	RightsSee:          {admin},
	RightsReview:       {supervises},
	EmergencyOpen:      {inNeed},
	EmergencyReview:    {otherSupervisor},
	AbsenceSet:         {staff},
	SystemSee:          {admin},
	RecordShare:        {system},
	LogRead:            {anyone},
	DataRead:           {published, reads},
	AskUse:             {published}, // whoever holds its token
	AskReview:          {staff},
	DataAsk:            {signedIn},
	DataAnswer:         {works},
	DataPublish:        {works, system},
	DataWithdraw:       {supervises},
	RecordBulk:         {works},
	RecordAgree:        {approves},
	AccessAnswer:       {otherSupervisor},
	RetentionSee:       {supervises},
	HoldSet:            {supervises},
	DisclosureRead:     {published},
	DisclosureOwn:      {themselves, represents},
	DisclosureWork:     {works},
	DisclosureApprove:  {approves},
	DisclosureWithdraw: {supervises},
	WhatIfTry:          {leads},
	WhatIfPublish:      {leads},
	StudyRead:          {published},
	InsightSee:         {published},
	InsightRead:        {reads, leadsAny},
	AppointmentSee:     {published},
	AppointmentOwn:     {themselves, represents},
	AppointmentWork:    {works},
	DemoUse:            {published}, // the demo publishes its people and its mailbox; nothing else does
}

// hides lists the actions whose denial must not tell that the thing exists.
var hides = map[Action]bool{
	DraftUse: true, DraftSubmit: true, FileOwn: true, CaseOwn: true, CaseRead: true, CaseWork: true,
	CaseSupervise: true, CaseApprove: true, ConsultRead: true, ConsultReply: true, NoticeRead: true, DecisionRead: true,
	NoticeReply: true, LicenceRead: true, LicenceOwn: true, LicenceWork: true, LicenceSupervise: true, CredentialOwn: true,
	RecordRead: true, RecordWork: true, RecordApprove: true, RecordSupervise: true, RecordSealed: true,
	ExtractOrder: true, ExtractOwn: true, ExtractIssue: true, ExtractCheck: true,
	BillOwn: true, TaxOwn: true, AccountOwn: true, DataRead: true, DisclosureRead: true, DisclosureOwn: true, DisclosureWork: true, DisclosureApprove: true, DisclosureWithdraw: true, DemoUse: true,
	AppointmentOwn: true, AppointmentWork: true, MandateOwn: true, MandateConfirm: true, AccessAnswer: true, EmergencyReview: true, RetentionSee: true, HoldSet: true, WhatIfTry: true, WhatIfPublish: true, StudyRead: true,
}

// Can returns nil if the actor may do the action on the thing, and otherwise the error to answer with:
// NotFound where the very existence is none of the actor's business, Unauthenticated where signing in
// could help, Forbidden elsewhere. Its cause says what would have been needed.
func Can(a Actor, do Action, t Thing) error {
	rules := table[do]
	if a.Acting() {
		a.Grants, a.Opened = nil, nil
	}
	for _, r := range rules {
		if r.holds(a, t) {
			return nil
		}
	}
	cause := denied(a, do, t, rules)
	switch {
	case a.Acting() && !represented(do):
		return notForAnother(cause)
	case hides[do]:
		return fault.Wrap(cause, fault.NotFound, "")
	case a.Person == "":
		return fault.Wrap(cause, fault.Unauthenticated, "")
	}
	return fault.Wrap(cause, fault.Forbidden, "")
}

func denied(a Actor, do Action, t Thing, rules []rule) error {
	needs := "nobody may"
	for i, r := range rules {
		if i == 0 {
			needs = "needs " + r.says
		} else {
			needs += ", or " + r.says
		}
	}
	return fmt.Errorf("person %q may not %s %s %q: %s", a.Person, do, t.Kind, t.ID, needs)
}

// Actions lists every action with the words of who may do it, for the rights page and its test.
func Actions() map[Action][]string {
	all := make(map[Action][]string, len(table))
	for do, rules := range table {
		for _, r := range rules {
			all[do] = append(all[do], r.says)
		}
	}
	return all
}
