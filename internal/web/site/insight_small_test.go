package site_test

import (
	"context"
	"encoding/csv"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/insight"
	"stoa/internal/store"
)

const foodService = "food-business-registration"

// counted is a town in April 2026 of which sums are known: they are what the worker would have added.
func counted(t *testing.T, all ...insight.Count) *town {
	t.Helper()
	tn := open(t, true)
	tn.clock.Set(time.Date(2026, time.April, 1, 10, 0, 0, 0, time.UTC))
	for i := range all {
		if all[i].Organisation == "" {
			all[i].Organisation, all[i].Service = "environmental-health", foodService
		}
	}
	err := tn.flow.DB.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error { return insight.Figures{}.Add(ctx, tx, all) })
	if err != nil {
		t.Fatal(err)
	}
	return tn
}

// summed is so much of a measure in a month; marks are by and of.
func summed(measure, month string, n, amount int64, marks ...string) insight.Count {
	c := insight.Count{Measure: measure, Day: calendar.MustDate(month + "-10"), N: n, Amount: amount}
	for i := 0; i < len(marks); i += 2 {
		c.Marks = append(c.Marks, insight.Mark{By: marks[i], Of: marks[i+1]})
	}
	return c
}

// little is a town in which a few of everything are in February, and more in March.
func little(t *testing.T) *town {
	all := []insight.Count{
		summed(insight.Came, "2026-02", 3, 0, insight.ByArea, "GV2", insight.ByLanguage, "ar"),
		summed(insight.Came, "2026-03", 37, 0, insight.ByArea, "GV1", insight.ByLanguage, "en"),
		summed(insight.Decided, "2026-02", 3, 39, insight.ByArea, "GV2"), summed(insight.Decided, "2026-03", 20, 400, insight.ByArea, "GV1"),
		summed(insight.Ended, "2026-02", 3, 0, insight.ByArea, "GV2"), summed(insight.Ended, "2026-03", 20, 0, insight.ByArea, "GV1"),
		summed(insight.Promise, "2026-02", 40, 37), summed(insight.Promise, "2026-03", 20, 20),
		summed(insight.Started, "2026-02", 3, 0, insight.ByChannel, "paper"), summed(insight.Started, "2026-03", 40, 0, insight.ByChannel, "web"),
		summed(insight.Said, "2026-02", 3, 7), summed(insight.Said, "2026-03", 10, 40),
		summed(insight.Objected, "2026-02", 3, 0), summed(insight.Objected, "2026-03", 10, 0),
		summed(insight.Billed, "2026-02", 2, 12347), summed(insight.Billed, "2026-03", 37, 370000),
		summed(insight.Paid, "2026-02", 1, 12347), summed(insight.Paid, "2026-03", 36, 360000),
		summed(insight.Arrears, "2026-02", 1, 12347), summed(insight.Arrears, "2026-03", 5, 50000),
	}
	for _, c := range []insight.Count{
		summed(insight.Wait, "2026-02", 3, 0, insight.ByArea, "GV2"), summed(insight.Wait, "2026-03", 20, 0, insight.ByArea, "GV1"),
	} {
		c.Bucket = insight.BucketOf(13)
		all = append(all, c)
	}
	inside := func(measure, by, of string, n int64) {
		c := summed(measure, "2026-03", n, 86400*n, by, of)
		c.Inside, c.Apart = true, true
		all = append(all, c)
	}
	inside(insight.Reached, insight.ByPage, "place", 40)
	inside(insight.Passed, insight.ByPage, "place", 37)
	for _, m := range [][2]string{{"", "8"}, {"@en", "4"}, {"@ar", "4"}} {
		inside(insight.Wrong, insight.ByQuestion+m[0], "business_name", int64(m[1][0]-'0'))
	}
	return counted(t, all...)
}

// TestInsightHoldsBackEverywhere reads every topic as a page and as files: what is of few is in none of them.
func TestInsightHoldsBackEverywhere(t *testing.T) {
	tn := little(t)
	b := tn.browser()
	type row = []string // picture, of, series, value
	for topic, rows := range map[string][]row{
		"demand":       {{"demand", "2026-02", "Applications", "held back"}, {"demand", "2026-03", "Applications", "37"}, {"areas", "GV2", "Applications by area", "held back"}, {"areas", "GV1", "Applications by area", "37"}},
		"waiting":      {{"waiting", "2026-02", "Half were decided within", "held back"}, {"waiting", "2026-03", "Half were decided within", "13"}, {"areas", "GV2", "Decisions by area", "held back"}},
		"steps":        nil,
		"backlog":      {{"backlog", "2026-03", "Open", "15"}},
		"promise":      {{"promise", "2026-02", "In time", "held back"}, {"promise", "2026-03", "In time", "100"}},
		"completion":   {{"completion", "2026-02", "Begun", "held back"}, {"completion", "2026-02", "Sent", "held back"}, {"completion", "2026-03", "Begun", "40"}},
		"questions":    {{"pages", "", "Left there", "held back"}, {"mistakes", "", "All", "held back"}, {"mistakes", "", "English", "held back"}, {"mistakes", "", "Arabic", "held back"}},
		"areas":        {{"areas", "GV2", "Applications by area", "held back"}},
		"languages":    nil, // 40 came, which is told: without the 37 in English they are 3
		"channels":     nil,
		"satisfaction": {{"satisfaction", "2026-02", "Average", "held back"}, {"satisfaction", "2026-03", "Average", "4"}},
		"money": {{"money", "2026-02", "Billed", "held back"}, {"money", "2026-02", "Paid", "held back"}, {"money", "2026-02", "Late at the end of the month", "held back"},
			{"money", "2026-03", "Billed", "370000"}, {"money", "2026-03", "Paid", "360000"}, {"money", "2026-03", "Late at the end of the month", "50000"}},
		"objections": {{"objections", "2026-02", "Comments", "held back"}, {"objections", "2026-03", "Comments", "10"}},
	} {
		at := "/insight/" + topic
		if topic == "questions" || topic == "steps" || topic == "money" { // of money it changes nothing
			at += "?service=" + foodService
		}
		file := func(kind string) string { return b.get(strings.Replace(at, topic, topic+"/"+kind, 1)).body }
		got, err := csv.NewReader(strings.NewReader(file("csv"))).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", topic, err)
		}
		for _, want := range rows {
			if !slices.ContainsFunc(got, func(r row) bool {
				return r[0] == want[0] && (r[1] == want[1] || want[1] == "") && r[2] == want[2] && r[3] == want[3]
			}) {
				t.Errorf("%s has no row %q: %q", topic, want, got)
			}
		}
		if topic == "languages" || topic == "channels" {
			if len(got) != 1 {
				t.Errorf("%s: a part of few is what the others leave of the sum: %q", topic, got)
			}
		}
		page, json := b.get(at).body, file("json")
		if len(rows) > 0 && topic != "backlog" && (!strings.Contains(json, `"held_back":[`) || !strings.Contains(text(page), "–")) {
			t.Errorf("%s does not tell that something is held back:\n%s\n%s", topic, json, text(page))
		}
		for _, body := range []string{page, json, file("csv")} {
			for _, secret := range []string{"123.47", "12347", "92.5", "95%", "97.", "2.3", "3,723.47"} {
				if strings.Contains(text(body), secret) {
					t.Errorf("%s tells %s", topic, secret)
				}
			}
		}
	}
	for path, words := range map[string][]string{
		"/insight/money?service=" + foodService:              {"Greenvale", "£3,600.00 came in", "Fees are told for the whole place only"},
		"/insight/money?organisation=environmental-health":   {"£3,600.00 came in"},
		"/insight/money?until=2026-02":                       {"Too little was paid to say how much."},
		"/insight?service=" + foodService:                    {"£3,600.00 came in"},
		"/insight/ask?q=fees+for+food+business+registration": nil,
		"/insight/areas":                                     {"Map of need by area"},
		"/insight/promise":                                   {"100% of what ended"},
		"/insight/languages":                                 {"Some of it is so little that nothing is told apart here."},
		"/insight/languages?area=GV1":                        nil,
		"/insight?area=GV1":                                  nil,
		"/insight/demand?until=2025-01":                      {"Nothing was counted before February 2026."},
		"/insight?until=2025-01":                             {"Nothing was counted before February 2026."},
		"/insight/waiting?area=GV1&service=" + foodService:   {"Only area GV1."},
	} {
		said := text(b.get(path).body)
		for _, w := range words {
			if !strings.Contains(said, w) {
				t.Errorf("%s does not say %q:\n%s", path, w, said)
			}
		}
		for _, never := range []string{"On average", "Only area"} {
			if strings.Contains(said, never) && !slices.Contains(words, "Only area GV1.") {
				t.Errorf("%s says %q", path, never)
			}
		}
		if strings.Contains(said, "Look further") && path == "/insight?until=2025-01" {
			t.Errorf("%s has an empty heading", path)
		}
	}
	if said := text(b.get("/insight/money?service=" + foodService).body); strings.Contains(said, "Food business registration, ") {
		t.Errorf("money is told of the whole place, the page says otherwise:\n%s", said)
	}
}

// TestInsightOrdersByWhatIsShown has sums that look the same once they are rounded: their order tells no more.
func TestInsightOrdersByWhatIsShown(t *testing.T) {
	var all []insight.Count
	for of, n := range map[string]int64{"web": 12, "paper": 8, "phone": 11, "desk": 9, "assistant": 5} {
		all = append(all, summed(insight.Started, "2026-03", n, 0, insight.ByChannel, of))
	}
	for of, n := range map[string]int64{"GV3": 3, "GV2": 4, "GV1": 3, "GV4": 50} {
		all = append(all, summed(insight.Came, "2026-03", n, 0, insight.ByArea, of))
	}
	b := counted(t, all...).browser()
	for topic, want := range map[string]string{
		"channels": "At the counter 10,Paper 10,Telephone 10,These pages 10,The assistant 5",
		"areas":    "GV4 50,GV1 held back,GV2 held back,GV3 held back",
	} {
		rows, err := csv.NewReader(strings.NewReader(b.get("/insight/" + topic + "/csv").body)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range rows[1:] {
			got = append(got, r[1]+" "+r[3])
		}
		if strings.Join(got, ",") != want {
			t.Errorf("%s: %q", topic, got)
		}
	}
}

// TestInsightReadsOnlyWhatItUnderstands asks questions about times and areas: each leads to the page that tells of just
// that, or hears which words were not understood.
func TestInsightReadsOnlyWhatItUnderstands(t *testing.T) {
	b := little(t).browser()
	for question, want := range map[string]string{
		"applications in the last 2 years":       "/insight/demand?from=2024-04",
		"applications in the last 3 months":      "/insight/demand?from=2026-01",
		"applications until February":            "/insight/demand?until=2026-02",
		"applications before February":           "/insight/demand?until=2026-01",
		"applications since 2025":                "/insight/demand?from=2025-01",
		"applications before 2026":               "/insight/demand?until=2025-12",
		"applications in June 2025":              "/insight/demand?from=2025-06&until=2025-06",
		"applications in February last year":     "/insight/demand?from=2025-02&until=2025-02",
		"applications from November to February": "/insight/demand?from=2025-11&until=2026-02",
		"late decisions":                         "/insight/promise",
		"waiting in gv2":                         "/insight/waiting?area=GV2",
		"fees this year":                         "/insight/money?from=2026-01",
		"طلبات منذ فبراير":                       "",
		"applications in the last 2 weeks":       "",
		"applications last week":                 "",
		"applications this month":                "",
		"applications by June":                   "",
		"applications a year ago":                "",
		"applications in June July and August":   "",
		"applications in GV9":                    "",
		"applications in M5":                     "",
		"languages in GV2":                       "",
		strings.Repeat("ع", 400):                 "",
	} {
		a := b.get("/insight/ask?" + v("q", question).Encode())
		if a.to != want || want == "" && a.status != http.StatusOK || strings.Contains(a.body, "\uFFFD") {
			t.Errorf("%q leads to %q, not %q: %d %s", question, a.to, want, a.status, text(a.body))
		}
	}
}

// TestInsightInTheFirstMonth looks while the first month is not over: nothing is told, of no time, and nothing offered.
func TestInsightInTheFirstMonth(t *testing.T) {
	b := counted(t, summed(insight.Came, "2026-04", 9, 0)).browser()
	for _, path := range []string{"/insight", "/insight/demand", "/insight/demand?until=2026-02"} {
		said := text(b.get(path).body)
		if !strings.Contains(said, "The first figures are there on 1 May 2026") {
			t.Errorf("%s: %s", path, said)
		}
		for _, never := range []string{"2026:", "held back", "Look further", "Show another part"} {
			if strings.Contains(said, never) {
				t.Errorf("%s says %q:\n%s", path, never, said)
			}
		}
	}
}

// TestADecisionsCostIsNobodysPace: everybody is told what decisions cost where three people work on them, and thirty steps were timed.
func TestADecisionsCostIsNobodysPace(t *testing.T) {
	tn := little(t)
	b := tn.browser()
	add := func(all ...insight.Count) {
		t.Helper()
		for i := range all {
			all[i].Organisation = "environmental-health"
			if all[i].Service = foodService; all[i].Apart {
				all[i].Service = ""
			}
		}
		if err := tn.flow.DB.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error { return insight.Figures{}.Add(ctx, tx, all) }); err != nil {
			t.Fatal(err)
		}
	}
	hand := func(who string) insight.Count {
		c := summed(insight.Hands, "2026-03", 1, 0, insight.ByHand, who)
		c.Inside, c.Apart = true, true
		return c
	}
	tells := func(want bool, when string) {
		t.Helper()
		for _, at := range []string{"/insight/cost", "/insight/cost?service=" + foodService} {
			if got := strings.Contains(b.get(at).body, "£"); got != want {
				t.Errorf("%s, %s: a price is told: %t", when, at, got)
			}
		}
	}
	add(summed(insight.Taken, "2026-03", 40, 0), summed(insight.Spent, "2026-03", 29, 29*1800), hand("a"), hand("b"), hand("c"))
	tells(false, "29 steps")
	add(summed(insight.Spent, "2026-03", 1, 1800))
	tells(true, "30 steps")
	if page := b.get("/insight/cost").body; strings.Contains(page, "hours of officers") || strings.Contains(page, "Fees billed") {
		t.Error("what is for the desk is told to everybody")
	}
	two := little(t)
	tn, b = two, two.browser()
	add(summed(insight.Taken, "2026-03", 40, 0), summed(insight.Spent, "2026-03", 40, 40*1800), hand("a"), hand("b"))
	tells(false, "two people")
}
