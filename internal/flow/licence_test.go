package flow_test

import (
	"testing"
	"time"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/process"
)

// TestALicenceIsGivenBackWhileTheFileAllows: by its condition, which sees the record and the day, and by
// its state.
func TestALicenceIsGivenBackWhileTheFileAllows(t *testing.T) {
	each(t, func(w *world) {
		w.publish(edited(t, "to: suspended, reasons: required}", `to: suspended, reasons: required}
    - {id: give-back, title: Give back, by: holder, from: [active], to: surrendered, when: 'today < licence.from + days(30) && licence.place.orValue("") == "Market Square"'}
    - {id: strike-off, title: Strike off, by: officer, from: [expired], to: surrendered}`))
		first, applicant := w.submitted("rana@testshire.example")
		w.clock.Advance(7 * 24 * time.Hour)
		_, err := w.Turn(w.ctx, w.system)
		w.must(err)
		w.must(w.act(w.officer, first.Case, "grant", process.Decision{}, "")) // on 9 March
		licence := w.load(first.Case).Licence
		strike := flow.ActOnLicence{Licence: licence, Version: 1, Action: "strike-off", Key: w.key()}
		if err := w.ActOnLicence(w.ctx, w.officer, strike); fault.KindOf(err) != fault.Conflict {
			w.t.Errorf("struck off while it is in force: %v", err)
		}
		w.clock.Set(time.Date(2026, 4, 8, 12, 0, 0, 0, time.UTC))
		give := flow.ActOnLicence{Licence: licence, Version: 1, Action: "give-back", Key: w.key()}
		if err := w.ActOnLicence(w.ctx, applicant, give); fault.KindOf(err) != fault.Conflict {
			w.t.Errorf("given back after thirty days: %v", err)
		}
		w.clock.Set(time.Date(2027, 3, 3, 12, 0, 0, 0, time.UTC)) // it ended the day before
		w.must(w.ActOnLicence(w.ctx, w.officer, strike))

		second, applicant := w.submitted("omar@testshire.example")
		w.clock.Advance(7 * 24 * time.Hour)
		_, err = w.Turn(w.ctx, w.system)
		w.must(err)
		w.must(w.act(w.officer, second.Case, "grant", process.Decision{}, ""))
		w.clock.Advance(29 * 24 * time.Hour)
		give = flow.ActOnLicence{Licence: w.load(second.Case).Licence, Version: 1, Action: "give-back", Key: w.key()}
		w.must(w.ActOnLicence(w.ctx, applicant, give))
	})
}
