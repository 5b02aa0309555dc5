package cases_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/fault"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

var (
	organisations = []string{"licensing", "markets", "planning"}
	services      = []string{"stall", "event"}
	states        = []string{"received", "waiting", "granted"}
	assignees     = []string{"", "olu", "amy"}
	days          = []string{"", "2026-01-05", "2026-01-06", "2026-01-09", "2026-02-01"}
	wordsOfCases  = []string{"rana", "market", "square", "high", "street"}
)

// known is a case with the words it was indexed by, as the model keeps it.
type known struct {
	*cases.Case
	words []string
}

func dayOf(s string) calendar.Date {
	if s == "" {
		return calendar.Date{}
	}
	return calendar.MustDate(s)
}

// drawCase makes up a case; many share their day and their instant, so that ids decide the order.
func drawCase(t *rapid.T) known {
	k := known{Case: &cases.Case{
		Organisation: rapid.SampledFrom(organisations).Draw(t, "organisation"),
		Service:      rapid.SampledFrom(services).Draw(t, "service"),
		State:        rapid.SampledFrom(states).Draw(t, "state"),
		Assignee:     rapid.SampledFrom(assignees).Draw(t, "assignee"),
		Awaits:       rapid.SampledFrom([]string{"", "", "approval"}).Draw(t, "awaits"),
		Ending:       rapid.SampledFrom([]string{"", "", "", "granted"}).Draw(t, "ending"),
		Due:          dayOf(rapid.SampledFrom(days).Draw(t, "due")),
		Submitted:    storetest.Start.Add(-time.Duration(rapid.IntRange(0, 5).Draw(t, "hours")) * time.Hour),
	}}
	k.words = rapid.SliceOfN(rapid.SampledFrom(wordsOfCases), 0, 3).Draw(t, "words")
	return k
}

func drawQuery(t *rapid.T) cases.Query {
	maybe := func(list []string, name string) string {
		return rapid.SampledFrom(append([]string{""}, list...)).Draw(t, name)
	}
	q := cases.Query{
		Organisations: rapid.SliceOfNDistinct(rapid.SampledFrom(organisations), 0, 3, rapid.ID).Draw(t, "organisations"),
		Service:       maybe(services, "of service"), State: maybe(states, "in state"),
		Unassigned: rapid.IntRange(0, 4).Draw(t, "unassigned") == 0, Awaits: maybe([]string{"approval"}, "awaiting"),
		Closed: rapid.IntRange(0, 3).Draw(t, "closed") == 0, DueBefore: dayOf(rapid.SampledFrom(days).Draw(t, "due before")),
		Words: strings.Join(rapid.SliceOfN(rapid.SampledFrom(wordsOfCases), 0, 2).Draw(t, "with words"), " "),
		Sort:  rapid.SampledFrom([]string{"", cases.ByDue, cases.BySubmitted, cases.ByOldest, cases.ByMade}).Draw(t, "sort"),
		Limit: rapid.IntRange(1, 7).Draw(t, "limit"),
	}
	if rapid.Bool().Draw(t, "by assignee") {
		q.Assignees = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"olu", "amy", "nobody"}), 1, 2, rapid.ID).Draw(t, "assignees")
	}
	return q
}

// matches says by the words of Query's documentation whether a query finds a case.
func matches(q cases.Query, k known) bool {
	for _, w := range strings.Fields(q.Words) {
		if !slices.Contains(k.words, w) {
			return false
		}
	}
	return slices.Contains(q.Organisations, k.Organisation) && (k.Ending != "") == q.Closed &&
		(q.Service == "" || q.Service == k.Service) && (q.State == "" || q.State == k.State) &&
		(len(q.Assignees) == 0 || slices.Contains(q.Assignees, k.Assignee)) && (!q.Unassigned || k.Assignee == "") &&
		(q.Awaits == "" || q.Awaits == k.Awaits) &&
		(q.DueBefore.IsZero() || !k.Due.IsZero() && k.Due.Before(q.DueBefore))
}

// before is the order of a sort.
func before(sort string, a, b *cases.Case) int {
	order := strings.Compare(a.ID, b.ID)
	switch sort {
	case cases.ByMade:
		return -order
	case cases.BySubmitted:
		if !a.Submitted.Equal(b.Submitted) {
			return b.Submitted.Compare(a.Submitted)
		}
		return -order
	case cases.ByOldest:
		if !a.Submitted.Equal(b.Submitted) {
			return a.Submitted.Compare(b.Submitted)
		}
		return order
	}
	switch {
	case a.Due == b.Due:
		return order
	case a.Due.IsZero():
		return 1
	case b.Due.IsZero() || a.Due.Before(b.Due):
		return -1
	}
	return 1
}

func model(all []known, q cases.Query) (ids []string) {
	var found []*cases.Case
	for _, k := range all {
		if matches(q, k) {
			found = append(found, k.Case)
		}
	}
	slices.SortFunc(found, func(a, b *cases.Case) int { return before(q.Sort, a, b) })
	for _, c := range found {
		ids = append(ids, c.ID)
	}
	return ids
}

// pages asks for page after page; between is called after each.
func (o *office) pages(t *rapid.T, q cases.Query, between func()) (ids []string) {
	for range 1000 {
		var page cases.Page
		err := o.db.Read(context.Background(), "test", func(ctx context.Context, tx *store.Tx) (err error) {
			page, err = o.Queue(ctx, tx, q)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Cases) > q.Limit || page.Next != "" && len(page.Cases) != q.Limit {
			t.Fatalf("a page of %d rows, the limit is %d, next %q", len(page.Cases), q.Limit, page.Next)
		}
		for _, c := range page.Cases {
			ids = append(ids, c.ID)
		}
		if page.Next == "" {
			return ids
		}
		between()
		q.After = page.Next
	}
	t.Fatal("the pages never end")
	return nil
}

// TestQueueAgainstModel compares every filter and every order, on all pages, with a list that is searched
// from end to end.
func TestQueueAgainstModel(t *testing.T) {
	each(t, func(o *office) {
		var all []known
		rapid.Check(o.t, func(t *rapid.T) {
			fresh := rapid.SliceOfN(rapid.Custom(drawCase), 0, 4).Draw(t, "more cases")
			all = append(all, o.add(t, fresh)...)
			q := drawQuery(t)
			want := model(all, q)
			if got := o.pages(t, q, func() {}); !slices.Equal(got, want) {
				t.Fatalf("%+v gives\n%v, want\n%v", q, got, want)
			}
			most := rapid.IntRange(1, 20).Draw(t, "most")
			err := o.db.Read(context.Background(), "test", func(ctx context.Context, tx *store.Tx) error {
				n, err := o.HowMany(ctx, tx, q, most)
				if err == nil && n != min(len(want), most) {
					t.Fatalf("counted %d of at most %d, want %d", n, most, len(want))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
		if len(all) < 50 {
			o.t.Errorf("only %d cases: the test says little", len(all))
		}
		o.counts(all)
	})
}

func (o *office) add(t *rapid.T, fresh []known) []known {
	if len(fresh) == 0 {
		return nil
	}
	err := o.db.Write(context.Background(), "test", func(ctx context.Context, tx *store.Tx) error {
		for _, k := range fresh {
			if err := o.insertIn(ctx, tx, k.Case, append(slices.Clone(k.words), "everycase")...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return fresh
}

// counts compares the numbers above a queue with the model's.
func (o *office) counts(all []known) {
	o.t.Helper()
	day := calendar.MustDate("2026-01-09")
	asked := organisations[:2]
	want := map[string]cases.Count{}
	for _, k := range all {
		if k.Ending != "" || !slices.Contains(asked, k.Organisation) {
			continue
		}
		key := k.Organisation + " " + k.Service + " " + k.State
		n := want[key]
		n.Organisation, n.Service, n.State = k.Organisation, k.Service, k.State
		n.Open++
		if !k.Due.IsZero() && k.Due.Before(day) {
			n.Overdue++
		}
		if k.Assignee == "" {
			n.Unassigned++
		}
		want[key] = n
	}
	o.read(func(ctx context.Context, tx *store.Tx) error {
		got, err := o.Counts(ctx, tx, asked, day)
		if len(got) != len(want) {
			o.t.Errorf("%d counts, want %d", len(got), len(want))
		}
		for _, n := range got {
			if key := n.Organisation + " " + n.Service + " " + n.State; n != want[key] {
				o.t.Errorf("%s: %+v, want %+v", key, n, want[key])
			}
		}
		return err
	})
}

// TestPagesMissNothingWhileCasesArrive adds cases between the pages: what was there is seen once each, in order.
func TestPagesMissNothingWhileCasesArrive(t *testing.T) {
	each(t, func(o *office) {
		var all []known
		rapid.Check(o.t, func(t *rapid.T) {
			all = append(all, o.add(t, rapid.SliceOfN(rapid.Custom(drawCase), 1, 5).Draw(t, "at first"))...)
			q := cases.Query{Organisations: organisations, Limit: rapid.IntRange(1, 5).Draw(t, "limit"),
				Sort: rapid.SampledFrom([]string{cases.ByDue, cases.BySubmitted, cases.ByOldest, cases.ByMade}).Draw(t, "sort")}
			if len(all) > 60 { // enough pages; the walk is quadratic
				q.Limit += 20
			}
			want := model(all, q)
			var later []known
			got := o.pages(t, q, func() {
				if len(later) < 3 {
					later = append(later, o.add(t, []known{drawCase(t)})...)
				}
			})
			all = append(all, later...)
			seen := map[string]bool{}
			var old []string
			for _, id := range got {
				if seen[id] {
					t.Fatalf("%s came twice", id)
				}
				seen[id] = true
				if slices.Contains(want, id) {
					old = append(old, id)
				}
			}
			if !slices.Equal(old, want) {
				t.Fatalf("saw %v, want %v", old, want)
			}
		})
	})
}

func TestCursorsThatAreNoneFindNothing(t *testing.T) {
	each(t, func(o *office) {
		o.insert(&cases.Case{})
		for _, after := range []string{"x", "!!!", "e30", "bm8", "eyJrIjoiIiwiaSI6IngifQ"} {
			for _, sort := range []string{cases.ByDue, cases.BySubmitted} {
				err := o.db.Read(o.t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
					_, err := o.Queue(ctx, tx, cases.Query{Organisations: organisations, After: after, Sort: sort})
					return err
				})
				if err != nil && fault.KindOf(err) != fault.NotFound {
					o.t.Errorf("%q by %s: %v", after, sort, err)
				}
			}
		}
	})
}

func TestTerms(t *testing.T) {
	for text, want := range map[string]string{
		"Rana RÄNA rañá":        "rana",
		"Café-Crème, n° 12":     "cafe creme n 12",
		"ＳＴ－２０２６":               "st 2026",
		"Stoa™ ℌouse":           "stoatm house",
		"İstanbul":              "istanbul",
		"أحمد احمد":             "احمد",
		"مُحَمَّد محمـــد":      "محمد",
		"مكتبة مكتبه":           "مكتبه",
		"مصطفى مصطفي مصطفی":     "مصطفي",
		"ST-٢٠٢٦-٠٠٠٠١ ۲۰۲۶":    "st 2026 00001",
		"O'Brien & Söhne (Ltd)": "o brien sohne ltd",
		"\x00\xff …":            "",
	} {
		if got := strings.Join(cases.Terms(text), " "); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
	many := make([]string, 200)
	for i := range many {
		many[i] = fmt.Sprint("w", i)
	}
	if n := len(cases.Terms(strings.Join(many, " "))); n != 64 {
		t.Errorf("%d words of a long text", n)
	}
}

func FuzzTerms(f *testing.F) {
	for _, seed := range []string{"Rana", "مُحَمَّد", "ＳＴ", "İ", "\xff", "ﷺ"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := cases.Terms(text)
		if again := cases.Terms(strings.Join(once, " ")); !slices.Equal(once, again) {
			t.Errorf("%q gives %q, and those words give %q: what is typed again would not be found", text, once, again)
		}
	})
}

// TestAWordOfOneOrganisationIsNoneOfAnother holds the index to its promise also where a query is wrong
// about the organisation: the stored words differ.
func TestAWordOfOneOrganisationIsNoneOfAnother(t *testing.T) {
	each(t, func(o *office) {
		mine := o.insert(&cases.Case{Organisation: "licensing"}, "Rana Resident", "Market Square")
		o.insert(&cases.Case{Organisation: "planning"}, "nobody")
		for words, want := range map[string]map[string]int{
			"rana":             {"licensing": 1, "planning": 0, "licensing planning": 1},
			"RANA   square":    {"licensing": 1, "planning": 0},
			"rana nobody":      {"licensing": 0, "planning": 0, "licensing planning": 0},
			"res":              {"licensing": 0},
			"licensing rana":   {"licensing": 0},
			"الساحة":           {"licensing": 0},
			"   ...   ":        {"licensing": 1},
			"rana' OR '1'='1'": {"licensing": 0},
		} {
			for organisations, n := range want {
				o.read(func(ctx context.Context, tx *store.Tx) error {
					page, err := o.Queue(ctx, tx, cases.Query{Organisations: strings.Fields(organisations), Words: words})
					if err == nil && (len(page.Cases) != n || n == 1 && page.Cases[0].ID != mine.ID) {
						o.t.Errorf("%q in %q finds %d, want %d", words, organisations, len(page.Cases), n)
					}
					return err
				})
			}
		}
		o.write(func(ctx context.Context, tx *store.Tx) error {
			// Even a row that was put under another organisation does not answer there.
			if _, err := tx.Exec(ctx, `UPDATE case_term SET organisation = 'planning' WHERE case_id = $1`, mine.ID); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `UPDATE cases SET organisation = 'planning' WHERE id = $1`, mine.ID)
			return err
		})
		o.read(func(ctx context.Context, tx *store.Tx) error {
			n, err := o.HowMany(ctx, tx, cases.Query{Organisations: []string{"planning"}, Words: "rana"}, 10)
			if n != 0 {
				o.t.Error("a word is stored alike for two organisations")
			}
			return err
		})
	})
}

func TestIndexingAgainForgetsTheWordsBefore(t *testing.T) {
	each(t, func(o *office) {
		one := o.insert(&cases.Case{}, "Rana Resident")
		o.write(func(ctx context.Context, tx *store.Tx) error { return o.Index(ctx, tx, one, "Omar", "Resident") })
		for words, want := range map[string]int{"rana": 0, "omar": 1, "resident omar": 1} {
			o.read(func(ctx context.Context, tx *store.Tx) error {
				n, err := o.HowMany(ctx, tx, cases.Query{Organisations: []string{"licensing"}, Words: words}, 10)
				if n != want {
					o.t.Errorf("%q finds %d, want %d", words, n, want)
				}
				return err
			})
		}
	})
}
