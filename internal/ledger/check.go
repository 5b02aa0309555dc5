package ledger

import (
	"bytes"
	"context"
	"fmt"
	"math/big"

	"stoa/internal/store"
)

// Finding is something in the books that cannot be right.
type Finding struct {
	Organisation string
	Where        string // entry 01j…, account 1200 GBP
	Problem      string
}

func (f Finding) String() string { return f.Organisation + ", " + f.Where + ": " + f.Problem }

// checkPage is how many entries are held at a time.
const checkPage = 500

// Check recomputes the books from their lines and gives all that does not agree. In a Read it sees one state. It
// reads everything, one entry after the other.
func (l *Ledger) Check(ctx context.Context, tx *store.Tx) ([]Finding, error) {
	var all []Finding
	for _, part := range []func(context.Context, *store.Tx) ([]Finding, error){
		checkOrphans, checkEntries, checkTotals, checkAccounts,
	} {
		found, err := part(ctx, tx)
		if err != nil {
			return nil, fmt.Errorf("checking the ledger: %w", err)
		}
		all = append(all, found...)
	}
	return all, nil
}

// orphans are rows that refer to nothing. The database holds no foreign keys between these tables: one on a busy account
// would make every line of it write to the account's row.
var orphans = []struct{ query, problem string }{
	{`SELECT DISTINCT l.organisation, 'entry ' || l.entry FROM ledger_line l WHERE NOT EXISTS
		(SELECT 1 FROM ledger_entry e WHERE e.organisation = l.organisation AND e.id = l.entry)`, "lines without the entry"},
	{`SELECT DISTINCT l.organisation, 'entry ' || l.entry FROM ledger_line l WHERE NOT EXISTS
		(SELECT 1 FROM ledger_account a WHERE a.organisation = l.organisation AND a.id = l.account)`, "a line on no account"},
	{`SELECT DISTINCT l.organisation, 'entry ' || l.entry FROM ledger_line l
		JOIN ledger_entry e ON e.organisation = l.organisation AND e.id = l.entry
		WHERE l.value_day <> e.value_day OR l.booked <> e.booked`, "a line on another day than the entry"},
	{`SELECT l.organisation, 'entry ' || l.entry FROM ledger_line l GROUP BY l.organisation, l.entry
		HAVING MIN(l.no) <> 1 OR MAX(l.no) <> COUNT(*)`, "lines are missing"},
	{`SELECT DISTINCT p.organisation, 'entry ' || p.entry FROM ledger_pending p WHERE NOT EXISTS
		(SELECT 1 FROM ledger_line l WHERE l.organisation = p.organisation AND l.entry = p.entry AND l.account = p.account)`,
		"to be folded without its line"},
	{`SELECT DISTINCT d.organisation, 'account ' || d.account FROM ledger_day d WHERE NOT EXISTS
		(SELECT 1 FROM ledger_account a WHERE a.organisation = d.organisation AND a.id = d.account)`, "a balance of no account"},
	{`SELECT e.organisation, 'entry ' || e.id FROM ledger_entry e WHERE e.reverses IS NOT NULL AND NOT EXISTS
		(SELECT 1 FROM ledger_entry o WHERE o.organisation = e.organisation AND o.id = e.reverses)`, "reverses no entry"},
	{`SELECT e.organisation, 'entry ' || e.id FROM ledger_entry e WHERE NOT EXISTS
		(SELECT 1 FROM ledger_book b WHERE b.organisation = e.organisation)`, "of an organisation without a book"},
}

func checkOrphans(ctx context.Context, tx *store.Tx) (all []Finding, err error) {
	for _, o := range orphans {
		rows, err := tx.Query(ctx, o.query+` ORDER BY 1, 2`)
		found, err := store.Collect(rows, err, func(row store.Scanner) (f Finding, err error) {
			f.Problem = o.problem
			return f, row.Scan(&f.Organisation, &f.Where)
		})
		if err != nil {
			return nil, fmt.Errorf("looking for %s: %w", o.problem, err)
		}
		all = append(all, found...)
	}
	return all, nil
}

// checkEntries reads every entry: balanced, and the one that its hash was made of.
func checkEntries(ctx context.Context, tx *store.Tx) (all []Finding, err error) {
	organisations, err := store.Strings(ctx, tx, `SELECT DISTINCT organisation FROM ledger_entry ORDER BY organisation`)
	if err != nil {
		return nil, err
	}
	for _, o := range organisations {
		after := ""
		for {
			page, err := entries(ctx, tx, ` WHERE e.organisation = $1 AND e.id > $2 ORDER BY e.id LIMIT $3`, o, after, checkPage)
			if err != nil {
				return nil, err
			}
			for _, e := range page {
				after = e.ID
				found, err := checkEntry(ctx, tx, e)
				if err != nil {
					return nil, err
				}
				all = append(all, found...)
			}
			if len(page) < checkPage {
				break
			}
		}
	}
	return all, nil
}

func checkEntry(ctx context.Context, tx *store.Tx, e *stored) (all []Finding, err error) {
	add := func(problem string) {
		all = append(all, Finding{e.Organisation, "entry " + e.ID, problem})
	}
	if err := e.check(); err != nil {
		add(err.Error())
	}
	if hash := e.inputHash(e.Reverses); !bytes.Equal(hash[:], e.hash) {
		add("is not what was posted: its hash differs")
	}
	if e.Reverses == "" {
		return all, nil
	}
	originals, err := entries(ctx, tx, ` WHERE e.organisation = $1 AND e.id = $2`, e.Organisation, e.Reverses)
	if err != nil {
		return nil, err
	}
	for _, o := range originals { // one, or an orphan that is found elsewhere
		if !opposite(o.Lines, e.Lines) {
			add("is not the opposite of entry " + o.ID)
		}
	}
	return all, nil
}

func opposite(a, b []Line) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if sum, err := a[i].Amount.Add(b[i].Amount); err != nil || a[i].Account != b[i].Account || !sum.IsZero() {
			return false
		}
	}
	return true
}

// checkTotals adds up all lines of an organisation in a currency. Their sums of debits may pass 64 bits although no
// balance does, so high and low halves are added apart.
func checkTotals(ctx context.Context, tx *store.Tx) ([]Finding, error) {
	rows, err := tx.Query(ctx, `SELECT l.organisation, a.currency, CAST(SUM(l.amount / 4294967296) AS BIGINT),
			CAST(SUM(l.amount % 4294967296) AS BIGINT)
		FROM ledger_line l JOIN ledger_account a ON a.organisation = l.organisation AND a.id = l.account
		GROUP BY l.organisation, a.currency ORDER BY l.organisation, a.currency`)
	var all []Finding
	_, err = store.Collect(rows, err, func(row store.Scanner) (_ struct{}, err error) {
		var organisation, currency string
		var high, low int64
		if err := row.Scan(&organisation, &currency, &high, &low); err != nil {
			return struct{}{}, err
		}
		sum := new(big.Int).Lsh(big.NewInt(high), 32)
		if sum.Add(sum, big.NewInt(low)).Sign() != 0 {
			all = append(all, Finding{organisation, currency, "debits less credits are " + sum.String() + ", not 0"})
		}
		return struct{}{}, nil
	})
	return all, err
}

type heldAccount struct {
	organisation string
	*account
}

// checkAccounts compares what each account's running balances say with its lines, on every day, and the side it is on.
func checkAccounts(ctx context.Context, tx *store.Tx) (all []Finding, err error) {
	rows, err := tx.Query(ctx, `SELECT `+accountColumns+`, organisation FROM ledger_account ORDER BY organisation, code, currency`)
	accounts, err := store.Collect(rows, err, func(row store.Scanner) (h heldAccount, err error) {
		h.account, err = scanAccount(also{row, &h.organisation})
		return h, err
	})
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		problem, err := checkAccount(ctx, tx, a)
		if err != nil {
			return nil, err
		}
		if problem != "" {
			all = append(all, Finding{a.organisation, "account " + a.code + " " + a.currency, problem})
		}
	}
	return all, nil
}

// also scans one column more than its caller knows of.
type also struct {
	store.Scanner
	last any
}

func (a also) Scan(dest ...any) error { return a.Scanner.Scan(append(dest, a.last)...) }

// daySums are an account's movements by day: of its lines, of what is still to be folded, and its running balances.
const daySums = `SELECT day, 0, 0, balance FROM ledger_day WHERE organisation = $1 AND account = $2
	UNION ALL SELECT value_day, CAST(SUM(amount) AS BIGINT), 0, NULL FROM ledger_line
		WHERE organisation = $1 AND account = $2 GROUP BY value_day
	UNION ALL SELECT value_day, 0, CAST(SUM(amount) AS BIGINT), NULL FROM ledger_pending
		WHERE organisation = $1 AND account = $2 GROUP BY value_day
	ORDER BY 1`

func checkAccount(ctx context.Context, tx *store.Tx, a heldAccount) (problem string, err error) {
	var day string
	var lines, pending, running int64
	settle := func() {
		switch {
		case problem != "" || day == "":
		case lines != running+pending:
			problem = fmt.Sprintf("at the end of %s its lines make %d, its running balances %d and %d", day, lines, running, pending)
		case !a.eitherSide && lines != 0 && a.kind.Debit() != (lines > 0):
			problem = fmt.Sprintf("at the end of %s it is on the wrong side: %d", day, lines)
		case lines > limit || lines < -limit:
			problem = fmt.Sprintf("at the end of %s it holds %d, which is near what 64 bits hold", day, lines)
		}
	}
	rows, err := tx.Query(ctx, daySums, a.organisation, a.id)
	_, err = store.Collect(rows, err, func(row store.Scanner) (_ struct{}, err error) {
		var on string
		var line, unfolded int64
		var balance *int64
		if err := row.Scan(&on, &line, &unfolded, &balance); err != nil {
			return struct{}{}, err
		}
		if on != day {
			settle()
			day = on
		}
		if lines, err = plus(lines, line); err != nil {
			return struct{}{}, err
		}
		if pending, err = plus(pending, unfolded); err != nil {
			return struct{}{}, err
		}
		if balance != nil {
			running = *balance
		}
		return struct{}{}, nil
	})
	settle()
	return problem, err
}
