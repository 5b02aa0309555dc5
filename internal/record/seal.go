package record

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// What is sealed by order of a court, to protect somebody or by another law is taken out of where records are read: a whole
// record into a table of its own, a field into its seal. Nothing that reads records has to remember to leave it out.

// Seals is the way to what is sealed. Who may go it is for policy.
type Seals struct{ s *Records }

// Seals is the way to what is sealed.
func (s *Records) Seals() Seals { return Seals{s} }

// Seal is a record, or a field of it, that is sealed.
type Seal struct {
	ID, Record  string
	Field       string // "": the whole record
	Since       time.Time
	Until       calendar.Date // its last day; zero: until it is lifted
	By          string
	Reason, Law string
	Lifted      time.Time // zero: it holds
	LiftedBy    string
}

// sealWord is why something is sealed, as it is stored.
type sealWord struct{ Reason, Law string }

// taken is what the versions of a record said in a field that is sealed.
type taken map[int64]string

// Put seals a record that was read whole, or the field of it that the seal names. The seal gets its id.
func (q Seals) Put(ctx context.Context, tx *store.Tx, reg *service.Register, r *Record, seal *Seal) error {
	held, err := q.Fields(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	for _, f := range held {
		if f == seal.Field {
			return fault.NewConflict("This is sealed already")
		}
	}
	seal.ID, seal.Record, seal.Since = tx.NewID(), r.ID, tx.Now()
	out := taken{}
	if seal.Field == "" {
		err = q.closeRecord(ctx, tx, r)
	} else {
		out, err = q.takeField(ctx, tx, reg, r, seal.Field)
	}
	if err != nil {
		return err
	}
	why, err := q.s.sealJSON(ctx, tx, r.Subject, "seal "+seal.ID, sealWord{seal.Reason, seal.Law})
	if err != nil {
		return err
	}
	kept, err := q.s.sealJSON(ctx, tx, r.Subject, "taken "+seal.ID, out)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `INSERT INTO record_seal (id, record_id, field, since, until_day, actor, words, taken, lifted, lifter) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '')`,
		seal.ID, r.ID, seal.Field, store.Micros(seal.Since), noEnd(seal.Until), seal.By, why, kept)
	if err != nil {
		return fmt.Errorf("sealing record %s: %w", r.Number, err)
	}
	return q.s.touch(ctx, tx, r.Register, r.ID, r.Number, "sealed")
}

// closeRecord takes a record out of its register.
func (q Seals) closeRecord(ctx context.Context, tx *store.Tx, r *Record) error {
	if err := q.rewrite(ctx, tx, nil, r, func(int64, map[string]string) {}); err != nil {
		return err
	}
	if err := q.s.unindex(ctx, tx, r); err != nil {
		return err
	}
	open, sealed, err := q.s.closeAs(ctx, tx, r, map[string]string{}, r.Fields)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `INSERT INTO record_closed (`+columns+`) SELECT `+columns+` FROM record WHERE id = $1`, r.ID)
	if err == nil {
		err = tx.Put(ctx, `UPDATE record_closed SET label = '', public = $2, sealed = $3, updated = $4 WHERE id = $1`, r.ID, open, sealed, store.Micros(tx.Now()))
	}
	if err == nil {
		err = tx.Put(ctx, `DELETE FROM record WHERE id = $1`, r.ID)
	}
	if err != nil {
		return fmt.Errorf("sealing record %s: %w", r.Number, err)
	}
	return nil
}

// takeField takes a field out of a record and its history.
func (q Seals) takeField(ctx context.Context, tx *store.Tx, reg *service.Register, r *Record, field string) (taken, error) {
	out := taken{}
	err := q.rewrite(ctx, tx, reg, r, func(version int64, fields map[string]string) {
		if text, there := fields[field]; there {
			out[version] = text
			delete(fields, field)
		}
	})
	if err != nil {
		return nil, err
	}
	delete(r.Fields, field)
	return out, q.rewriteCurrent(ctx, tx, reg, r)
}

// rewriteCurrent stores a record's fields as they are now, as the same version.
func (q Seals) rewriteCurrent(ctx context.Context, tx *store.Tx, reg *service.Register, r *Record) error {
	open, sealed, err := q.s.closeAs(ctx, tx, r, inTheOpen(reg, r.Fields), notInTheOpen(reg, r.Fields))
	if err != nil {
		return err
	}
	r.Label, r.Updated = label(reg, r.Fields), notBefore(tx.Now(), r.Updated)
	err = tx.Put(ctx, `UPDATE record SET label = $2, public = $3, sealed = $4, updated = $5 WHERE id = $1`, r.ID, r.Label, open, sealed, store.Micros(r.Updated))
	if err != nil {
		return fmt.Errorf("storing record %s: %w", r.Number, err)
	}
	if err := q.s.unindex(ctx, tx, r); err != nil {
		return err
	}
	return q.s.index(ctx, tx, reg, r, "sealed")
}

// rewrite stores the versions of a record anew, after change has dealt with the fields of each; reg nil: nothing is public.
func (q Seals) rewrite(ctx context.Context, tx *store.Tx, reg *service.Register, r *Record, change func(version int64, fields map[string]string)) error {
	list, err := q.s.versions(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	for _, v := range list {
		if _, err := q.s.Vault.Open(ctx, tx, r.Subject, "record "+r.ID, v.sealed); errors.Is(err, vault.ErrErased) {
			return fault.NewConflict("What this record said of a person was erased: there is nothing left to seal")
		}
		if err := q.s.openVersion(ctx, tx, r, &v); err != nil {
			return err
		}
		change(v.Version.Version, v.Fields)
		open, sealed, err := q.s.closeAs(ctx, tx, r, inTheOpen(reg, v.Fields), notInTheOpen(reg, v.Fields))
		if err != nil {
			return err
		}
		err = tx.Put(ctx, `UPDATE record_version SET public = $3, sealed = $4 WHERE record_id = $1 AND version = $2`, r.ID, v.Version.Version, open, sealed)
		if err != nil {
			return fmt.Errorf("storing the history of record %s: %w", r.Number, err)
		}
	}
	return nil
}

// inTheOpen are the fields that a register publishes; nil: none.
func inTheOpen(reg *service.Register, fields map[string]string) map[string]string {
	if reg == nil {
		return map[string]string{}
	}
	public, _ := split(reg, fields)
	return public
}

// notInTheOpen are all others, those among them that the register had once.
func notInTheOpen(reg *service.Register, fields map[string]string) map[string]string {
	rest := maps.Clone(fields)
	for id := range inTheOpen(reg, fields) {
		delete(rest, id)
	}
	return rest
}

// unindex makes a record unfindable.
func (s *Records) unindex(ctx context.Context, tx *store.Tx, r *Record) error {
	err := tx.Put(ctx, `DELETE FROM record_key WHERE record_id = $1`, r.ID)
	if err == nil {
		err = tx.Put(ctx, `DELETE FROM record_word WHERE register = $1 AND number = $2`, r.Register, r.Number)
	}
	if err != nil {
		return fmt.Errorf("clearing the index of record %s: %w", r.Number, err)
	}
	return nil
}

// Lift ends a seal that holds: the record says again what it said, and what was said while it was sealed.
func (q Seals) Lift(ctx context.Context, tx *store.Tx, reg *service.Register, seal *Seal, by string) (r *Record, err error) {
	if seal.Field == "" {
		r, err = q.reopen(ctx, tx, reg, seal.Record)
	} else {
		r, err = q.giveBack(ctx, tx, reg, seal)
	}
	if err != nil {
		return nil, err
	}
	nothing, err := q.s.sealJSON(ctx, tx, r.Subject, "taken "+seal.ID, taken{})
	if err != nil {
		return nil, err
	}
	seal.Lifted, seal.LiftedBy = tx.Now(), by
	n, err := tx.Exec(ctx, `UPDATE record_seal SET lifted = $2, lifter = $3, taken = $4 WHERE id = $1 AND lifted = 0`, seal.ID, store.Micros(seal.Lifted), by, nothing)
	if err != nil {
		return nil, fmt.Errorf("unsealing record %s: %w", r.Number, err)
	}
	if n == 0 {
		return nil, fault.NewConflict("This is not sealed any more")
	}
	return r, nil
}

func (q Seals) reopen(ctx context.Context, tx *store.Tx, reg *service.Register, id string) (*Record, error) {
	r, sealed, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM record_closed WHERE id = $1`+tx.Lock(), id))
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.NewConflict("This is not sealed any more")
	}
	if err != nil {
		return nil, fmt.Errorf("unsealing a record: %w", err)
	}
	if err := q.s.unseal(ctx, tx, r, "record ", sealed); err != nil {
		return nil, err
	}
	if err := q.rewrite(ctx, tx, reg, r, func(int64, map[string]string) {}); err != nil {
		return nil, err
	}
	err = tx.Put(ctx, `INSERT INTO record (`+columns+`) SELECT `+columns+` FROM record_closed WHERE id = $1`, id)
	if err == nil {
		err = tx.Put(ctx, `DELETE FROM record_closed WHERE id = $1`, id)
	}
	if err != nil {
		return nil, fmt.Errorf("unsealing record %s: %w", r.Number, err)
	}
	return r, q.rewriteCurrent(ctx, tx, reg, r)
}

func (q Seals) giveBack(ctx context.Context, tx *store.Tx, reg *service.Register, seal *Seal) (*Record, error) {
	r, err := q.s.Get(ctx, tx, seal.Record)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.NewConflict("The whole record is sealed: unseal that first")
	}
	if err != nil {
		return nil, err
	}
	out, err := q.taken(ctx, tx, r.Subject, seal.ID)
	if err != nil {
		return nil, err
	}
	err = q.rewrite(ctx, tx, reg, r, func(version int64, fields map[string]string) {
		if text, there := out[version]; there {
			fields[seal.Field] = text
		}
	})
	if err != nil {
		return nil, err
	}
	now, err := q.current(ctx, tx, r.ID)
	if err != nil {
		return nil, err
	}
	if text, there := out[now]; there {
		r.Fields[seal.Field] = text
	}
	return r, q.rewriteCurrent(ctx, tx, reg, r)
}

// current is the version that says what holds now: corrections of days that are over count on behind it.
func (q Seals) current(ctx context.Context, tx *store.Tx, id string) (n int64, err error) {
	err = tx.QueryRow(ctx, `SELECT MAX(version) FROM record_version WHERE record_id = $1 AND valid_until = ''`, id).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("reading a record's history: %w", err)
	}
	return n, nil
}

func (q Seals) taken(ctx context.Context, tx *store.Tx, subject, id string) (out taken, err error) {
	var sealed []byte
	if err := tx.QueryRow(ctx, `SELECT taken FROM record_seal WHERE id = $1`, id).Scan(&sealed); err != nil {
		return nil, fmt.Errorf("reading what is sealed: %w", err)
	}
	return out, q.s.openJSON(ctx, tx, subject, "taken "+id, sealed, &out)
}

// setAside keeps a version of a record out of its sealed fields: what it says in them goes to the seal, and where it says
// nothing, what its basis said; basis 0: what the record says now.
func (s *Records) setAside(ctx context.Context, tx *store.Tx, r *Record, version, basis int64, fields map[string]string) error {
	list, err := s.Seals().holding(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	if len(list) > 0 && basis == 0 {
		if basis, err = s.Seals().current(ctx, tx, r.ID); err != nil {
			return err
		}
	}
	for _, seal := range list {
		out, err := s.Seals().taken(ctx, tx, r.Subject, seal.ID)
		if err != nil {
			return err
		}
		text, said := fields[seal.Field]
		if !said {
			if text, said = out[basis]; !said {
				continue
			}
		}
		delete(fields, seal.Field)
		if out[version] = text; text == "" {
			delete(out, version)
		}
		kept, err := s.sealJSON(ctx, tx, r.Subject, "taken "+seal.ID, out)
		if err != nil {
			return err
		}
		if err := tx.Put(ctx, `UPDATE record_seal SET taken = $2 WHERE id = $1`, seal.ID, kept); err != nil {
			return fmt.Errorf("keeping what is sealed: %w", err)
		}
	}
	return nil
}

func (s *Records) sealJSON(ctx context.Context, tx *store.Tx, subject, aad string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err == nil {
		plain, err = s.Vault.Seal(ctx, tx, subject, aad, plain)
	}
	if err != nil {
		return nil, fmt.Errorf("sealing for a record: %w", err)
	}
	return plain, nil
}

func (s *Records) openJSON(ctx context.Context, tx *store.Tx, subject, aad string, sealed []byte, v any) error {
	plain, err := s.Vault.Open(ctx, tx, subject, aad, sealed)
	if errors.Is(err, vault.ErrErased) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(plain, v)
	}
	if err != nil {
		return fmt.Errorf("opening what is sealed for a record: %w", err)
	}
	return nil
}
