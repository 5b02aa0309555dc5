package cases

import (
	"context"
	"fmt"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/process"
	"stoa/internal/store"
)

// Kinds of events in a timeline.
const (
	EventSubmitted   = "submitted"
	EventAction      = "action"
	EventLetter      = "letter"
	EventConsulted   = "consulted"
	EventReplied     = "replied"
	EventRepresented = "represented"
	EventMessage     = "message"
	EventAssigned    = "assigned"
	EventIssued      = "issued"
	EventProposed    = "proposed" // a decision that needs a second person
	EventReturned    = "returned" // not approved
	EventNote        = "note"
	EventPaid        = "paid"
	EventRefund      = "refund" // a fee, or a part of it, is given back
)

// Event is a row of the timeline. Public ones are shown to the applicant.
type Event struct {
	ID       string
	At       time.Time
	Kind     string
	Public   bool
	Actor    string // person id; "": Stoa itself
	Action   string // action, letter, consultee … by kind
	From, To string // states
	EventWords
}

// EventWords is the sealed part of an event.
type EventWords struct {
	Name string `json:"name,omitempty"` // of the actor then
	For  string `json:"for,omitempty"`  // of the one for whom they acted
	Text string `json:"text,omitempty"`
	Ref  string `json:"ref,omitempty"` // id of the letter, message …
}

// Note adds to the timeline. What one transaction notes has one instant, and ids of one instant have no order: a number
// keeps what happened first before what followed.
func (c *Cases) Note(ctx context.Context, tx *store.Tx, one *Case, e Event) error {
	e.ID = tx.NewID()
	if e.At.IsZero() {
		e.At = tx.Now()
	}
	sealed, err := c.seal(ctx, tx, one.Subject, "event "+e.ID, e.EventWords)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `INSERT INTO case_event (id, case_id, seq, at, kind, public, actor, action, from_state, to_state, sealed)
		VALUES ($1, $2, (SELECT COUNT(*) FROM case_event WHERE case_id = $2), $3, $4, $5, $6, $7, $8, $9, $10)`,
		e.ID, one.ID, store.Micros(e.At), e.Kind, e.Public, e.Actor, e.Action, e.From, e.To, sealed)
	if err != nil {
		return fmt.Errorf("noting an event: %w", err)
	}
	return nil
}

// Timeline lists a case's events, oldest first.
func (c *Cases) Timeline(ctx context.Context, tx *store.Tx, one *Case) ([]Event, error) {
	return list(ctx, tx, c, one, `SELECT id, at, kind, public, actor, action, from_state, to_state, sealed
		FROM case_event WHERE case_id = $1 ORDER BY seq, id`, "event ", func(row scanner) (e Event, id string, sealed []byte, err error) {
		var at int64
		err = row.Scan(&e.ID, &at, &e.Kind, &e.Public, &e.Actor, &e.Action, &e.From, &e.To, &sealed)
		e.At = store.Time(at)
		return e, e.ID, sealed, err
	}, func(e *Event) any { return &e.EventWords })
}

// list reads rows that have a sealed part, closing them before opening what is sealed.
func list[T any](ctx context.Context, tx *store.Tx, c *Cases, one *Case, query, place string,
	read func(scanner) (T, string, []byte, error), words func(*T) any) ([]T, error) {
	rows, err := tx.Query(ctx, query, one.ID)
	if err != nil {
		return nil, fmt.Errorf("listing %sof case %s: %w", place, one.Number, err)
	}
	defer rows.Close()
	var all []T
	var ids []string
	var sealed [][]byte
	for rows.Next() {
		v, id, s, err := read(rows)
		if err != nil {
			return nil, fmt.Errorf("listing %sof case %s: %w", place, one.Number, err)
		}
		all, ids, sealed = append(all, v), append(ids, id), append(sealed, s)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("listing %sof case %s: %w", place, one.Number, err)
	}
	rows.Close()
	for i := range all {
		if err := c.open(ctx, tx, one.Subject, place+ids[i], sealed[i], words(&all[i])); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Consultation is a question to another organisation.
type Consultation struct {
	ID           string
	Case         string
	Consultee    string
	Organisation string
	Asked        time.Time
	Due          calendar.Date
	Reply        string
	Silent       bool
	Replied      time.Time
	RepliedBy    string
	ReplyWords
}

// ReplyWords is the sealed part of a reply.
type ReplyWords struct {
	Name string `json:"name,omitempty"`
	Text string `json:"text,omitempty"`
}

// Process is the consultation as rules see it.
func (c Consultation) Process() process.Consultation {
	return process.Consultation{Consultee: c.Consultee, Asked: c.Asked, Due: c.Due, Reply: c.Reply, Silent: c.Silent}
}

// Consult stores a question.
func (c *Cases) Consult(ctx context.Context, tx *store.Tx, one *Case, q Consultation) error {
	q.ID = tx.NewID()
	sealed, err := c.seal(ctx, tx, one.Subject, "consultation "+q.ID, q.ReplyWords)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `INSERT INTO consultation (id, case_id, consultee, organisation, asked, due, reply, silent, replied, replied_by, sealed)
		VALUES ($1, $2, $3, $4, $5, $6, '', FALSE, 0, '', $7)`,
		q.ID, one.ID, q.Consultee, q.Organisation, store.Micros(tx.Now()), dayText(q.Due), sealed)
	if err != nil {
		return fmt.Errorf("storing a consultation: %w", err)
	}
	return nil
}

// ReplyTo stores the reply of a consultee.
func (c *Cases) ReplyTo(ctx context.Context, tx *store.Tx, one *Case, q Consultation) error {
	sealed, err := c.seal(ctx, tx, one.Subject, "consultation "+q.ID, q.ReplyWords)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `UPDATE consultation SET reply = $2, silent = $3, replied = $4, replied_by = $5, sealed = $6 WHERE id = $1`,
		q.ID, q.Reply, q.Silent, store.Micros(tx.Now()), q.RepliedBy, sealed)
	if err != nil {
		return fmt.Errorf("storing a reply: %w", err)
	}
	return nil
}

const consultationColumns = `id, case_id, consultee, organisation, asked, due, reply, silent, replied, replied_by, sealed`

func scanConsultation(row scanner) (q Consultation, sealed []byte, err error) {
	var asked, replied int64
	var due string
	err = row.Scan(&q.ID, &q.Case, &q.Consultee, &q.Organisation, &asked, &due, &q.Reply, &q.Silent, &replied, &q.RepliedBy, &sealed)
	if err != nil {
		return q, nil, err
	}
	q.Asked = store.Time(asked)
	if replied != 0 {
		q.Replied = store.Time(replied)
	}
	q.Due, err = dayOf(due)
	return q, sealed, err
}

// Consultations lists those of a case, oldest first.
func (c *Cases) Consultations(ctx context.Context, tx *store.Tx, one *Case) ([]Consultation, error) {
	return list(ctx, tx, c, one, `SELECT `+consultationColumns+` FROM consultation WHERE case_id = $1 ORDER BY id`, "consultation ",
		func(row scanner) (Consultation, string, []byte, error) {
			q, sealed, err := scanConsultation(row)
			return q, q.ID, sealed, err
		}, func(q *Consultation) any { return &q.ReplyWords })
}

// Asked lists what an organisation is asked, unanswered first by due day; words stay sealed.
func (c *Cases) Asked(ctx context.Context, tx *store.Tx, organisation string, answered bool, limit int) ([]Consultation, error) {
	query := `SELECT ` + consultationColumns + ` FROM consultation WHERE organisation = $1 AND reply = '' ORDER BY due, id LIMIT $2`
	if answered {
		query = `SELECT ` + consultationColumns + ` FROM consultation WHERE organisation = $1 AND reply <> '' ORDER BY replied DESC, id DESC LIMIT $2`
	}
	rows, err := tx.Query(ctx, query, organisation, limit)
	if err != nil {
		return nil, fmt.Errorf("listing consultations: %w", err)
	}
	defer rows.Close()
	var all []Consultation
	for rows.Next() {
		q, _, err := scanConsultation(rows)
		if err != nil {
			return nil, fmt.Errorf("listing consultations: %w", err)
		}
		all = append(all, q)
	}
	return all, rows.Err()
}

// CaseOfConsultation tells which case a question is about; store.ErrNotFound if there is no such question.
func (c *Cases) CaseOfConsultation(ctx context.Context, tx *store.Tx, id string) (string, error) {
	var caseID string
	if err := tx.QueryRow(ctx, `SELECT case_id FROM consultation WHERE id = $1`, id).Scan(&caseID); err != nil {
		return "", fmt.Errorf("finding a consultation: %w", err)
	}
	return caseID, nil
}

// Representation is what a member of the public says about a case. It is sealed under a key of their own.
type Representation struct {
	ID     string
	At     time.Time
	Ground string
	Counts string // "": not yet looked at; yes; no (irrelevant, frivolous)
	RepresentationWords
	Subject string
}

// RepresentationWords is the sealed part.
type RepresentationWords struct {
	Name    string   `json:"name"`
	Email   string   `json:"email,omitempty"`
	Address []string `json:"address,omitempty"`
	Text    string   `json:"text"`
}

// Represent stores one.
func (c *Cases) Represent(ctx context.Context, tx *store.Tx, caseID string, r *Representation) error {
	var err error
	if r.Subject, err = c.Vault.NewSubject(ctx, tx); err != nil {
		return fmt.Errorf("storing a representation: %w", err)
	}
	r.ID, r.At = tx.NewID(), tx.Now()
	sealed, err := c.seal(ctx, tx, r.Subject, "representation "+r.ID, r.RepresentationWords)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `INSERT INTO representation (id, case_id, at, ground, counts, subject, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		r.ID, caseID, store.Micros(r.At), r.Ground, r.Counts, r.Subject, sealed)
	if err != nil {
		return fmt.Errorf("storing a representation: %w", err)
	}
	return nil
}

// Weigh notes whether a representation counts.
func (c *Cases) Weigh(ctx context.Context, tx *store.Tx, id, counts string) error {
	if err := tx.Put(ctx, `UPDATE representation SET counts = $2 WHERE id = $1`, id, counts); err != nil {
		return fmt.Errorf("weighing a representation: %w", err)
	}
	return nil
}

// Representations lists those of a case, oldest first.
func (c *Cases) Representations(ctx context.Context, tx *store.Tx, caseID string) ([]Representation, error) {
	rows, err := tx.Query(ctx, `SELECT id, at, ground, counts, subject, sealed FROM representation WHERE case_id = $1 ORDER BY id`, caseID)
	if err != nil {
		return nil, fmt.Errorf("listing representations: %w", err)
	}
	defer rows.Close()
	var all []Representation
	var sealed [][]byte
	for rows.Next() {
		var r Representation
		var at int64
		var s []byte
		if err := rows.Scan(&r.ID, &at, &r.Ground, &r.Counts, &r.Subject, &s); err != nil {
			return nil, fmt.Errorf("listing representations: %w", err)
		}
		r.At = store.Time(at)
		all, sealed = append(all, r), append(sealed, s)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("listing representations: %w", err)
	}
	rows.Close()
	for i := range all {
		if err := c.open(ctx, tx, all[i].Subject, "representation "+all[i].ID, sealed[i], &all[i].RepresentationWords); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// CountRepresentations tells how many count: all but those that an officer set aside.
func (c *Cases) CountRepresentations(ctx context.Context, tx *store.Tx, caseID string) (int, error) {
	var n int
	err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM representation WHERE case_id = $1 AND counts <> 'no'`, caseID).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting representations: %w", err)
	}
	return n, nil
}

// Message is between the applicant (incoming) and the office.
type Message struct {
	ID       string
	At       time.Time
	Incoming bool
	Author   string // person id
	Seen     bool   // by the other side
	MessageWords
}

// MessageWords is the sealed part.
type MessageWords struct {
	Name  string   `json:"name,omitempty"`
	For   string   `json:"for,omitempty"` // of the one for whom they wrote
	Text  string   `json:"text"`
	Files []string `json:"files,omitempty"` // blobs
}

// Write stores a message.
func (c *Cases) Write(ctx context.Context, tx *store.Tx, one *Case, m *Message) error {
	m.ID, m.At = tx.NewID(), tx.Now()
	sealed, err := c.seal(ctx, tx, one.Subject, "message "+m.ID, m.MessageWords)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `INSERT INTO message (id, case_id, at, incoming, author, seen, sealed) VALUES ($1, $2, $3, $4, $5, FALSE, $6)`,
		m.ID, one.ID, store.Micros(m.At), m.Incoming, m.Author, sealed)
	if err != nil {
		return fmt.Errorf("storing a message: %w", err)
	}
	return nil
}

// Messages lists those of a case, oldest first.
func (c *Cases) Messages(ctx context.Context, tx *store.Tx, one *Case) ([]Message, error) {
	return list(ctx, tx, c, one, `SELECT id, at, incoming, author, seen, sealed FROM message WHERE case_id = $1 ORDER BY id`, "message ",
		func(row scanner) (m Message, id string, sealed []byte, err error) {
			var at int64
			err = row.Scan(&m.ID, &at, &m.Incoming, &m.Author, &m.Seen, &sealed)
			m.At = store.Time(at)
			return m, m.ID, sealed, err
		}, func(m *Message) any { return &m.MessageWords })
}

// SeeMessages notes that one side has seen what the other wrote.
func (c *Cases) SeeMessages(ctx context.Context, tx *store.Tx, caseID string, incoming bool) error {
	if err := tx.Put(ctx, `UPDATE message SET seen = TRUE WHERE case_id = $1 AND incoming = $2 AND seen = FALSE`, caseID, incoming); err != nil {
		return fmt.Errorf("noting messages as seen: %w", err)
	}
	return nil
}

// Letter is a letter as it was sent: a document, for ever as it was.
type Letter struct {
	ID       string
	Letter   string
	Language string
	At       time.Time
	LetterWords
}

// LetterWords is the sealed part.
type LetterWords struct {
	Title    string `json:"title"`
	Document []byte `json:"document"` // as package document writes it
}

// Send stores a letter.
func (c *Cases) Send(ctx context.Context, tx *store.Tx, one *Case, l *Letter) error {
	l.ID, l.At = tx.NewID(), tx.Now()
	sealed, err := c.seal(ctx, tx, one.Subject, "letter "+l.ID, l.LetterWords)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `INSERT INTO letter (id, case_id, letter, language, at, sealed) VALUES ($1, $2, $3, $4, $5, $6)`,
		l.ID, one.ID, l.Letter, l.Language, store.Micros(l.At), sealed)
	if err != nil {
		return fmt.Errorf("storing a letter: %w", err)
	}
	return nil
}

// SentLetters lists those of a case, oldest first.
func (c *Cases) SentLetters(ctx context.Context, tx *store.Tx, one *Case) ([]Letter, error) {
	return list(ctx, tx, c, one, `SELECT id, letter, language, at, sealed FROM letter WHERE case_id = $1 ORDER BY id`, "letter ",
		func(row scanner) (l Letter, id string, sealed []byte, err error) {
			var at int64
			err = row.Scan(&l.ID, &l.Letter, &l.Language, &at, &sealed)
			l.At = store.Time(at)
			return l, l.ID, sealed, err
		}, func(l *Letter) any { return &l.LetterWords })
}
