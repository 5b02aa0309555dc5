package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"slices"

	"stoa/internal/job"
	"stoa/internal/ledger"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// Examination is one thing that was looked at, and what is wrong with it.
type Examination struct {
	What     string   `json:"what"`
	Says     string   `json:"says"`
	Findings []string `json:"findings,omitempty"`
}

// Doctor looks at an installation: its schema, its books against bills, refunds and the bank, its jobs. It changes nothing
// but what bringing the schema up to date changes. files is the jurisdiction's folder; thorough reads every object of the object
// store.
func Doctor(ctx context.Context, c Config, files fs.FS, thorough bool) (all []Examination, err error) {
	j, problems := service.Load(files)
	if len(problems) > 0 {
		return nil, fmt.Errorf("the folder has %d problems, the first: %s", len(problems), problems[0])
	}
	a, err := Open(ctx, c, false, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	a.Flow.Docket.Releases.Enforce(j)
	all = append(all, Examination{What: "schema", Says: "up to date"})
	fees, err := a.Flow.Finance().CheckFees(ctx, System)
	if err != nil {
		return nil, err
	}
	err = a.DB.Read(ctx, "app.Doctor", func(ctx context.Context, tx *store.Tx) error {
		all = all[:1]
		for _, look := range []func(context.Context, *store.Tx, *service.Jurisdiction) ([]Examination, error){a.examineDatabase, a.examineSums, a.examineBooks, a.examineJobs, a.examineKeys, a.examineLog, a.examineDatasets, a.examineCredentials, a.examineReferences} {
			found, err := look(ctx, tx, j)
			if err != nil {
				return err
			}
			all = append(all, found...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	erasures, err := a.examineErasures(ctx)
	if err != nil {
		return nil, err
	}
	attachments, err := a.examineObjects(ctx, thorough)
	if err != nil {
		return nil, err
	}
	all = append(all, erasures, attachments)
	spent, err := a.Flow.Spending().Check(ctx, System)
	if err != nil {
		return nil, err
	}
	taxes, err := a.Flow.Taxation().CheckTaxes(ctx, System)
	return append(all, examined("budget lines, contracts, invoices and payments", "agree with each other and with the books", spent), examined("bills for fees, worked out again", "come to what was asked for", fees),
		examined("assessments of taxes, worked out again", "come to what was billed", taxes)), err
}

// examineBooks looks whether the books balance, and whether they say the same as what they are about.
func (a *App) examineBooks(ctx context.Context, tx *store.Tx, j *service.Jurisdiction) ([]Examination, error) {
	if j.Money == nil {
		return []Examination{{What: "ledger", Says: "no books are kept"}}, nil
	}
	book, err := treasury.NewBook(j)
	if err != nil {
		return nil, err
	}
	m := a.Flow.Money
	rows, err := m.Treasury.Ledger.TrialBalance(ctx, tx, book.Organisation, ledger.As{})
	if err != nil {
		return nil, err
	}
	sums := map[string]int64{j.File.Currency: 0}
	for _, r := range rows {
		sums[r.Balance.Currency] += r.Balance.Minor
	}
	var all []Examination
	for currency, sum := range sums {
		x := Examination{What: "ledger", Says: "balanced (" + currency + ")"}
		if sum != 0 {
			x.Says, x.Findings = "not balanced ("+currency+")", []string{fmt.Sprintf("debits less credits are %d, not 0", sum)}
		}
		all = append(all, x)
	}
	slices.SortFunc(all, func(a, b Examination) int { return cmp.Compare(a.Says, b.Says) })
	findings, err := m.Treasury.Check(ctx, tx, book)
	if err != nil {
		return nil, err
	}
	all = append(all, examined("bills, refunds and books", "agree", findings))
	wrong, err := m.Bank.Check(ctx, tx, book.Organisation, 100)
	if err != nil {
		return nil, err
	}
	for i, line := range wrong {
		wrong[i] = "line " + line + " of a bank statement: its parts do not make it"
	}
	return append(all, examined("bank statements", "every line is accounted for", wrong)), nil
}

// examineJobs looks for work that failed too often.
func (a *App) examineJobs(ctx context.Context, tx *store.Tx, _ *service.Jurisdiction) ([]Examination, error) {
	dead, err := job.List(ctx, tx, job.Dead, 100)
	if err != nil {
		return nil, err
	}
	var findings []string
	for _, j := range dead {
		findings = append(findings, fmt.Sprintf("%s %s failed %d times: %s", j.Kind, j.ID, j.Attempts, j.LastError))
	}
	return []Examination{examined("jobs", "none has failed for good", findings)}, nil
}

func examined(what, well string, findings []string) Examination {
	if len(findings) > 0 {
		well = fmt.Sprintf("%d findings", len(findings))
	}
	return Examination{What: what, Says: well, Findings: findings}
}

// PrintExaminations writes them for people, and tells whether all is well.
func PrintExaminations(w io.Writer, all []Examination) (well bool) {
	well = true
	for _, x := range all {
		fmt.Fprintf(w, "%s: %s\n", x.What, x.Says)
		for _, f := range x.Findings {
			fmt.Fprintf(w, "  ! %s\n", f)
			well = false
		}
	}
	return well
}
