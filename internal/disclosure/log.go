package disclosure

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/redact"
	"stoa/internal/store"
)

// Entry is a request and its answer in the disclosure log.
type Entry struct {
	ID, Number, Case      string
	Service, Organisation string
	Topic                 string // value of the question's option
	Outcome, Ending       string // the state in which the case ended, and its ending
	Language              string
	Received, Answered    calendar.Date
	Took                  int // working days; -1: beyond the calendar
	Title, Request        string
	Answer                string
	Exemptions            []string // ids, sorted
	Published             time.Time
	Withdrawn             time.Time // zero: it stands
	Why                   string    // it was withdrawn
}

// PublishedFile is a released file.
type PublishedFile struct {
	ID, Name string
	Kind     redact.Kind
	Size     int64
	SHA256   string
	Removed  int
	Data     []byte // only where it was asked for
}

// partLen keeps rows small enough for every database.
const partLen = 256 << 10

// Publish puts an entry into the log, with its files; terms are the words by which it is found. A request is published
// once.
func (s *Store) Publish(ctx context.Context, tx *store.Tx, e *Entry, files []PublishedFile, terms []string) error {
	var there int64
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM disclosure WHERE case_id = $1`, e.Case).Scan(&there); err != nil {
		return fmt.Errorf("looking into the disclosure log: %w", err)
	}
	if there > 0 {
		return fault.NewConflict("This request is in the disclosure log already")
	}
	e.ID, e.Published = tx.NewID(), tx.Now()
	_, err := tx.Exec(ctx, `INSERT INTO disclosure (id, number, case_id, service, organisation, topic, outcome, ending, language, received, answered, took, title, request, answer,
		published_at, withdrawn_at, withdrawn) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 0, '')`,
		e.ID, e.Number, e.Case, e.Service, e.Organisation, e.Topic, e.Outcome, e.Ending, e.Language, e.Received.String(), e.Answered.String(), e.Took, e.Title, e.Request, e.Answer,
		store.Micros(e.Published))
	if err != nil {
		return fmt.Errorf("publishing in the disclosure log: %w", err)
	}
	for _, x := range e.Exemptions {
		if _, err := tx.Exec(ctx, `INSERT INTO disclosure_exemption (disclosure_id, exemption) VALUES ($1, $2)`, e.ID, x); err != nil {
			return fmt.Errorf("publishing an exemption: %w", err)
		}
	}
	for _, t := range terms {
		if _, err := tx.Exec(ctx, `INSERT INTO disclosure_term (term, disclosure_id) VALUES ($1, $2) ON CONFLICT (term, disclosure_id) DO NOTHING`, t, e.ID); err != nil {
			return fmt.Errorf("indexing the disclosure log: %w", err)
		}
	}
	for i := range files {
		if err := s.putFile(ctx, tx, e.ID, int64(i+1), &files[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) putFile(ctx context.Context, tx *store.Tx, entry string, seq int64, f *PublishedFile) error {
	sum := sha256.Sum256(f.Data)
	f.ID, f.Size, f.SHA256 = tx.NewID(), int64(len(f.Data)), hex.EncodeToString(sum[:])
	_, err := tx.Exec(ctx, `INSERT INTO disclosure_file (id, disclosure_id, seq, name, kind, size, sha256, removed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		f.ID, entry, seq, f.Name, string(f.Kind), f.Size, f.SHA256, f.Removed)
	for n, rest := 0, f.Data; err == nil && len(rest) > 0; n++ {
		part := rest[:min(len(rest), partLen)]
		rest = rest[len(part):]
		_, err = tx.Exec(ctx, `INSERT INTO disclosure_part (file_id, n, bytes) VALUES ($1, $2, $3)`, f.ID, n, part)
	}
	if err != nil {
		return fmt.Errorf("publishing a file: %w", err)
	}
	return nil
}

// Withdraw takes what was published out of the log: text and files go, and that there was something stays.
func (s *Store) Withdraw(ctx context.Context, tx *store.Tx, e *Entry, why string) error {
	for _, q := range []string{`DELETE FROM disclosure_part WHERE file_id IN (SELECT id FROM disclosure_file WHERE disclosure_id = $1)`,
		`DELETE FROM disclosure_file WHERE disclosure_id = $1`, `DELETE FROM disclosure_term WHERE disclosure_id = $1`} {
		if _, err := tx.Exec(ctx, q, e.ID); err != nil {
			return fmt.Errorf("withdrawing from the disclosure log: %w", err)
		}
	}
	e.Withdrawn, e.Why, e.Request, e.Answer = tx.Now(), why, "", ""
	_, err := tx.Exec(ctx, `UPDATE disclosure SET request = '', answer = '', title = '', withdrawn_at = $1, withdrawn = $2 WHERE id = $3`, store.Micros(e.Withdrawn), why, e.ID)
	if err != nil {
		return fmt.Errorf("withdrawing from the disclosure log: %w", err)
	}
	return nil
}

const entryColumns = `id, number, case_id, service, organisation, topic, outcome, ending, language, received, answered, took, title, request, answer, published_at, withdrawn_at, withdrawn`

func (s *Store) entries(ctx context.Context, tx *store.Tx, query string, args ...any) ([]*Entry, error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the disclosure log: %w", err)
	}
	defer rows.Close()
	var all []*Entry
	for rows.Next() {
		e := &Entry{}
		var received, answered string
		var published, withdrawn int64
		err := rows.Scan(&e.ID, &e.Number, &e.Case, &e.Service, &e.Organisation, &e.Topic, &e.Outcome, &e.Ending, &e.Language, &received, &answered, &e.Took,
			&e.Title, &e.Request, &e.Answer, &published, &withdrawn, &e.Why)
		if err == nil {
			e.Received, err = calendar.ParseISO(received)
		}
		if err == nil {
			e.Answered, err = calendar.ParseISO(answered)
		}
		if err != nil {
			return nil, fmt.Errorf("reading the disclosure log: %w", err)
		}
		e.Published = store.Time(published)
		if withdrawn > 0 {
			e.Withdrawn = store.Time(withdrawn)
		}
		all = append(all, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading the disclosure log: %w", err)
	}
	rows.Close()
	for _, e := range all {
		if e.Exemptions, err = s.exemptions(ctx, tx, e.ID); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (s *Store) exemptions(ctx context.Context, tx *store.Tx, entry string) ([]string, error) {
	rows, err := tx.Query(ctx, `SELECT exemption FROM disclosure_exemption WHERE disclosure_id = $1 ORDER BY exemption`, entry)
	if err != nil {
		return nil, fmt.Errorf("reading exemptions: %w", err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, fmt.Errorf("reading exemptions: %w", err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading exemptions: %w", err)
	}
	return all, nil
}

// Entry gives the entry of a request by its number; store.ErrNotFound if there is none.
func (s *Store) Entry(ctx context.Context, tx *store.Tx, number string) (*Entry, error) {
	return s.only(s.entries(ctx, tx, `SELECT `+entryColumns+` FROM disclosure WHERE number = $1`, number))
}

// OfCase gives the entry of a case; store.ErrNotFound if there is none.
func (s *Store) OfCase(ctx context.Context, tx *store.Tx, caseID string) (*Entry, error) {
	return s.only(s.entries(ctx, tx, `SELECT `+entryColumns+` FROM disclosure WHERE case_id = $1`, caseID))
}

func (s *Store) only(all []*Entry, err error) (*Entry, error) {
	if err == nil && len(all) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// Query narrows the log. The zero Query is all of it.
type Query struct {
	Terms                     []string // all of them
	Topic, Outcome, Exemption string
	Before                    time.Time // published before, and of that instant those with smaller ids
	BeforeID                  string
	Limit                     int
}

// where is the condition of a query; but leaves one of its parts out, for counting what could be chosen there.
func (q Query) where(but string) (string, []any) {
	conditions, args := []string{"withdrawn_at = 0"}, []any(nil)
	add := func(format string, v any) {
		args = append(args, v)
		conditions = append(conditions, strings.ReplaceAll(format, "$?", "$"+strconv.Itoa(len(args))))
	}
	for _, t := range q.Terms {
		add(`id IN (SELECT disclosure_id FROM disclosure_term WHERE term = $?)`, t)
	}
	if q.Topic != "" && but != "topic" {
		add(`topic = $?`, q.Topic)
	}
	if q.Outcome != "" && but != "outcome" {
		add(`outcome = $?`, q.Outcome)
	}
	if q.Exemption != "" && but != "exemption" {
		add(`id IN (SELECT disclosure_id FROM disclosure_exemption WHERE exemption = $?)`, q.Exemption)
	}
	return strings.Join(conditions, " AND "), args
}

// List is a page of the log, newest first.
func (s *Store) List(ctx context.Context, tx *store.Tx, q Query) ([]*Entry, error) {
	where, args := q.where("")
	if !q.Before.IsZero() {
		n := len(args)
		where += fmt.Sprintf(" AND (published_at < $%d OR published_at = $%d AND id < $%d)", n+1, n+1, n+2)
		args = append(args, store.Micros(q.Before), q.BeforeID)
	}
	args = append(args, q.Limit)
	return s.entries(ctx, tx, `SELECT `+entryColumns+` FROM disclosure WHERE `+where+` ORDER BY published_at DESC, id DESC LIMIT $`+strconv.Itoa(len(args)), args...)
}

// Facets are how many entries there are for each choice of a part of the query: topic, outcome or exemption.
func (s *Store) Facets(ctx context.Context, tx *store.Tx, q Query, part string) (map[string]int64, error) {
	if !slices.Contains([]string{"topic", "outcome", "exemption"}, part) {
		return nil, fault.NewInternal("counting the disclosure log", fmt.Errorf("no part %q", part))
	}
	where, args := q.where(part)
	query := `SELECT ` + part + `, COUNT(*) FROM disclosure WHERE ` + where + ` GROUP BY ` + part
	if part == "exemption" {
		query = `SELECT exemption, COUNT(*) FROM disclosure_exemption WHERE disclosure_id IN (SELECT id FROM disclosure WHERE ` + where + `) GROUP BY exemption`
	}
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("counting the disclosure log: %w", err)
	}
	defer rows.Close()
	all := map[string]int64{}
	for rows.Next() {
		var value string
		var n int64
		if err := rows.Scan(&value, &n); err != nil {
			return nil, fmt.Errorf("counting the disclosure log: %w", err)
		}
		all[value] = n
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("counting the disclosure log: %w", err)
	}
	return all, nil
}

// Files are those of an entry, without their bytes.
func (s *Store) Files(ctx context.Context, tx *store.Tx, entry string) ([]PublishedFile, error) {
	rows, err := tx.Query(ctx, `SELECT id, name, kind, size, sha256, removed FROM disclosure_file WHERE disclosure_id = $1 ORDER BY seq`, entry)
	if err != nil {
		return nil, fmt.Errorf("listing released files: %w", err)
	}
	defer rows.Close()
	var all []PublishedFile
	for rows.Next() {
		var f PublishedFile
		if err := rows.Scan(&f.ID, &f.Name, &f.Kind, &f.Size, &f.SHA256, &f.Removed); err != nil {
			return nil, fmt.Errorf("listing released files: %w", err)
		}
		all = append(all, f)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("listing released files: %w", err)
	}
	return all, nil
}

// Bytes reads a released file.
func (s *Store) Bytes(ctx context.Context, tx *store.Tx, f *PublishedFile) error {
	rows, err := tx.Query(ctx, `SELECT bytes FROM disclosure_part WHERE file_id = $1 ORDER BY n`, f.ID)
	if err != nil {
		return fmt.Errorf("reading a released file: %w", err)
	}
	defer rows.Close()
	f.Data = make([]byte, 0, f.Size)
	for rows.Next() {
		var part []byte
		if err := rows.Scan(&part); err != nil {
			return fmt.Errorf("reading a released file: %w", err)
		}
		f.Data = append(f.Data, part...)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("reading a released file: %w", err)
	}
	sum := sha256.Sum256(f.Data)
	if hex.EncodeToString(sum[:]) != f.SHA256 {
		return fault.NewInternal("reading a released file", fmt.Errorf("the bytes of %s do not have its hash", f.ID))
	}
	return nil
}
