package app

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"stoa/internal/assess"
	"stoa/internal/converse"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
)

// watcher notices changed files by name, size and time of change. It polls, since that works on every
// file system; a folder of a jurisdiction has some dozens of files.
type watcher struct {
	files func() fs.FS
	last  string
}

func (w *watcher) changed() bool {
	now := fingerprint(w.files())
	if now == w.last {
		return false
	}
	w.last = now
	return true
}

func fingerprint(files fs.FS) string {
	all := ""
	_ = fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil // what cannot be read is reported when the folder is
		}
		if info, err := d.Info(); err == nil {
			all += fmt.Sprintf("%s %d %d\n", path, info.Size(), info.ModTime().UnixNano())
		}
		return nil
	})
	return all
}

// Check reads a jurisdiction and runs its worked examples: what publishing, `stoa check` and a changed
// file all must pass.
func Check(ctx context.Context, files fs.FS) (*service.Jurisdiction, service.Problems) {
	j, problems := service.Load(files)
	if len(problems) > 0 {
		return j, problems
	}
	for _, s := range j.Services {
		problems = append(problems, process.RunExamples(ctx, s)...)
	}
	for _, t := range j.Taxes {
		problems = append(problems, assess.RunExamples(ctx, t)...)
	}
	problems = append(problems, converse.RunAsked(ctx, j)...)
	return j, problems
}

// Notes are what `stoa check` says of a jurisdiction that is right today, and soon will not be; nil where
// there is none.
func Notes(j *service.Jurisdiction) service.Problems {
	if j == nil {
		return nil
	}
	return j.Notes(j.Calendar.DateOf(time.Now()))
}

// Unreached are the services that ask for a level of assurance to which no way of signing in leads that is set up here. A code
// by mail is worth low; a passkey is worth what its owner had shown when it was made, so that a scheme must come first.
func Unreached(j *service.Jurisdiction, c IdentityConfig) (notes service.Problems) {
	if j == nil {
		return nil
	}
	best := policy.Low
	for _, s := range c.Schemes {
		for _, level := range s.Levels {
			best = max(best, policy.LevelOf(level))
		}
	}
	for _, s := range j.Services {
		if needed := policy.LevelOf(s.Assurance); needed > best {
			notes = append(notes, service.Problem{Pos: s.Pos,
				What: fmt.Sprintf("the service asks for assurance: %s, and no way of signing in that is set up reaches more than %s: nobody can send it", needed, best),
				Fix:  "describe an identity scheme in the settings whose levels: reach it, or ask for less"})
		}
	}
	return notes
}
