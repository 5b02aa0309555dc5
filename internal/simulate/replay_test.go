package simulate

import (
	"os"
	"slices"
	"testing"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/process"
	"stoa/internal/service"
)

// food is the registration of food businesses, with a case of its first example, and a deadline of so many days.
func food(t *testing.T, days int) (was, is *service.Service, of func(sent, ended, ending string, stood ...string) Case) {
	t.Helper()
	j, problems := service.Load(os.DirFS("../../jurisdictions/greenvale"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	was = j.Services[slices.IndexFunc(j.Services, func(s *service.Service) bool { return s.Service == "food-business-registration" })]
	is, problems = was.With(&service.ChangeFile{Service: was.Service, Deadlines: []service.DeadlineChangeFile{{State: "received", Days: days}}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	noon := func(day string) time.Time {
		d, err := calendar.ParseISO(day)
		if err != nil {
			t.Fatal(err)
		}
		return j.Calendar.StartOf(d).Add(12 * time.Hour)
	}
	return was, is, func(sent, ended, ending string, stood ...string) Case {
		_, typed := process.SituationFrom(was, &was.Examples[0])
		return Case{ID: sent + ended, Variant: "new", Language: "en", Submitted: noon(sent), Ended: noon(ended), Ending: ending, Stood: stood,
			Definition: was.Hash, Typed: typed, Asked: func(string) bool { return true },
			Situation: func(s *service.Service) (process.Situation, error) {
				situation, _ := process.SituationFrom(s, &s.Examples[0])
				situation.Today = j.Calendar.DateOf(noon(sent))
				return situation, nil
			}}
	}
}

func replayed(t *testing.T, was, is *service.Service, one Case) *Study {
	t.Helper()
	c := Service(was, is, 1)
	if err := c.Add(t.Context(), []Case{one}); err != nil {
		t.Fatal(err)
	}
	s, err := c.finish()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestWhatReallyHappenedIsNotRecomputed: sent on 5 March, asked at once, answered on 4 April, so due on 29 April and not on
// 2 April; closed on 20 April. It was in time, and 60 days instead of 28 change nothing about that.
func TestWhatReallyHappenedIsNotRecomputed(t *testing.T) {
	was, is, of := food(t, 60)
	asked := of("2026-03-05", "2026-04-20", "closed", "received", "waiting-for-you")
	asked.Stopped = true
	s := replayed(t, was, is, asked)
	if len(s.Flips) != 0 || s.Late != (Pair{}) || s.Judged != 0 || len(s.Lacking) != 1 || s.Lacking[0].What != "deadline" {
		t.Errorf("flips %+v, late %+v, lacking %+v", s.Flips, s.Late, s.Lacking)
	}
	if s = replayed(t, was, was, asked); len(s.Flips) != 0 || s.Late != (Pair{}) || s.Judged != 1 || len(s.Lacking) != 0 {
		t.Errorf("where no deadline changes: flips %+v, late %+v, lacking %+v", s.Flips, s.Late, s.Lacking)
	}
	for why, one := range map[string]Case{
		"it went on after the day that would have ended it": of("2026-03-05", "2026-04-20", "closed", "received"),
		"it was decided in a later state":                   of("2026-03-05", "2026-03-20", "closed", "received", "visit"),
		"nobody knows where it stood":                       of("2026-03-05", "2026-03-20", "closed"),
	} {
		if s := replayed(t, was, is, one); len(s.Flips) != 0 || s.Late != (Pair{}) || len(s.Lacking) != 1 || s.Lacking[0].What != "deadline" {
			t.Errorf("%s: flips %+v, late %+v, lacking %+v", why, s.Flips, s.Late, s.Lacking)
		}
	}
}

// TestAShorterDeadlinePasses: what was closed by hand after twenty days would have been registered by law after ten.
func TestAShorterDeadlinePasses(t *testing.T) {
	was, is, of := food(t, 10)
	s := replayed(t, was, is, of("2026-03-05", "2026-03-25", "closed", "received"))
	if len(s.Flips) != 1 || s.Flips[0].From != "closed" || s.Flips[0].To != "granted" || s.Late != (Pair{Before: 0, After: 1}) {
		t.Errorf("flips %+v, late %+v, lacking %+v", s.Flips, s.Late, s.Lacking)
	}
}
