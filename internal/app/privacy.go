package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"strings"

	"stoa/internal/docket"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/release"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/vault"
	"stoa/internal/view"
)

// privacy wires what keeping and deleting personal data needs.
func (a *App) privacy(keys *vault.Vault) {
	a.vault = keys
	a.Jobs.Handle(flow.CopyJob, a.Flow.Privacy().MakeCopy)
}

const rewrapAtOnce = 500

// keepPrivacy does what is due: watching how staff read, erasures, once a day what is past its time, and what is left to be
// wrapped under a new master key.
func (a *App) keepPrivacy(ctx context.Context) {
	say := func(what string, n int, err error) {
		if err != nil && ctx.Err() == nil {
			a.Log.Error(what, "err", err)
		}
		if n > 0 {
			a.Log.Info(what, "count", n)
		}
	}
	n, err := a.Flow.Privacy().WatchReading(ctx, System)
	say("watching how staff read", n, err)
	n, err = a.Flow.Privacy().Erase(ctx, System)
	say("erasing people who asked for it", n, err)
	j := a.Flow.Docket.Releases.Current()
	if j == nil {
		return
	}
	if today := j.Calendar.DateOf(a.Clock.Now()); today != a.retained {
		n, err = a.Flow.Privacy().Retain(ctx, System)
		say("deleting what is past its time", n, err)
		if err := (flow.Rights{Flow: a.Flow}).RemindReviews(ctx, System); err != nil && ctx.Err() == nil {
			a.Log.Error("reminding of roles to confirm", "err", err)
		}
		if err == nil {
			a.retained = today
		}
	}
	n, err = a.rewrap(ctx)
	say("wrapping keys under the newest master key", n, err)
}

// rewrap moves what an older master key wraps, a number at a time. The file is read again: the command may have added one.
func (a *App) rewrap(ctx context.Context) (moved int, err error) {
	if err := a.vault.Refresh(); err != nil {
		return 0, err
	}
	for range 1000 { // the rest follows in a minute
		var n int
		err := a.DB.Write(ctx, "app.rewrap", func(ctx context.Context, tx *store.Tx) (err error) {
			n, err = a.vault.Rewrap(ctx, tx, rewrapAtOnce)
			return err
		})
		moved += n
		if err != nil || n == 0 {
			return moved, err
		}
	}
	return moved, nil
}

// RotateKeys adds a master key and moves everything to it. A running program notices within a minute, and goes on with what
// it wrapped meanwhile.
func RotateKeys(ctx context.Context, c Config) (moved int, err error) {
	a, err := Open(ctx, c, false, slog.New(slog.DiscardHandler))
	if err != nil {
		return 0, err
	}
	if err = a.vault.Rotate(); err == nil {
		moved, err = a.rewrap(ctx)
	}
	return moved, errors.Join(err, a.Close())
}

// examineKeys looks whether an older master key is still needed.
func (a *App) examineKeys(ctx context.Context, tx *store.Tx, _ *service.Jurisdiction) ([]Examination, error) {
	n, err := a.vault.Behind(ctx, tx)
	if err != nil {
		return nil, err
	}
	var findings []string
	if n > 0 {
		findings = []string{fmt.Sprintf("%d keys are still wrapped by an older master key: they move while stoa serve runs, or with stoa keys rotate", n)}
	}
	return []Examination{examined("master keys", "the newest wraps every key", findings)}, nil
}

// examineErasures looks whether an erasure was undone, by a backup that was put back.
func (a *App) examineErasures(ctx context.Context) (Examination, error) {
	alive, missing, err := a.vault.Unrepeated(ctx, a.DB)
	if err != nil {
		return Examination{}, err
	}
	var findings []string
	if alive > 0 {
		findings = append(findings, fmt.Sprintf("%d destroyed keys are there again: a backup was put back; start stoa once, which repeats the erasures", alive))
	}
	if missing > 0 {
		findings = append(findings, fmt.Sprintf("%d erasures are not in the list beside the master keys", missing))
	}
	says := "as the list beside the master keys says"
	if n := a.repeated.Erased; n > 0 {
		says += fmt.Sprintf("; %d that a backup had undone were carried out again just now", n)
	}
	return examined("erasures", says, findings), nil
}

// PrivacyRecord writes the record of processing activities, and the draft of an impact assessment, that the files of a
// folder give.
func PrivacyRecord(w io.Writer, files fs.FS, language string, asJSON bool) error {
	j, problems := service.Load(files)
	if len(problems) > 0 {
		return fmt.Errorf("the folder has %d problems, the first: %s", len(problems), problems[0])
	}
	words, err := i18n.Load()
	if err != nil {
		return fmt.Errorf("loading the interface's languages: %w", err)
	}
	releases := release.New()
	releases.Enforce(j)
	v := view.New(view.Deps{Docket: &docket.Docket{Releases: releases}}).Privacy()
	if language == "" {
		language = j.File.Languages[0]
	}
	r := view.Reader{P: words.For(language)}
	record, impact := v.Processing(r), v.Impact(r)
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(map[string]any{"record_of_processing": record, "impact_assessment_draft": impact})
	}
	_, err = io.WriteString(w, recordText(record, impact))
	return err
}

func recordText(p view.Processing, m view.Impact) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: record of processing activities (GDPR Article 30)\n", p.Name)
	if p.Officer.Email != "" {
		fmt.Fprintf(&b, "%s: %s %s\n", p.Officer.Name, p.Officer.Email, p.Officer.Phone)
	}
	for _, a := range p.Activities {
		fmt.Fprintf(&b, "\n%s (%s), %s\n  about: %s\n", a.Title, a.ID, a.For, a.Subjects)
		for _, x := range a.Purposes {
			fmt.Fprintf(&b, "  - %s\n    data: %s\n    law: %s\n    kept: %s\n", x.Purpose, strings.Join(x.Data, ", "), x.Law.Text, x.Keep)
		}
		if len(a.From) > 0 {
			fmt.Fprintf(&b, "  from: %s\n", strings.Join(a.From, ", "))
		}
		if len(a.Given) > 0 {
			fmt.Fprintf(&b, "  given to: %s\n", strings.Join(a.Given, ", "))
		}
	}
	fmt.Fprintf(&b, "\nDraft of an impact assessment (GDPR Article 35)\n")
	for _, c := range m.Criteria {
		met := "no"
		if c.Met {
			met = "yes"
		}
		fmt.Fprintf(&b, "  %s: %s\n", c.Title, met)
		for _, fact := range c.Facts {
			fmt.Fprintf(&b, "    - %s\n", fact)
		}
	}
	return b.String()
}
