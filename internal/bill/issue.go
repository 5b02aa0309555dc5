package bill

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"stoa/internal/bankfile"
	"stoa/internal/store"
)

// Number checks a new bill and gives it what it needs before its entry is posted: id, number, reference, a subject unless
// it has one, and the moves of its items, which still need their entry. Numbers of a year have no gaps, so from here
// until the commit others who issue bills wait.
func (b *Bills) Number(ctx context.Context, tx *store.Tx, one *Bill) error {
	if err := one.check(); err != nil {
		return err
	}
	year := strconv.Itoa(one.Day.Year())
	n, err := tx.Next(ctx, "bill "+one.Organisation+" "+year)
	if err != nil {
		return fmt.Errorf("numbering a bill: %w", err)
	}
	digits := fmt.Sprintf("%s%06d", year, n)
	reference, err := bankfile.NewReference(digits)
	if err != nil {
		return fmt.Errorf("making the reference of bill %s: %w", digits, err)
	}
	if one.Subject == "" {
		if one.Subject, err = b.Vault.NewSubject(ctx, tx); err != nil {
			return fmt.Errorf("numbering a bill: %w", err)
		}
	}
	one.ID, one.Number, one.Reference = tx.NewID(), numberOf(digits), string(reference)
	one.PlanSince, one.PlanMoves = one.Day, len(one.Items)
	one.Moves = nil
	for i, item := range one.Items {
		one.Moves = append(one.Moves, Move{Bill: one.ID, No: i + 1, Key: IssueKey(one.ID), At: tx.Now(), Value: one.Day, Kind: MoveCharge,
			Component: item.Component, Item: item.ID, Account: item.Account, Amount: item.Amount})
	}
	return nil
}

// IssueKey is the key of the event that a bill begins with.
func IssueKey(id string) string { return "issue " + id }

// numberOf makes B-2026-000001 of 2026000001.
func numberOf(digits string) string { return "B-" + digits[:4] + "-" + digits[4:] }

// digitsOf is numberOf reversed.
func digitsOf(number string) string {
	return strings.ReplaceAll(strings.TrimPrefix(number, "B-"), "-", "")
}

const billWidth = 26

// Insert stores bills of one organisation that Number has prepared and whose moves have their entry.
func (b *Bills) Insert(ctx context.Context, tx *store.Tx, list ...*Bill) error {
	var rows, moves []any
	for _, one := range list {
		for i := range one.Moves {
			if err := one.Moves[i].check(); err != nil {
				return fmt.Errorf("storing bill %s: %w", one.Number, err)
			}
		}
		one.State, one.Version, one.Created, one.Updated = Open, 1, tx.Now(), tx.Now()
		if err := one.settle(); err != nil {
			return fmt.Errorf("storing bill %s: %w", one.Number, err)
		}
		row, err := b.row(ctx, tx, one)
		if err != nil {
			return fmt.Errorf("storing bill %s: %w", one.Number, err)
		}
		rows = append(rows, row...)
		ofBill, err := b.moveRows(ctx, tx, one, one.Moves)
		if err != nil {
			return fmt.Errorf("storing bill %s: %w", one.Number, err)
		}
		moves = append(moves, ofBill...)
	}
	if len(list) == 0 {
		return nil
	}
	err := insert(ctx, tx, `INSERT INTO bill (organisation, id, number, reference, kind, of_kind, of_id, part, for_whom, service, payer,
		owner, subject, object, language, currency, issued, items, plan, balance, next_due, interest_until, state, version, created,
		updated, sealed) VALUES `, []any{list[0].Organisation}, rows, billWidth)
	if err != nil {
		return fmt.Errorf("storing bills: %w", err)
	}
	return insertMoves(ctx, tx, list[0].Organisation, moves)
}

func (b *Bills) row(ctx context.Context, tx *store.Tx, one *Bill) ([]any, error) {
	items, err := json.Marshal(one.Items)
	if err != nil {
		return nil, err
	}
	plan, err := planText(one.Current())
	if err != nil {
		return nil, err
	}
	sealed, err := b.seal(ctx, tx, one.Subject, one.place(), one.Words)
	if err != nil {
		return nil, err
	}
	return []any{one.ID, one.Number, one.Reference, one.Kind, one.Of.Kind, one.Of.ID, one.Part, one.For, one.Service, one.Payer,
		one.Owner, one.Subject, one.Object, one.Language, one.Currency, one.Day.String(), string(items), plan, one.Balance,
		one.Next.String(), one.InterestUntil.String(), string(one.State), one.Version,
		store.Micros(one.Created), store.Micros(one.Updated), sealed}, nil
}

func planText(p Plan) (string, error) {
	text, err := json.Marshal(p)
	return string(text), err
}

// Known gives, of new bills of one organisation, those that are there already: by source and part.
func Known(ctx context.Context, tx *store.Tx, organisation string, list []*Bill) (map[Origin]string, error) {
	known := map[Origin]string{}
	byKind := map[string][]any{}
	for _, one := range list {
		byKind[one.Of.Kind] = append(byKind[one.Of.Kind], one.Of.ID)
	}
	for kind, ids := range byKind {
		for len(ids) > 0 {
			n := min(len(ids), 500)
			rows, err := tx.Query(ctx, `SELECT of_kind, of_id, part, id FROM bill WHERE organisation = $1 AND of_kind = $2
				AND of_id IN (`+store.Marks(3, n)+`)`, append([]any{organisation, kind}, ids[:n]...)...)
			_, err = store.Collect(rows, err, func(row store.Scanner) (o Origin, err error) {
				var id string
				err = row.Scan(&o.Of.Kind, &o.Of.ID, &o.Part, &id)
				known[o] = id
				return o, err
			})
			if err != nil {
				return nil, fmt.Errorf("looking for bills: %w", err)
			}
			ids = ids[n:]
		}
	}
	return known, nil
}

// Origin is what a bill is issued for, once.
type Origin struct {
	Of   Source
	Part string
}
