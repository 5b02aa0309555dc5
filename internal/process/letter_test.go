package process_test

import (
	"strings"
	"testing"

	"stoa/internal/calendar"
	"stoa/internal/document"
	"stoa/internal/i18n"
	"stoa/internal/process"
)

func letter(t *testing.T, m *market, lang, id string, said *process.Decision) string {
	t.Helper()
	b, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	d, err := process.RenderLetter(ctx, m.j, m.facts, id, process.LetterContext{
		Printer: b.For(lang), To: []string{"Omar Organiser"}, Date: calendar.MustDate("2026-03-31"),
		Follow: "https://example.com/c", Verify: "https://example.com/v", Said: said,
	})
	if err != nil {
		t.Fatal(err)
	}
	if (d.Dir == document.RTL) != (lang == "ar") || d.Lang != lang {
		t.Errorf("%s letter has direction %v, language %s", lang, d.Dir, d.Lang)
	}
	return document.PlainText(d)
}

func wants(t *testing.T, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("%q is missing in:\n%s", w, text)
		}
	}
}

func TestLetters(t *testing.T) {
	m := submitted(t, t, "2026-03-30")
	m.facts.Number = "EV-2026-00007"
	receipt := letter(t, m, "en", "receipt", nil)
	wants(t, receipt, "Thank you, Omar Organiser. Your event is on 12 June 2026 at 19:00 and costs £100.00.",
		"EV-2026-00007", "Large event", "£50.00", "Total", "£100.00", "Fee for each hour: £12.50 (Halls Act, section 3)", "Hours: 4",
		"We are looking at it.", "15 April 2026", "https://example.com/c")
	wants(t, letter(t, m, "ar", "receipt", nil), "شكراً", "Omar Organiser", "رسم الساعة", "نحن ننظر فيه.")

	wants(t, letter(t, m, "en", "question", &process.Decision{Action: "ask", Reason: "Which barn?\n\nIs it safe?"}), "Which barn?", "Is it safe?")

	m.apply(process.Act(ctx, m.j, m.facts, "refuse", process.Decision{Reasons: []string{"unsafe"}, Reason: "The roof leaks."}, at("2026-03-31", 9)))
	refusal := letter(t, m, "en", "decision", nil)
	wants(t, refusal, "A concert", "The old barn", "2 Mill Lane", "It is not safe. (Halls Act, section 1)", "The roof leaks.", "You can appeal to the court.", "large")
	if strings.Contains(refusal, "Watts") || strings.Contains(refusal, "concert,") {
		t.Errorf("a question that was not asked, or an option's id, is in:\n%s", refusal)
	}
	wants(t, letter(t, m, "ar", "decision", nil), "حفل موسيقي", "ليس آمناً.", "يمكنك الطعن")
}

func TestConditionsAndCertificate(t *testing.T) {
	m := submitted(t, t, "2026-03-30")
	now := at("2026-04-07", 9)
	m.apply(process.Reply(ctx, m.j, m.facts, "noise", "no_objection", now))
	effects := m.apply(process.Act(ctx, m.j, m.facts, "grant", process.Decision{
		Conditions: []string{"quiet"}, Own: []string{"Close the windows."}, By: "Olga Officer",
	}, now))
	wants(t, letter(t, m, "en", "decision", nil), "Quiet after 11pm. (Halls Act, section 9)", "Close the windows.", "https://example.com/v")
	b, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	d, err := process.Certificate(ctx, m.j, m.facts, "EL-2026-00001", *effects[0].Issue, process.LetterContext{
		Printer: b.For("en"), Date: calendar.MustDate("2026-04-07"), Verify: "https://example.com/v",
	})
	if err != nil {
		t.Fatal(err)
	}
	text := document.PlainText(d)
	wants(t, text, "EL-2026-00001", "Night music", "1,200", "7 April 2026", "12 June 2026", "Omar Organiser may hold Night music.", "https://example.com/v")
	if strings.Contains(text, "omar@example.com") {
		t.Errorf("a field that is not public is on the certificate:\n%s", text)
	}
}
