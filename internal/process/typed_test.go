package process_test

import (
	"net/url"
	"reflect"
	"strings"
	"testing"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/process"
	"stoa/internal/service"
)

func TestTypedAtPaths(t *testing.T) {
	var typed process.Typed
	a, _ := typed.AddItem("partners", "a")
	b, _ := typed.AddItem("partners", "b")
	child, ok := typed.AddItem(b+".children", "c")
	if !ok || a != "partners[0]" || child != "partners[1].children[0]" {
		t.Fatalf("items at %q %q %q", a, b, child)
	}
	if !typed.Set(child+".name", "Kim") || typed.Get("partners[1].children[0].name") != "Kim" {
		t.Error("what was set is not there")
	}
	before := typed.Clone()
	if !typed.RemoveItem(a) {
		t.Error("the first item cannot be removed")
	}
	if path, ok := typed.PathOf("c"); !ok || path != "partners[0].children[0]" || typed.Get(path+".name") != "Kim" {
		t.Errorf("after removing the first, c is at %q", path)
	}
	if before.Get("partners[1].children[0].name") != "Kim" || len(before.Items("partners")) != 2 {
		t.Error("the clone changed")
	}
	for _, path := range []string{"partners[7].name", "partners[-1].name", "partners[x].name", "partners.name", "[0].name", "partners[0"} {
		if typed.Set(path, "x") && typed.Get(path) != "" && path != "partners[0" {
			t.Errorf("%s exists", path)
		}
		typed.RemoveItem(path)
		typed.Item(path)
		typed.Items(path)
	}
	if _, ok := typed.AddItem(strings.Repeat("a[0].", 20)+"a", "deep"); ok {
		t.Error("an item was added where there is no place")
	}
	for range 2 * process.MaxItems {
		typed.AddItem("many", "m")
	}
	if n := len(typed.Items("many")); n != process.MaxItems {
		t.Errorf("%d items", n)
	}
}

func TestReadFormKeepsWhatBelongs(t *testing.T) {
	s := hall(t)
	form := url.Values{
		"adult": {"yes"}, "event_title": {"  Fair\r\n "}, "needs": {"chairs", "lights"}, "kind": {"market", "concert"},
		"day-day": {" 1 "}, "day-month": {"\x00"}, "hall": {"H1"}, "csrf": {"x"}, "organiser": {"not on this page"},
	}
	got := process.ReadForm(s.Pages[0].Questions, form)
	want := map[string][]string{
		"adult": {"yes"}, "event_title": {"Fair"}, "needs": {"chairs", "lights"}, "kind": {"market"}, "hall": {"H1"}, "hall-manual": nil,
		"day-day": {"1"}, "day-month": nil, "day-year": nil, "begins": nil, "hours": nil, "guests": nil,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	typed := process.Typed{Fields: map[string][]string{"needs": {"chairs"}, "organiser": {"Ann"}}}
	delete(form, "needs")
	typed.Merge("", process.ReadForm(s.Pages[0].Questions, form))
	if typed.Values("needs") != nil || typed.Get("organiser") != "Ann" {
		t.Errorf("an unticked box stays, or another page is touched: %v", typed)
	}
	if typed.Merge("traders[3]", nil) {
		t.Error("merged into an item that is not there")
	}
}

// Each way in which an answer can be wrong speaks both languages, with every place filled.
func TestMessages(t *testing.T) {
	b, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	typed := concert()
	for field, value := range map[string]string{
		"adult": "", "event_title": strings.Repeat("x", 41), "kind": "circus", "day-month": "13", "begins": "late", "hours": "4.55",
		"guests": "many", "email": "omar@", "phone": "12", "home-line1": "", "company": "12", "remark": "a\u202eb", "organiser": "",
	} {
		if value == "" {
			typed.Set(field)
		} else {
			typed.Set(field, value)
		}
	}
	j, err := process.Judge(ctx, process.Situation{Service: hall(t), Today: calendar.MustDate("2026-03-30")}, typed)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range j.Errors {
		got[e.Path] = e.Message(b.For("en"))
		for _, lang := range []string{"en", "ar"} {
			if text := e.Message(b.For(lang)); text == "" || strings.ContainsAny(text, "{}") {
				t.Errorf("%s in %s: %q", e.Path, lang, text)
			}
		}
	}
	want := map[string]string{
		"adult":       "Choose an answer for “Are you 18 or over?”",
		"event_title": "Name of the event must be 40 characters or shorter",
		"kind":        "Choose one of the answers offered for kind of event",
		"day":         "Day of the event must be a real date, like 27 3 2026",
		"begins":      "Start time must be a time, like 18:30 or 6:30pm",
		"hours":       "Hours must have at most 1 digit after the decimal point",
		"guests":      "Guests must be a number, like 30",
		"organiser":   "Enter your name",
		"email":       "Email address must be an email address in the right form, like name@example.com",
		"phone":       "Telephone must be a telephone number, like 01632 960 001 or +44 808 157 0192",
		"home":        "Address must include the first line, usually building and street",
		"company":     "“Company number” is not in the right form: check it against the document it is on",
		"remark":      "“Anything else?” contains characters that cannot be shown: type it again",
	}
	if !reflect.DeepEqual(got, want) {
		for path := range want {
			if got[path] != want[path] {
				t.Errorf("%s: %q, want %q", path, got[path], want[path])
			}
		}
		t.Errorf("got %q", got)
	}
}

func TestPagesOfADraft(t *testing.T) {
	s := hall(t)
	j := judge(t, process.Situation{Service: s, Today: calendar.MustDate("2026-03-30")}, concert())
	states := map[string]process.PageState{}
	for _, p := range s.Pages {
		states[p.File.Page] = j.Page(p)
	}
	want := map[string]process.PageState{"event": process.PageDone, "music": process.PageDone, "stalls": process.PageHidden, "you": process.PageDone}
	if !reflect.DeepEqual(states, want) || !j.Ready() {
		t.Errorf("pages %v, errors %v", states, j.Errors)
	}
	if next := j.Next(s.Pages[1]); next != s.Pages[3] || j.Next(s.Pages[3]) != nil || j.Next(nil) != s.Pages[0] {
		t.Error("the next page is another")
	}
	if fee := j.Fee.Total.String(); fee != "100.00 GBP" { // 4 hours at 12.50, and 50 for 1,200 guests
		t.Errorf("fee %s", fee)
	}

	typed := concert()
	typed.Set("kind", "market")
	at, _ := typed.AddItem("traders", "t1")
	typed.Set(at+".trader", "Tim")
	j = judge(t, process.Situation{Service: s, Today: calendar.MustDate("2026-03-30")}, typed)
	if j.Page(s.Pages[2]) != process.PageTodo || len(j.On(s.Pages[2], "")) != 0 || len(j.On(s.Pages[2], at)) != 1 || len(j.Below("traders")) != 1 || j.Ready() {
		t.Errorf("errors %+v", j.Errors)
	}
	if j.Asked("watts") || j.Value("loud") == nil || j.Value("loud").Value != false {
		t.Errorf("loud is %v", j.Value("loud"))
	}
	if j.Value("children") != nil {
		t.Errorf("children are counted before all traders are known: %v", j.Value("children"))
	}
}

func TestEarly(t *testing.T) {
	s := hall(t)
	var typed process.Typed
	j, questions, err := process.Early(ctx, process.Situation{Service: s, Today: calendar.MustDate("2026-03-30")}, typed)
	if err != nil || len(questions) != 1 || questions[0].ID != "adult" || j.Eligible() != nil {
		t.Errorf("asked %v, eligible %v, %v", questions, j.Eligible(), err)
	}
	typed.Set("adult", "no")
	if j, _, _ = process.Early(ctx, process.Situation{Service: s, Today: calendar.MustDate("2026-03-30")}, typed); j.Eligible() == nil || *j.Eligible() {
		t.Error("a child is eligible")
	}
	if why := j.Eligibility[0].Why; why.Law.Title != "Halls Act" || why.Because()[0].ID != "adult" {
		t.Errorf("why: %+v", why)
	}
}

func TestWhyTheFee(t *testing.T) {
	s := hall(t)
	for today, want := range map[string]string{
		"2026-03-31": "hire 50 Halls Act [hire=50 Halls Act [hall_fee=12.5 Halls Act 2020-01-01 [] hours=4  []]]",
		"2026-04-01": "hire 53 Halls Act [hire=53 Halls Act [hall_fee=13.25 Halls (Fees) Order 2026-04-01 [] hours=4  []]]",
	} {
		j := judge(t, process.Situation{Service: s, Today: calendar.MustDate(today)}, concert())
		why := j.Fee.Items[0].Why
		if got := why.ID + " " + tell(why); got != want {
			t.Errorf("on %s:\n%s\n%s", today, got, want)
		}
	}
}

func tell(x *process.Explained) string {
	var b strings.Builder
	if d, ok := x.Value.(interface{ String() string }); ok {
		b.WriteString(d.String())
	}
	b.WriteString(" ")
	if x.Law != nil {
		b.WriteString(x.Law.Title)
	}
	if x.From != nil {
		b.WriteString(" " + x.From.String())
	}
	var because []string
	for _, why := range x.Because() {
		because = append(because, why.ID+"="+tell(why))
	}
	return b.String() + " [" + strings.Join(because, " ") + "]"
}

// Whatever is posted, in whatever order of pages, nothing panics, and saving changes nothing.
func FuzzForm(f *testing.F) {
	f.Add("adult=yes&kind=market&event_title=x&day-day=1&day-month=may&day-year=2026", "trader=a&born-day=1/1/2015&hot=yes", "email=a@b.example")
	f.Add("adult=%ff&hall=H1&hours=1e9&guests=-1&begins=99:99&needs=a&needs=b", "%zz", "home-line1=%00&home-postcode=%e2%80%ae")
	s := hall(f)
	traders := s.Pages[2].Questions[0]
	f.Fuzz(func(t *testing.T, event, trader, you string) {
		var typed process.Typed
		post := func(place string, questions []*service.Question, body string) {
			form, _ := url.ParseQuery(body) // what can be read of it
			typed.Merge(place, process.ReadForm(questions, form))
		}
		post("", s.Pages[0].Questions, event)
		post("", s.Pages[1].Questions, event)
		at, _ := typed.AddItem("traders", "1")
		post(at, traders.Members, trader)
		inner, _ := typed.AddItem(at+".goods", "2")
		post(inner, traders.Members[4].Members, trader)
		post("", s.Pages[3].Questions, you)
		j := judge(t, process.Situation{Service: s, Today: calendar.MustDate("2026-03-30")}, typed)
		sameAfterStorage(t, process.Situation{Service: s, Today: calendar.MustDate("2026-03-30")}, typed, j)
	})
}
