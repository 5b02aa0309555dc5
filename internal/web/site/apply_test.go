package site_test

import (
	"regexp"
	"strings"
	"testing"

	"stoa/internal/view"
	"stoa/internal/web"
)

func TestWhoIsNotEligibleLearnsWhy(t *testing.T) {
	b := open(t, false).browser()
	path := "/services/food-business-registration/check"
	a := b.post(path, v("in_greenvale", "no", "food_for_others", "yes", "animal_products_to_trade", "no"))
	if a.status != 200 || !strings.Contains(a.body, "Register with the council of the district") || !strings.Contains(a.body, "regulation 5") {
		t.Errorf("%d %s", a.status, text(a.body))
	}
	a = b.post(path, v("in_greenvale", "yes", "seen", "in_greenvale", "seen", "food_for_others", "seen", "animal_products_to_trade"))
	if a.status != 422 || strings.Count(a.body, "govuk-error-message") != 2 || !strings.Contains(a.body, `value="yes" checked`) {
		t.Errorf("half answered: %d, %d messages", a.status, strings.Count(a.body, `class="govuk-error-message"`))
	}
}

func TestWrongAnswersComeBackAndNothingIsLost(t *testing.T) {
	b := open(t, false).browser()
	draft := b.food()
	a := b.post(draft+"/contact", v("contact_name", "", "contact_email", "asha@", "contact_phone", "<b>12</b>"))
	if a.status != 422 || !strings.Contains(a.body, "<title>Error: ") || !strings.Contains(a.body, "autofocus") {
		t.Fatalf("%d %s", a.status, text(a.body))
	}
	for _, want := range []string{`href="#contact_name"`, `href="#contact_email"`, `href="#contact_phone"`, `value="asha@"`, `value="&lt;b&gt;12&lt;/b&gt;"`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if got := b.get(draft + "/contact").body; !strings.Contains(got, `value="asha@"`) || strings.Contains(got, "<title>Error") {
		t.Error("what was typed is not there when the page is opened again, or it is shown with errors")
	}
	if a := b.get(draft + "/check"); a.status != 200 || !strings.Contains(a.body, "/contact?from=check") {
		t.Errorf("the summary does not lead to what is open: %d", a.status)
	}
	if a := b.post(draft+"/submit", v("declared", "yes")); a.status != 422 || !strings.Contains(a.body, "Error: ") {
		t.Errorf("submitting what is not ready: %d", a.status)
	}
	if _, p := b.follow(draft+"/contact", v("contact_name", "Asha Rao", "contact_email", "asha@example.org", "contact_phone", "01632 960 001", "from", "check")); !strings.Contains(p.body, "Check your answers") {
		t.Error("a change from the summary does not lead back to it")
	}
}

func TestAQuestionThatAnAnswerBringsUpIsShownFirst(t *testing.T) {
	b := open(t, false).browser()
	first, _ := b.follow("/services/food-business-registration/check", v("in_greenvale", "yes", "food_for_others", "yes", "animal_products_to_trade", "no"))
	draft := strings.Join(strings.Split(first, "/")[:3], "/")
	a := b.post(draft+"/place", v("business_name", "Kitchen", "place_kind", "home"))
	if a.status != 200 || !strings.Contains(a.body, "address-line1") || strings.Contains(a.body, `class="govuk-error-summary"`) {
		t.Errorf("%d %s", a.status, text(a.body))
	}
	if a = b.post(draft+"/place", v("business_name", "Kitchen", "place_kind", "home")); a.status != 422 || !strings.Contains(a.body, `href="#address-line1"`) {
		t.Errorf("left empty the second time: %d", a.status)
	}
}

func TestGroupsAreAddedChangedAndRemoved(t *testing.T) {
	b := open(t, false).browser()
	draft := b.food()
	operator := draft + "/operator"
	b.post(operator, v("operator_kind", "partnership"))
	k := key(b.get(operator).body)
	add := v("operator_kind", "partnership", "do", "add:partners", "form-key", k)
	item, page := b.follow(operator, add)
	if again, _ := b.follow(operator, add); again != item {
		t.Errorf("the doubled post added another item: %s and %s", item, again)
	}
	if !strings.Contains(page.body, "Partner") {
		t.Errorf("the item's page: %s", text(page.body))
	}
	b.follow(item, v("name", "Omar Farouk", "responsible", "yes"))
	if a := b.get(operator); !strings.Contains(a.body, "Omar Farouk") || strings.Count(a.body, "remove:") != 1 {
		t.Errorf("the list of items: %s", text(a.body))
	}
	id := item[strings.LastIndexByte(item, '/')+1:]
	b.follow(operator, v("operator_kind", "partnership", "do", "remove:"+id))
	if a := b.get(operator); strings.Contains(a.body, "Omar Farouk") {
		t.Error("the item is still there")
	}
	if a := b.get(item); a.status != 404 {
		t.Errorf("the removed item's page: %d", a.status)
	}
}

func TestSubmittedOnceHoweverOftenItIsSent(t *testing.T) {
	tn := open(t, false)
	b := tn.browser()
	draft := b.food()
	if a := b.post(draft+"/submit", v()); a.status != 422 || !strings.Contains(a.body, `href="#declared"`) {
		t.Fatalf("without the declaration: %d %s", a.status, text(a.body))
	}
	_, done := b.follow(draft+"/submit", v("declared", "yes"))
	number := regexp.MustCompile(`FBR-\d+-\d+`).FindString(done.body)
	if number == "" || !strings.Contains(done.body, "asha@example.org") {
		t.Fatalf("the confirmation: %s", text(done.body))
	}
	_, again := b.follow(draft+"/submit", v("declared", "yes"))
	if got := regexp.MustCompile(`FBR-\d+-\d+`).FindString(again.body); got != number {
		t.Errorf("sent twice, two cases: %s and %s", number, got)
	}
	if a := b.post(draft+"/contact", v("contact_name", "Other")); a.status != 410 && a.status != 404 {
		t.Errorf("changing what was sent: %d", a.status)
	}
	if a := tn.browser().get(draft + "/done"); a.status != 404 {
		t.Errorf("a stranger's look at the confirmation: %d", a.status)
	}
}

func TestLettersComeInTheLanguageUsedLast(t *testing.T) {
	tn := open(t, true)
	b := tn.browser()
	draft := b.food()
	if a := b.get(draft); !strings.Contains(text(a.body), "Documents Optional") {
		t.Errorf("a page on which nothing must be answered: %s", text(a.body))
	}
	b.get(draft + "/check?lang=ar")
	b.follow(draft+"/submit", v("declared", "yes"))
	mails, _, err := tn.view.Demonstration().Mailbox(t.Context(), view.Reader{P: tn.flow.Words.For("en")}, 1)
	if err != nil || len(mails) == 0 {
		t.Fatal(mails, err)
	}
	for _, m := range mails {
		if m.To == "asha@example.org" && m.Language != "ar" {
			t.Errorf("%q came in %q", m.Title, m.Language)
		}
	}
}

func TestSaveForLaterOnAnotherDevice(t *testing.T) {
	tn := open(t, true)
	b := tn.browser()
	draft := b.food()
	if a := b.post(draft+"/save", v("email", "asha")); a.status != 422 || !strings.Contains(a.body, `value="asha"`) {
		t.Errorf("a wrong address: %d", a.status)
	}
	b.follow(draft+"/save", v("email", "asha@example.org"))
	mails, _, err := tn.view.Demonstration().Mailbox(t.Context(), view.Reader{P: tn.flow.Words.For("en")}, 1)
	if err != nil || len(mails) == 0 {
		t.Fatalf("no message: %v", err)
	}
	code := regexp.MustCompile(`\d{6}`).FindString(mails[0].Text)
	other := tn.browser()
	if a := other.get(draft); a.status != 404 {
		t.Fatalf("another device without the code: %d", a.status)
	}
	if a := other.post(mails[0].Link, v("code", "000001")); a.status != 422 {
		t.Errorf("a wrong code: %d", a.status)
	}
	to, page := other.follow(mails[0].Link, v("code", code))
	if to != draft || page.status != 200 {
		t.Errorf("resuming led to %s: %d", to, page.status)
	}
	if a := tn.browser().post(mails[0].Link, v("code", code)); a.status != 422 {
		t.Errorf("the code worked twice: %d", a.status)
	}
}

func TestUploadsAreTakenOrRefusedWithAReason(t *testing.T) {
	tn := open(t, false)
	b := tn.browser()
	page := b.food() + "/documents"
	for name, content := range map[string][]byte{
		"menu.pdf": []byte("not a PDF at all"),
		"menu.exe": []byte("MZ\x90\x00"),
		"big.pdf":  append([]byte(paperPDF), make([]byte, 11<<20)...),
		"huge.pdf": append([]byte(paperPDF), make([]byte, web.FileMost)...),
	} {
		a := b.upload(page, "menu", name, content)
		if a.status != 422 || !strings.Contains(a.body, `href="#menu"`) || !strings.Contains(a.body, "<title>Error") {
			t.Errorf("%s: %d %s", name, a.status, text(a.body)[:200])
		}
		if said := map[string]string{"menu.pdf": "of a kind that we cannot take", "big.pdf": "larger than 10 MB"}[name]; strings.Contains(a.body, "blob.") || !strings.Contains(text(a.body), said) {
			t.Errorf("%s: not refused in words, want %q: %s", name, said, text(a.body))
		}
	}
	if a := b.upload(page, "menu", "menu.pdf", []byte(paperPDF)); a.status != 303 {
		t.Fatalf("a good file: %d %s", a.status, text(a.body))
	}
	shown := b.get(page)
	at := regexp.MustCompile(`/apply/[0-9a-z]+/files/[0-9a-z]+`).FindString(shown.body)
	if a := b.get(at); at == "" || a.status != 200 || a.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("looking at the file again: %d %v", a.status, a.header)
	}
	if a := tn.browser().get(at); a.status != 404 {
		t.Errorf("a stranger's look at the file: %d", a.status)
	}
	b.follow(page, v("do", "remove-file:menu"))
	if a := b.get(page); strings.Contains(a.body, "menu.pdf") {
		t.Error("the removed file is still there")
	}
}

func TestAPlaceIsFoundChosenOrTyped(t *testing.T) {
	b := open(t, false).browser()
	day := b.clock.Now().AddDate(0, 0, 60)
	first, _ := b.follow("/services/temporary-event-notice/check", v("adult", "yes", "start_date-day", day.Format("2"), "start_date-month", day.Format("1"),
		"start_date-year", day.Format("2006"), "most_people", "100"))
	place := strings.Join(strings.Split(first, "/")[:3], "/") + "/place"
	a := b.post(place, v("place-find", "corn hall", "do", "find:place"))
	if a.status != 200 || !strings.Contains(a.body, "The Corn Hall") || strings.Contains(a.body, "error-summary") {
		t.Fatalf("looking for a place: %d %s", a.status, text(a.body))
	}
	key := regexp.MustCompile(`name="place" type="radio" value="([^"]+)"`).FindStringSubmatch(a.body)
	if key == nil {
		t.Fatalf("no place to choose: %s", a.body)
	}
	if a = b.post(place, v("place-find", "corn hall")); a.status != 200 || !strings.Contains(a.body, "The Corn Hall") {
		t.Errorf("words and the ordinary button do not search: %d", a.status)
	}
	if a = b.post(place, v("place-find", "xyzzy", "do", "find:place")); !strings.Contains(a.body, "Nothing was found") {
		t.Errorf("nothing found is not said: %s", text(a.body))
	}
	b.follow(place, v("place", key[1], "place_licensed", "no"))
	if a = b.get(place); !strings.Contains(a.body, "The Corn Hall") || !strings.Contains(a.body, `value="`+key[1]+`" checked`) {
		t.Errorf("the chosen place is not shown: %s", text(a.body))
	}
	b.follow(place, v("place", "-", "place-manual", "The meadow behind the mill", "place_licensed", "no"))
	if a = b.get(place); !strings.Contains(a.body, "The meadow behind the mill") {
		t.Errorf("what was typed is not shown: %s", text(a.body))
	}
}
