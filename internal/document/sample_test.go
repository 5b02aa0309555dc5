package document

// The documents that the tests look at: one letter and one licence in each
// direction, with everything in them that has gone wrong in print before:
// numbers and Latin names in Arabic, long words, wide tables.

func letterEnglish() Document {
	return Document{
		Lang: "en", Title: "Your building permit application",
		Issuer: Issuer{Name: "City of Port Example", Address: []string{"Office for Building and Planning", "12 Harbour Street, 1000 Port Example"}, Contact: "permits@port.example · +00 100 200 300"},
		To:     []string{"Zoë Łukaszewicz-O’Brien", "4 Mill Lane", "1000 Port Example"},
		Head: []Fact{
			{"Reference", Isolate("BP-2026-004711")},
			{"Date", Isolate("23 November 2026")},
		},
		Blocks: []Block{
			Paragraph{Plain("Dear Zoë Łukaszewicz-O’Brien,")},
			Paragraph{Text{{Text: "You asked us on 2 November 2026 for permission to build a garden house at 4 Mill Lane. "}, {Text: "We can decide once three points are settled.", Bold: true}, {Text: " Please send what is missing by 14 December 2026. If you need more time, tell us before that day; you do not have to give a reason."}}},
			Heading{2, Plain("What we need from you")},
			List{Ordered: true, Items: []Text{
				Plain("A site plan at a scale of 1:500 that shows the distance to the neighbouring plots, signed by the person who drew it."),
				Plain("The written consent of the owner of plot 88/3."),
				Plain("The size of the roof in square metres."),
			}},
			Heading{2, Plain("What we have recorded")},
			Facts{[]Fact{
				{"Plot", Isolate("88/2, Port Example North")},
				{"Purpose", Plain("Garden house, not for living in")},
				{"Floor area", Plain("18.5 m²")},
			}},
			Heading{2, Plain("Fees")},
			Table{Caption: "Fees under the Building Fees Order 2024", RowHeaders: true,
				Columns: []Column{{Header: "Item"}, {Header: "Basis"}, {Header: "Amount (EUR)", Numeric: true}},
				Rows: [][]Text{
					{Plain("Examination"), Plain("Schedule 1, item 4"), Plain("120.00")},
					{Plain("Site visit"), Plain("Schedule 1, item 9, where the plot lies within 100 metres of the shore"), Plain("45.50")},
					{Plain("Total"), Plain(""), Text{{Text: "165.50", Bold: true}}},
				}},
			Notice{Title: "You can object to this letter", Text: Plain("Write to us within one month of receiving it, on paper or through your account. An objection costs nothing and stops the time limit above.")},
			Paragraph{Plain("Yours sincerely,")},
			Paragraph{Text{{Text: "Samuel Okonkwo-Lindqvist", Bold: true}}},
			QR{URL: "https://port.example/verify/7Q2K-M4XD-91PA", Alt: "QR code that leads to the page where this letter can be checked", Caption: Plain("Check that this letter is genuine")},
		},
		Footer: "City of Port Example · Office for Building and Planning",
	}
}

func letterArabic() Document {
	return Document{
		Lang: "ar", Dir: RTL, Title: "طلبك للحصول على رخصة بناء",
		Issuer: Issuer{Name: "بلدية مدينة الميناء", Address: []string{"مكتب البناء والتخطيط", "12 شارع الميناء، 1000 مدينة الميناء"}, Contact: "permits@port.example"},
		To:     []string{"السيدة ليلى عبد الرحمن", "4 شارع الطاحونة", "1000 مدينة الميناء"},
		Head: []Fact{
			{"المرجع", Isolate("BP-2026-004711")},
			{"التاريخ", Isolate("23 نوفمبر 2026")},
		},
		Blocks: []Block{
			Paragraph{Plain("السيدة ليلى عبد الرحمن المحترمة،")},
			Paragraph{Text{{Text: "طلبتِ منا بتاريخ "}, {Text: "02/11/2026", Isolated: true}, {Text: " الإذن ببناء بيت حديقة في 4 شارع الطاحونة. "}, {Text: "يمكننا اتخاذ القرار بعد استكمال ثلاث نقاط.", Bold: true}, {Text: " يُرجى إرسال المستندات الناقصة (على الورق أو عبر حسابك في "}, {Text: "Stoa Online", Isolated: true}, {Text: ") قبل "}, {Text: "14/12/2026", Isolated: true}, {Text: ". إذا احتجتِ إلى مزيد من الوقت فأخبرينا قبل هذا اليوم، ولا يلزمك ذكر السبب."}}},
			Heading{2, Plain("ما نحتاجه منك")},
			List{Ordered: true, Items: []Text{
				Text{{Text: "مخطط الموقع بمقياس "}, {Text: "1:500", Isolated: true}, {Text: " يبيّن المسافة إلى قطع الأراضي المجاورة، موقَّعًا من الشخص الذي رسمه."}},
				Text{{Text: "الموافقة الخطية لمالك القطعة "}, {Text: "88/3", Isolated: true}, {Text: "."}},
				Plain("مساحة السقف بالمتر المربع."),
			}},
			Heading{2, Plain("ما سجّلناه")},
			Facts{[]Fact{
				{"القطعة", Isolate("88/2")},
				{"الغرض", Plain("بيت حديقة غير مخصص للسكن")},
				{"المساحة", Plain("18.5 م²")},
			}},
			Heading{2, Plain("الرسوم")},
			Table{Caption: "الرسوم وفق لائحة رسوم البناء لسنة 2024", RowHeaders: true,
				Columns: []Column{{Header: "البند"}, {Header: "الأساس"}, {Header: "المبلغ (يورو)", Numeric: true}},
				Rows: [][]Text{
					{Plain("فحص الطلب"), Plain("الجدول 1، البند 4"), Isolate("120.00")},
					{Plain("زيارة الموقع"), Plain("الجدول 1، البند 9، إذا كانت القطعة ضمن مسافة 100 متر من الشاطئ"), Isolate("45.50")},
					{Plain("المجموع"), Plain(""), Text{{Text: "165.50", Bold: true, Isolated: true}}},
				}},
			Notice{Title: "يمكنك الاعتراض على هذه الرسالة", Text: Plain("اكتبي إلينا خلال شهر واحد من استلامها، على الورق أو عبر حسابك. الاعتراض مجاني ويوقف المهلة المذكورة أعلاه.")},
			Paragraph{Plain("مع خالص التقدير،")},
			QR{URL: "https://port.example/verify/7Q2K-M4XD-91PA", Alt: "رمز يؤدي إلى الصفحة التي يمكن فيها التحقق من هذه الرسالة", Caption: Plain("تحقق من صحة هذه الرسالة")},
		},
		Footer: "بلدية مدينة الميناء · مكتب البناء والتخطيط",
	}
}

func licenceEnglish() Document {
	return Document{
		Kind: Certificate, Lang: "en", Title: "Licence to Run a Street Café",
		Issuer: Issuer{Name: "City of Port Example", Address: []string{"Office for Trade and Markets"}, Contact: "port.example/trade"},
		Head: []Fact{
			{"Licence number", Isolate("SC-2026-000318")},
			{"Holder", Plain("Zoë Łukaszewicz-O’Brien")},
			{"Place", Plain("Harbour Square, in front of number 7, up to 24 m²")},
			{"Valid", Plain("from 1 March 2027 to 31 October 2027")},
		},
		Blocks: []Block{
			Paragraph{Plain("The holder may put up tables and chairs at the place named above and serve guests there, daily from 8:00 to 22:00.")},
			Heading{2, Plain("Conditions")},
			List{Items: []Text{Plain("A passage of 1.8 metres stays free for wheelchairs and the fire brigade."), Plain("No music outside after 20:00.")}},
			Notice{Text: Plain("This licence stays valid only while the fee for the year is paid. Its present state can be seen under the code below.")},
			QR{URL: "https://port.example/verify/SC-2026-000318", Alt: "QR code that leads to the page where this licence can be checked", Caption: Plain("Verify this licence at")},
		},
		Footer: "Issued under section 12 of the Streets Act",
	}
}

func licenceArabic() Document {
	return Document{
		Kind: Certificate, Lang: "ar", Dir: RTL, Title: "رخصة تشغيل مقهى في الشارع",
		Issuer: Issuer{Name: "بلدية مدينة الميناء", Address: []string{"مكتب التجارة والأسواق"}, Contact: "port.example/trade"},
		Head: []Fact{
			{"رقم الرخصة", Isolate("SC-2026-000318")},
			{"صاحبة الرخصة", Plain("ليلى عبد الرحمن")},
			{"المكان", Text{{Text: "ساحة الميناء، أمام الرقم 7، حتى "}, {Text: "24 م²", Isolated: true}}},
			{"الصلاحية", Text{{Text: "من "}, {Text: "1 مارس 2027", Isolated: true}, {Text: " إلى "}, {Text: "31 أكتوبر 2027", Isolated: true}}},
		},
		Blocks: []Block{
			Paragraph{Plain("يجوز لصاحبة الرخصة وضع الطاولات والكراسي في المكان المذكور أعلاه وخدمة الضيوف فيه يوميًا من 8:00 إلى 22:00.")},
			Heading{2, Plain("الشروط")},
			List{Items: []Text{Plain("يبقى ممر بعرض 1.8 متر خاليًا للكراسي المتحركة وفرق الإطفاء."), Plain("لا موسيقى في الخارج بعد الساعة 20:00.")}},
			Notice{Text: Plain("تبقى هذه الرخصة سارية ما دام الرسم السنوي مدفوعًا.")},
			QR{URL: "https://port.example/verify/SC-2026-000318", Alt: "رمز يؤدي إلى صفحة التحقق من هذه الرخصة", Caption: Plain("تحقق من هذه الرخصة على العنوان")},
		},
		Footer: "صادرة بموجب المادة 12 من قانون الطرق",
	}
}
