package main

import (
	"github.com/a-h/templ"

	"stoa/internal/web/page"
)

func account(g gallery, s *page.Shell) page.Component {
	s.Title, s.NoIndex = g.say("Your account", "حسابك"), true
	return page.Group{
		page.NotificationBanner{Type: "success", Text: g.say("Your notice was sent", "تم إرسال إشعارك")},
		page.Heading{Text: s.Title, Level: 1},
		page.TaskList{Items: []page.Task{
			{Title: page.Cell{Text: g.say("Tell us about the event", "أخبرنا عن الفعالية")}, Href: "question", Status: page.TaskStatus{Text: g.say("Completed", "مكتمل")}},
			{Title: page.Cell{Text: g.say("Pay the fee", "ادفع الرسم")}, Href: "question", Hint: page.Hint{Text: g.say("21 pounds", "21 جنيها")}, Status: page.TaskStatus{Tag: page.State(g.say("To do", "مطلوب"), page.Info)}},
		}},
		page.Heading{Text: g.say("Messages", "الرسائل")},
		page.Mailbox{Items: []page.MailItem{
			{Subject: g.say("We need one more document", "نحتاج إلى مستند آخر"), URL: "case", From: g.say("Licensing team", "فريق التراخيص"), When: page.Time{Text: g.say("2 May 2026", "2 مايو 2026"), Machine: "2026-05-02"}, Unread: true, UnreadText: g.say("Unread", "غير مقروء"), Preview: g.say("Please send the plan of the place.", "يرجى إرسال مخطط المكان.")},
			{Subject: g.say("Your receipt", "إيصالك"), URL: "case", From: g.say("Treasury", "الخزينة"), When: page.Time{Text: g.say("1 May 2026", "1 مايو 2026")}},
		}},
		page.EmptyState{Heading: g.say("No licences yet", "لا تراخيص بعد"), Text: g.say("What you are granted appears here.", "ما يُمنح لك يظهر هنا."), Link: page.Link{Text: g.say("Find a service", "ابحث عن خدمة"), URL: "home"}},
	}
}

func timeline(g gallery) page.Timeline {
	return page.Timeline{
		Heading: page.Heading{Text: g.say("What happened", "ما حدث")},
		Entries: []page.TimelineEntry{
			{Title: g.say("More information asked", "طُلبت معلومات إضافية"), When: page.Time{Text: g.say("2 May 2026, 10:14", "2 مايو 2026، 10:14")}, By: "R. Hale", Tone: page.Caution, Text: g.say("The clock stands until you answer.", "تتوقف المدة حتى تجيب.")},
			{Title: g.say("Fee paid", "دُفع الرسم"), When: page.Time{Text: g.say("1 May 2026, 09:02", "1 مايو 2026، 09:02")}, Tone: page.Good},
			{Title: g.say("Notice received", "وصل الإشعار"), When: page.Time{Text: g.say("1 May 2026, 09:00", "1 مايو 2026، 09:00")}},
		},
	}
}

func thread(g gallery) page.MessageThread {
	return page.MessageThread{
		Heading: page.Heading{Text: g.say("Messages", "الرسائل")},
		Messages: []page.Message{
			{From: g.say("Licensing team", "فريق التراخيص"), When: page.Time{Text: g.say("2 May 2026", "2 مايو 2026")}, Text: g.say("Please send the plan of the place.\n\nA sketch is enough.", "يرجى إرسال مخطط المكان.\n\nيكفي رسم بسيط."), Tag: page.State(g.say("New", "جديد"), page.Info)},
			{Own: true, When: page.Time{Text: g.say("2 May 2026", "2 مايو 2026")}, Text: g.say("Here it is.", "ها هو."), Files: []page.Link{{Text: "plan.pdf", URL: "case"}}},
		},
	}
}

func caseForCitizen(g gallery, s *page.Shell) page.Component {
	s.Title, s.NoIndex = g.say("Your notice GV-TEN-118", "إشعارك GV-TEN-118"), true
	return page.TwoColumns{
		Main: page.Group{
			page.Heading{HTML: page.Group{page.Text(g.say("Your notice ", "إشعارك ")), page.ID("GV-TEN-118")}, Level: 1, Caption: g.say("Temporary event notice", "إشعار فعالية مؤقتة")},
			page.StatusPanel{Label: g.say("Status", "الحالة"), Status: g.say("Waiting for you", "بانتظارك"), Tone: page.Caution, Clock: page.Clock{Text: g.say("Answer by 9 May 2026", "أجب قبل 9 مايو 2026"), Date: "2026-05-09", Tone: page.Caution}, Text: g.say("We need the plan of the place.", "نحتاج مخطط المكان."), HTML: page.Button{Text: g.say("Answer", "أجب"), Href: "question"}},
			page.StatusTrack{Label: g.say("Stations", "المراحل"), Steps: []page.TrackStep{
				{Title: g.say("Received", "وصل"), State: page.Passed, Text: g.say("1 May", "1 مايو")}, {Title: g.say("Checked", "فُحص"), State: page.Current}, {Title: g.say("Decided", "قُرر")}, {Title: g.say("Event", "الفعالية")},
			}},
			thread(g), timeline(g),
		},
		Side: page.SummaryList{Card: page.SummaryCard{Title: page.CardTitle{Text: g.say("Your answers", "إجاباتك")}}, Rows: []page.SummaryRow{
			{Key: page.Cell{Text: g.say("People", "الأشخاص")}, Value: page.Cell{Text: "340"}, Actions: page.Actions{Items: []page.Action{{Text: g.say("Change", "تغيير"), Href: "question", VisuallyHiddenText: g.say("number of people", "عدد الأشخاص")}}}},
			{Key: page.Cell{Text: g.say("Place", "المكان")}, Value: page.Cell{Text: g.say("The Old Mill, Weir Lane", "الطاحونة القديمة، طريق السد")}},
		}},
		SideLabel: g.say("Your answers", "إجاباتك"),
	}
}

func queue(g gallery, s *page.Shell) page.Component {
	s.Title, s.Wide, s.NoIndex = g.say("Licensing queue", "قائمة التراخيص"), true, true
	row := func(id, what string, clock page.Clock, state page.Tag, fee string) page.QueueRow {
		return page.QueueRow{Tone: clock.Tone, Cells: []page.Cell{
			{HTML: page.LinkTo{Text: id, URL: "desk-case"}}, {Text: what}, {HTML: clock}, {HTML: state}, {Text: g.say("R. Hale", "ر. هيل")}, {Text: fee},
		}}
	}
	event := g.say("Temporary event notice", "إشعار فعالية مؤقتة")
	return page.Group{
		page.Heading{Text: s.Title, Level: 1},
		page.StatTiles{Tiles: []page.Stat{
			{Label: g.say("Overdue", "متأخر"), Value: "3", Tone: page.Bad, URL: "queue", Text: g.say("2 more than last week", "أكثر بـ 2 من الأسبوع الماضي")},
			{Label: g.say("Due this week", "مستحق هذا الأسبوع"), Value: "14", Tone: page.Caution, URL: "queue"},
			{Label: g.say("Open", "مفتوح"), Value: "128", Tone: page.Info}, {Label: g.say("Decided this month", "تقرر هذا الشهر"), Value: "41", Tone: page.Good},
		}},
		page.TwoColumns{SideFirst: true, SideLabel: g.say("Filters", "مرشحات"),
			Side: page.Filters{Action: "queue", ClearURL: "queue", Applied: []page.AppliedFilter{{Text: g.say("Overdue", "متأخر"), RemoveURL: "queue", RemoveText: g.say("Remove filter", "أزل المرشح")}}, Fields: []page.Component{
				page.Input{Name: "q", Label: page.Label{Text: g.say("Name or number", "الاسم أو الرقم")}},
				page.Select{Name: "service", Label: page.Label{Text: g.say("Service", "الخدمة")}, Items: []page.Option{{Text: g.say("All", "الكل")}, {Value: "ten", Text: event}}},
				page.Checkboxes{Name: "state", Classes: "govuk-checkboxes--small", Fieldset: page.Fieldset{Legend: page.Legend{Text: g.say("State", "الحالة")}}, Items: []page.Choice{{Value: "open", Text: g.say("Open", "مفتوح")}, {Value: "wait", Text: g.say("Waiting", "بانتظار")}}},
			}},
			Main: page.Group{
				page.QueueTable{Caption: g.say("128 cases", "128 حالة"),
					Columns: []page.Column{{Text: g.say("Case", "الحالة"), SortURL: "queue"}, {Text: g.say("Service", "الخدمة"), SortURL: "queue"}, {Text: g.say("Due", "الموعد"), SortURL: "queue", Sorted: "ascending"}, {Text: g.say("State", "الوضع")}, {Text: g.say("Officer", "الموظف")}, {Text: g.say("Fee", "الرسم"), Format: "numeric"}},
					Rows: []page.QueueRow{
						row("GV-TEN-101", event, page.Clock{Text: g.say("2 working days late", "متأخر يومي عمل"), Tone: page.Bad}, page.State(g.say("Objection", "اعتراض"), page.Bad), "£21.00"),
						row("GV-TEN-118", event, page.Clock{Text: g.say("Due 9 May", "9 مايو"), Tone: page.Caution}, page.State(g.say("Waiting", "بانتظار"), page.Caution), "£21.00"),
						row("GV-FBR-007", g.say("Food business registration", "تسجيل نشاط غذائي"), page.Clock{Text: g.say("Due 30 May", "30 مايو"), Tone: page.Good}, page.State(g.say("Open", "مفتوح"), page.Info), "£0.00"),
						row("GV-PRE-044", g.say("Premises licence", "رخصة مبنى"), page.Clock{Text: g.say("Clock stopped", "المدة متوقفة")}, page.State(g.say("Public notice", "إعلان عام"), page.Neutral), "£190.00"),
					}},
				page.Pages(2, 9, func(int) string { return "queue" }),
			},
		},
	}
}

func deskCase(g gallery, s *page.Shell) page.Component {
	s.Title, s.Wide, s.NoIndex = g.say("Case GV-TEN-118", "الحالة GV-TEN-118"), true, true
	return page.TwoColumns{
		Main: page.Group{
			page.Heading{Text: s.Title, Level: 1, Caption: g.say("Temporary event notice", "إشعار فعالية مؤقتة")},
			page.Table{Caption: g.say("Checks", "الفحوص"), Head: []page.Cell{{Text: g.say("Rule", "القاعدة")}, {Text: g.say("Result", "النتيجة")}}, Rows: [][]page.Cell{{{Text: g.say("Fewer than 500 people", "أقل من 500 شخص")}, {HTML: page.State(g.say("Met", "مستوفى"), page.Good)}}, {{Text: g.say("10 working days before", "قبل 10 أيام عمل")}, {HTML: page.State(g.say("Not met", "غير مستوفى"), page.Bad)}}}},
			page.Form{Action: "desk-case", Key: "sample", HTML: page.Group{
				page.Textarea{Name: "reason", Label: page.Label{Text: g.say("Reasons", "الأسباب"), Classes: "govuk-label--m"}},
				page.ButtonGroup{page.Button{Text: g.say("Grant", "امنح")}, page.Button{Text: g.say("Refuse", "ارفض"), Classes: "govuk-button--warning", Name: "decision", Value: "refuse"}, page.Button{Text: g.say("Ask for more", "اطلب المزيد"), Classes: "govuk-button--secondary", Name: "decision", Value: "ask"}},
			}},
			thread(g), timeline(g),
		},
		Side: page.Group{
			page.StatusPanel{Label: g.say("Status", "الحالة"), Status: g.say("Objection", "اعتراض"), Tone: page.Bad, Clock: page.Clock{Text: g.say("2 working days late", "متأخر يومي عمل"), Tone: page.Bad}},
			page.SummaryList{Rows: []page.SummaryRow{{Key: page.Cell{Text: g.say("Applicant", "مقدم الطلب")}, Value: page.Cell{Text: g.say("Amara Osei", "أمارا أوسي")}}, {Key: page.Cell{Text: g.say("Event", "الفعالية")}, Value: page.Cell{HTML: page.Time{Text: g.say("21 May 2026", "21 مايو 2026")}}}}},
		},
		SideLabel: g.say("Summary", "ملخص"),
	}
}

func components(g gallery, s *page.Shell) page.Component {
	s.Title = g.say("Components", "المكونات")
	return page.Group{
		page.Heading{Text: s.Title, Level: 1},
		page.PhaseBanner{Tag: page.Tag{Text: g.say("Trial", "تجربة")}, Text: g.say("This part is new.", "هذا الجزء جديد.")},
		page.Panel{TitleText: g.say("Notice sent", "أُرسل الإشعار"), HeadingLevel: 2, HTML: page.Group{page.Text(g.say("Your number is ", "رقمك هو ")), page.ID("GV-TEN-118")}},
		page.InsetText{Text: g.say("You may ask for a review within 28 days.", "يمكنك طلب مراجعة خلال 28 يوما.")},
		page.WarningText{Text: g.say("You may be fined if you do not tell us.", "قد تُغرّم إذا لم تخبرنا.")},
		page.Details{SummaryText: g.say("Why we ask", "لماذا نسأل"), Text: g.say("The law says so.", "القانون ينص على ذلك."), Open: true},
		page.NotificationBanner{Text: g.say("The office is closed on 25 May.", "المكتب مغلق في 25 مايو.")},
		page.ButtonGroup{page.Button{Text: g.say("Continue", "متابعة")}, page.Button{Text: g.say("Save", "حفظ"), Classes: "govuk-button--secondary"}, page.Button{Text: g.say("Delete", "حذف"), Classes: "govuk-button--warning"}, page.Button{Text: g.say("Disabled", "معطل"), Disabled: true}},
		page.Figure{ID: "spending", Title: g.say("Spending by quarter", "الإنفاق حسب الربع"), Finding: g.say("Spending rose by a third.", "ارتفع الإنفاق بمقدار الثلث."),
			Chart: templ.Raw(`<svg viewBox="0 0 300 100" width="300" height="100" role="img" aria-label="3, 4"><rect x="10" y="40" width="60" height="60" fill="#12504c"/><rect x="90" y="20" width="60" height="80" fill="#12504c"/></svg>`),
			Table: page.Table{Caption: g.say("Spending", "الإنفاق"), Head: []page.Cell{{Text: g.say("Quarter", "الربع")}, {Text: "£", Format: "numeric"}}, Rows: [][]page.Cell{{{Text: "1"}, {Text: "3", Format: "numeric"}}, {{Text: "2"}, {Text: "4", Format: "numeric"}}}}, CSVURL: "components"},
		page.Pagination{Previous: page.PageLink{Href: "home", LabelText: g.say("Who may apply", "من يمكنه التقديم")}, Next: page.PageLink{Href: "home", LabelText: g.say("What it costs", "كم يكلف")}},
		page.SearchBox{Action: "components", Label: g.say("Search", "بحث")},
	}
}
