package main

import (
	"github.com/a-h/templ"

	"stoa/internal/web/page"
)

var samples = map[string]sample{
	"home": home, "service": service, "question": question, "failed": failed,
	"account": account, "case": caseForCitizen, "certificate": certificate,
	"queue": queue, "desk-case": deskCase, "components": components, "missing": missing, "charts": charts,
}

func home(g gallery, s *page.Shell) page.Component {
	s.Title = g.say("Services and information", "الخدمات والمعلومات")
	s.Hero = page.Hero{
		Heading: g.say("What do you need to do?", "ماذا تريد أن تفعل؟"),
		Lead:    g.say("Apply, pay, ask and check, in one place.", "قدّم وادفع واسأل وتحقق في مكان واحد."),
		Search:  page.SearchBox{Action: "home", Label: g.say("Search services", "ابحث في الخدمات")},
		Title:   g.say("Often needed:", "الأكثر طلبا:"),
		Popular: []page.Link{
			{Text: g.say("Parking permit", "تصريح وقوف"), URL: "service"},
			{Text: g.say("Council tax", "ضريبة المجلس"), URL: "service"},
			{Text: g.say("Report a street problem", "أبلغ عن مشكلة في الشارع"), URL: "service"},
		},
	}
	return page.Group{
		page.ServiceGrid{
			Heading: page.Heading{Text: g.say("Popular services", "الخدمات الشائعة")},
			Cards: []page.ServiceCard{
				{Title: g.say("Register a food business", "تسجيل نشاط غذائي"), URL: "service", Text: g.say("Tell us at least 28 days before you open.", "أخبرنا قبل 28 يوما على الأقل من الافتتاح."), Facts: []string{g.say("Free", "مجانا"), g.say("10 minutes", "10 دقائق")}},
				{Title: g.say("Temporary event notice", "إشعار فعالية مؤقتة"), URL: "service", Text: g.say("For events with alcohol or music and fewer than 500 people.", "للفعاليات التي تضم أقل من 500 شخص."), Facts: []string{"£21", g.say("10 working days", "10 أيام عمل")}},
				{Title: g.say("Resident parking permit", "تصريح وقوف للسكان"), URL: "service", Text: g.say("Park in your street. Two permits per home.", "اركن في شارعك. تصريحان لكل منزل."), Facts: []string{g.say("From £60 a year", "من 60 جنيها في السنة")}, Tag: page.State(g.say("New", "جديد"), page.Good)},
				{Title: g.say("Ask for a copy of a birth record", "طلب نسخة من سجل ولادة"), URL: "service", Facts: []string{"£12.50"}},
				{Title: g.say("Business rates", "ضريبة الأعمال"), URL: "service", Text: g.say("See your bill, ask for relief, pay in parts.", "اطلع على فاتورتك واطلب تخفيضا.")},
				{Title: g.say("Freedom of information", "حرية المعلومات"), URL: "service", Text: g.say("Ask for any record we hold.", "اطلب أي سجل لدينا."), Facts: []string{g.say("20 working days", "20 يوم عمل")}},
			},
		},
		page.TopicList{
			Heading: page.Heading{Text: g.say("By topic", "حسب الموضوع")},
			Topics: []page.Topic{
				{Title: g.say("Business and licences", "الأعمال والتراخيص"), URL: "home", Count: "12", Text: g.say("Food, events, premises", "الغذاء والفعاليات والمباني")},
				{Title: g.say("Homes and streets", "المنازل والشوارع"), URL: "home", Count: "9", Text: g.say("Parking, repairs, waste", "الوقوف والإصلاح والنفايات")},
				{Title: g.say("Births, deaths, marriages", "المواليد والوفيات والزواج"), URL: "home", Count: "7"},
				{Title: g.say("Tax and payments", "الضرائب والمدفوعات"), URL: "home", Count: "5"},
				{Title: g.say("Your data and ours", "بياناتك وبياناتنا"), URL: "home", Count: "6"},
				{Title: g.say("Have your say", "شارك برأيك"), URL: "home", Count: "3"},
			},
		},
	}
}

func service(g gallery, s *page.Shell) page.Component {
	s.Title = g.say("Temporary event notice", "إشعار فعالية مؤقتة")
	s.Breadcrumbs = []page.Crumb{{Text: g.say("Home", "الرئيسية"), Href: "home"}, {Text: g.say("Business and licences", "الأعمال والتراخيص"), Href: "home"}, {Text: s.Title}}
	return page.TwoColumns{
		Main: page.Group{
			page.Heading{Text: s.Title, Level: 1, Size: "xl"},
			page.Paragraph{Text: g.say("Tell us about a small event with alcohol, late food or music.", "أخبرنا عن فعالية صغيرة."), Classes: "govuk-body-l"},
			page.KeyFacts{Facts: []page.Fact{
				{Label: g.say("Fee", "الرسم"), Text: "£21"},
				{Label: g.say("Tell us", "أخبرنا"), Text: g.say("10 working days before", "قبل 10 أيام عمل"), Note: g.say("5 to 9 for a late notice", "من 5 إلى 9 للإشعار المتأخر")},
				{Label: g.say("People", "الأشخاص"), Text: g.say("Fewer than 500", "أقل من 500")},
			}},
			page.Button{Text: g.say("Start now", "ابدأ الآن"), Href: "question", IsStartButton: true},
			page.Steps{
				Heading: page.Heading{Text: g.say("What happens next", "ماذا يحدث بعد ذلك")},
				Items: []page.Step{
					{Title: g.say("You send the notice and pay", "ترسل الإشعار وتدفع"), When: g.say("About 15 minutes", "حوالي 15 دقيقة")},
					{Title: g.say("The police and environmental health may object", "قد تعترض الشرطة أو الصحة البيئية"), When: g.say("3 working days", "3 أيام عمل")},
					{Title: g.say("Without objection it is allowed", "بدون اعتراض يُسمح بها"), Text: g.say("You receive the acknowledgement by mail.", "تستلم الإقرار بالبريد.")},
				},
			},
			page.Details{SummaryText: g.say("If you cannot use this service online", "إذا لم تتمكن من استخدام هذه الخدمة عبر الإنترنت"), Text: g.say("Visit the town hall, or call us.", "زر مبنى البلدية أو اتصل بنا.")},
		},
		Side: page.Group{
			page.Heading{Text: g.say("The law", "القانون"), Size: "s"},
			page.Paragraph{Text: g.say("Licensing Act 2003, sections 98 to 110", "قانون التراخيص 2003، المواد 98 إلى 110")},
		},
		SideLabel: g.say("More about this service", "المزيد عن هذه الخدمة"),
	}
}

func question(g gallery, s *page.Shell) page.Component {
	s.Title, s.BackLink = g.say("How many people will come?", "كم شخصا سيحضر؟"), "service"
	s.ServiceName, s.ServiceURL, s.Nav = g.say("Temporary event notice", "إشعار فعالية مؤقتة"), "service", nil
	return page.Question{
		Action: "question", Key: "sample", Continue: g.say("Continue", "متابعة"),
		Fields: []page.Component{page.Input{
			Name: "people", Label: page.Label{Text: s.Title, IsPageHeading: true, Classes: "govuk-label--l"},
			Hint:    page.Hint{Text: g.say("Count staff too. It must be fewer than 500 at any time.", "احسب الموظفين أيضا. يجب أن يكون أقل من 500.")},
			Classes: "govuk-input--width-4", Inputmode: "numeric", Spellcheck: "false",
		}},
		Also: []page.Component{page.Button{Text: g.say("Save for later", "حفظ لوقت لاحق"), Name: "action", Value: "save", Classes: "govuk-button--secondary"}},
	}
}

func failed(g gallery, s *page.Shell) page.Component {
	s.Title, s.Failed, s.BackLink = g.say("About the event", "عن الفعالية"), true, "service"
	s.ServiceName, s.ServiceURL, s.Nav = g.say("Temporary event notice", "إشعار فعالية مؤقتة"), "service", nil
	wrong := page.ErrorMessage{Text: g.say("Enter the date of the event", "أدخل تاريخ الفعالية")}
	return page.Question{
		Heading: page.Heading{Text: s.Title}, Action: "failed", Key: "sample", Continue: g.say("Continue", "متابعة"),
		ErrorTitle: g.say("There is a problem", "هناك مشكلة"),
		Errors:     []page.ErrorLink{{Text: wrong.Text, Href: "#date-day"}, {Text: g.say("Choose one", "اختر واحدا"), Href: "#alcohol"}, {Text: g.say("Choose a ward", "اختر حيا"), Href: "#ward"}},
		Fields: []page.Component{
			page.DateInput{ID: "date", NamePrefix: "date", Fieldset: page.Fieldset{Legend: page.Legend{Text: g.say("When is it?", "متى؟"), Classes: "govuk-fieldset__legend--m"}}, Hint: page.Hint{Text: g.say("For example, 27 3 2027", "مثلا 27 3 2027")}, ErrorMessage: wrong},
			page.Radios{Name: "alcohol", Fieldset: page.Fieldset{Legend: page.Legend{Text: g.say("Will alcohol be sold?", "هل سيباع الكحول؟"), Classes: "govuk-fieldset__legend--m"}}, ErrorMessage: page.ErrorMessage{Text: g.say("Choose one", "اختر واحدا")},
				Items: []page.Choice{{Value: "yes", Text: g.say("Yes", "نعم"), Conditional: page.Conditional{HTML: page.Input{Name: "hours", Label: page.Label{Text: g.say("For how many hours?", "كم ساعة؟")}, Classes: "govuk-input--width-2"}}}, {Value: "no", Text: g.say("No", "لا"), Hint: page.Hint{Text: g.say("Not even in a raffle", "ولا حتى في اليانصيب")}}}},
			page.Checkboxes{Name: "music", Values: []string{"live"}, Fieldset: page.Fieldset{Legend: page.Legend{Text: g.say("Which kinds of music?", "أي أنواع الموسيقى؟"), Classes: "govuk-fieldset__legend--m"}},
				Items: []page.Choice{{Value: "live", Text: g.say("Live", "حية")}, {Value: "recorded", Text: g.say("Recorded", "مسجلة")}, {Divider: g.say("or", "أو")}, {Value: "none", Text: g.say("None", "لا شيء"), Behaviour: "exclusive"}}},
			page.Select{Name: "ward", Label: page.Label{Text: g.say("Ward", "الحي")}, ErrorMessage: page.ErrorMessage{Text: g.say("Choose a ward", "اختر حيا")},
				Items: []page.Option{{Text: "—"}, {Value: "n", Text: g.say("Northgate with Saint Bartholomew and the Outer Meadows", "البوابة الشمالية مع المروج الخارجية")}}},
			page.CharacterCount{Name: "about", MaxLength: 200, Label: page.Label{Text: g.say("What will happen?", "ماذا سيحدث؟")}, Value: g.say("A fair.", "معرض.")},
			page.FileUpload{Name: "plan", Label: page.Label{Text: g.say("A plan of the place", "مخطط المكان")}, Hint: page.Hint{Text: g.say("PDF or JPEG, up to 10 MB", "PDF أو JPEG حتى 10 ميغابايت")}},
			page.Input{Name: "fee", Label: page.Label{Text: g.say("Entry fee, in pounds", "رسم الدخول بالجنيه")}, Prefix: page.Affix{Text: "£"}, Classes: "govuk-input--width-5", Inputmode: "decimal"},
			page.PasswordInput{Name: "password", Label: page.Label{Text: g.say("Password", "كلمة المرور")}},
		},
	}
}

func certificate(g gallery, s *page.Shell) page.Component {
	s.Title = g.say("Premises licence GV-2026-00417", "رخصة مبنى GV-2026-00417")
	return page.Certificate{
		Issuer: s.JurisdictionName, Kind: g.say("Premises licence", "رخصة مبنى"), Title: g.say("The Old Mill, Weir Lane", "الطاحونة القديمة، طريق السد"),
		Label: g.say("Licence number", "رقم الرخصة"), Number: "GV-2026-00417", Status: page.State(g.say("In force", "سارية"), page.Good),
		Facts: []page.Fact{
			{Label: g.say("Holder", "الحامل"), Text: g.say("Old Mill Events Ltd", "شركة فعاليات الطاحونة")},
			{Label: g.say("Valid from", "سارية من"), HTML: page.Time{Text: g.say("4 May 2026", "4 مايو 2026"), Machine: "2026-05-04"}},
			{Label: g.say("Allows", "تسمح بـ"), Text: g.say("Sale of alcohol, live music until 23:00", "بيع الكحول وموسيقى حية حتى 23:00")},
		},
		Code:   templ.Raw(`<svg viewBox="0 0 21 21" role="img" aria-label="QR"><path fill="#000" d="M0 0h7v7H0zm14 0h7v7h-7zM0 14h7v7H0zm9-5h3v3H9zm4 4h4v4h-4z"/><path fill="#fff" d="M1 1h5v5H1zm14 0h5v5h-5zM1 15h5v5H1z"/></svg>`),
		Verify: page.Paragraph{Text: g.say("Scan to check it against the public log.", "امسح للتحقق من السجل العام."), Classes: "govuk-body-s"},
	}
}

func missing(g gallery, s *page.Shell) page.Component {
	s.Title = g.say("Page not found", "الصفحة غير موجودة")
	return page.Outcome{
		Heading: s.Title, Paragraphs: []string{g.say("If you typed the address, check it.", "إذا كتبت العنوان فتحقق منه.")},
		Links: []page.Link{{Text: g.say("Search all services", "ابحث في كل الخدمات"), URL: "home"}}, RefLabel: g.say("Reference:", "المرجع:"), Reference: "7F3A-22",
	}
}
