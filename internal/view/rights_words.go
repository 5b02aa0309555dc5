package view

import (
	"slices"

	"stoa/internal/policy"
)

// deskActions are what roles let somebody do, in the order in which pages list them. A test holds it to what policy has.
func deskActions() []policy.Action {
	return []policy.Action{
		policy.CaseList, policy.CaseRead, policy.CaseWork, policy.CaseSupervise, policy.CaseApprove, policy.ConsultRead, policy.ConsultReply,
		policy.LicenceRead, policy.LicenceWork, policy.LicenceSupervise,
		policy.RecordRead, policy.RecordWork, policy.RecordApprove, policy.RecordSupervise, policy.RecordSealed, policy.RecordBulk, policy.RecordAgree,
		policy.ExtractOrder, policy.ExtractIssue,
		policy.MoneyRead, policy.MoneyWork, policy.MoneySupervise, policy.MoneyApprove, policy.SpendRead, policy.SpendEnter, policy.SpendApprove,
		policy.DataRead, policy.DataPublish, policy.DataAnswer, policy.DataWithdraw,
		policy.DisclosureWork, policy.DisclosureApprove, policy.DisclosureWithdraw, policy.WhatIfTry, policy.WhatIfPublish,
		policy.AccessAnswer, policy.RetentionSee, policy.HoldSet, policy.InsightRead, policy.MandateConfirm, policy.MandateAssist, policy.AppointmentWork, policy.RightsReview, policy.EmergencyOpen, policy.EmergencyReview,
		policy.DeskEnter, policy.AbsenceSet, policy.AskReview, policy.StaffManage, policy.RightsSee, policy.SystemSee,
	}
}

func (r Reader) actionOptions() (all []Option) {
	for _, do := range deskActions() {
		all = append(all, Option{Value: string(do), Label: r.ActionText(do)})
	}
	return all
}

// ActionText is what somebody does, in plain words; the name of the right for one that no role gives.
func (r Reader) ActionText(do policy.Action) string {
	for _, words := range []func(policy.Action) string{r.caseActionText, r.registerActionText, r.moneyActionText, r.openActionText, r.officeActionText} {
		if text := words(do); text != "" {
			return text
		}
	}
	return string(do)
}

func (r Reader) caseActionText(do policy.Action) string {
	switch do {
	case policy.CaseList:
		return r.P.T("See the list of cases")
	case policy.CaseRead:
		return r.P.T("Open a case")
	case policy.CaseWork:
		return r.P.T("Work on a case: act, write, ask others")
	case policy.CaseSupervise:
		return r.P.T("Give cases to others, and take a supervisor's steps")
	case policy.CaseApprove:
		return r.P.T("Approve a decision that another proposed")
	case policy.ConsultRead:
		return r.P.T("See the part of a case about which the organisation is asked")
	case policy.ConsultReply:
		return r.P.T("Reply when the organisation is asked about a case")
	}
	return ""
}

func (r Reader) registerActionText(do policy.Action) string {
	switch do {
	case policy.LicenceRead:
		return r.P.T("See licences at the desk")
	case policy.LicenceWork:
		return r.P.T("Change a licence")
	case policy.LicenceSupervise:
		return r.P.T("Suspend or revoke a licence")
	case policy.RecordRead:
		return r.P.T("Open a record of a register")
	case policy.RecordWork:
		return r.P.T("Enter a record, and propose a correction")
	case policy.RecordApprove:
		return r.P.T("Approve a correction that another proposed")
	case policy.RecordSupervise:
		return r.P.T("Seal and unseal a record")
	case policy.RecordSealed:
		return r.P.T("See that a record is sealed, and why")
	case policy.RecordBulk:
		return r.P.T("Bring registers in from files and out into files")
	case policy.RecordAgree:
		return r.P.T("Agree to an import or a merge that another proposed")
	case policy.ExtractOrder:
		return r.P.T("Order a copy of a record")
	case policy.ExtractIssue:
		return r.P.T("Give a copy of a record at the counter")
	}
	return ""
}

func (r Reader) moneyActionText(do policy.Action) string {
	switch do {
	case policy.MoneyRead:
		return r.P.T("See bills, payments and the books")
	case policy.MoneyWork:
		return r.P.T("Match payments, take cash, assess, and propose what another decides")
	case policy.MoneySupervise:
		return r.P.T("Publish assessments and close a day")
	case policy.MoneyApprove:
		return r.P.T("Approve a waiver, an arrangement or a payment order that another proposed")
	case policy.SpendRead:
		return r.P.T("See what is spent, with what waits and what is personal")
	case policy.SpendEnter:
		return r.P.T("Enter suppliers, contracts and invoices, and check invoices")
	case policy.SpendApprove:
		return r.P.T("Approve spending that another entered or checked")
	}
	return ""
}

func (r Reader) openActionText(do policy.Action) string {
	switch do {
	case policy.DataRead:
		return r.P.T("See how the publication of a dataset stands")
	case policy.DataPublish:
		return r.P.T("Publish a dataset")
	case policy.DataAnswer:
		return r.P.T("Answer questions about a dataset")
	case policy.DataWithdraw:
		return r.P.T("Withdraw a version of a dataset")
	case policy.DisclosureWork:
		return r.P.T("Prepare documents that somebody asked for, and publish the answer")
	case policy.DisclosureApprove:
		return r.P.T("Approve what another has taken out of documents")
	case policy.DisclosureWithdraw:
		return r.P.T("Withdraw a published answer")
	case policy.WhatIfTry:
		return r.P.T("Try what a change would do")
	case policy.WhatIfPublish:
		return r.P.T("Publish a study of a change")
	}
	return ""
}

func (r Reader) officeActionText(do policy.Action) string {
	switch do {
	case policy.AccessAnswer:
		return r.P.T("Answer why somebody's data was looked at, and look into unusual reading")
	case policy.RetentionSee:
		return r.P.T("See what is due to be deleted")
	case policy.HoldSet:
		return r.P.T("Keep something beyond its time")
	case policy.InsightRead:
		return r.P.T("See how it is going, with exact figures")
	case policy.MandateConfirm:
		return r.P.T("Confirm that somebody is a guardian")
	case policy.AppointmentWork:
		return r.P.T("See who has an appointment, book for somebody, and close a day")
	case policy.MandateAssist:
		return r.P.T("Fill in a form together with somebody")
	case policy.RightsReview:
		return r.P.T("Confirm the roles of the organisation, or take one away")
	case policy.EmergencyOpen:
		return r.P.T("Open what one does not see, in an emergency")
	case policy.EmergencyReview:
		return r.P.T("Look whether what was opened was an emergency")
	case policy.DeskEnter:
		return r.P.T("Come to the desk")
	case policy.AbsenceSet:
		return r.P.T("Say that one is away, and who stands in")
	case policy.AskReview:
		return r.P.T("See how the assistant does")
	case policy.StaffManage:
		return r.P.T("Add staff, give and take away roles, end sessions")
	case policy.RightsSee:
		return r.P.T("See who may do what")
	case policy.SystemSee:
		return r.P.T("See jobs and definitions of this installation")
	}
	return ""
}

// ruleTexts are rules in words.
func (r Reader) ruleTexts(says []string) (all []string) {
	for _, s := range says {
		all = append(all, r.RuleText(s))
	}
	return slices.Compact(all)
}

// RuleText is who a rule of package policy allows, in plain words.
func (r Reader) RuleText(says string) string {
	switch says {
	case "anyone":
		return r.P.T("Anybody may")
	case "it is published":
		return r.P.T("It is published")
	case "the person it is about":
		return r.P.T("Whoever it is about")
	case "holds the draft":
		return r.P.T("Whoever began the application")
	case "of an organisation that is asked":
		return r.P.T("Officer or supervisor of an organisation that is asked")
	case "anybody who has signed in":
		return r.P.T("Anybody who has signed in")
	case "Stoa itself":
		return r.P.T("The program itself")
	case "staff":
		return r.P.T("Any role")
	case "an administrator":
		return r.P.T("Administrator")
	case "may read for the organisation":
		return r.P.T("Reader, officer or supervisor of the organisation")
	case "who acts for them":
		return r.P.T("Whoever acts for them")
	case "who acts for them, within the mandate":
		return r.P.T("Whoever acts for them, as far as the mandate goes")
	case "either side of the mandate":
		return r.P.T("Either side of the mandate")
	case "an officer of the company":
		return r.P.T("Whoever represents the company")
	case "an officer of any organisation":
		return r.P.T("Officer or supervisor of any organisation")
	case "leads any organisation":
		return r.P.T("Leads any organisation")
	case "leads the organisation":
		return r.P.T("Leads the organisation")
	case "an officer of the organisation":
		return r.P.T("Officer or supervisor of the organisation")
	case "a supervisor of the organisation":
		return r.P.T("Supervisor of the organisation")
	case "reads for the organisation that keeps the books":
		return r.P.T("Reader, officer or supervisor of the organisation that keeps the books")
	case "a supervisor of the organisation who did not look":
		return r.P.T("Another supervisor of the organisation: never the one who looked")
	case "another supervisor of the organisation":
		return r.P.T("Another supervisor of the organisation: never the one who proposed it")
	case "has opened it in an emergency":
		return r.P.T("Has opened it in an emergency, for a short time")
	case "works for an organisation that may open what it does not see in an emergency":
		return r.P.T("A role to which emergencies are open")
	}
	return says
}
