package docket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"stoa/internal/calendar"
	"stoa/internal/process"
	"stoa/internal/record"
	"stoa/internal/rule"
	"stoa/internal/service"
	"stoa/internal/store"
)

// live answers a judgement from what is so now, and remembers what it answered: so that whoever writes in another
// transaction can ask there whether it stands.
type live struct {
	d       *Docket
	tx      *store.Tx
	service *service.Service
	today   calendar.Date
	subject string // whose files may be named

	counted record.Counted
	asked   map[string][]*record.Record // many look-ups ask for the same records
	seen    []record.Seen
	picked  map[pickKey]record.Picked
	files   map[string]fileSeen
}

type pickKey struct{ register, number string }

type fileSeen struct {
	file  process.File
	there bool
}

// Live is the situation of a draft: registers are asked now.
func (d *Docket) Live(tx *store.Tx, s *service.Service, variant string, today calendar.Date, subject string) process.Situation {
	return d.live(tx, s, today, subject).situation(variant)
}

func (d *Docket) live(tx *store.Tx, s *service.Service, today calendar.Date, subject string) *live {
	return &live{d: d, tx: tx, service: s, today: today, subject: subject, counted: record.Counted{},
		asked: map[string][]*record.Record{}, picked: map[pickKey]record.Picked{}, files: map[string]fileSeen{}}
}

func (l *live) situation(variant string) process.Situation {
	return process.Situation{Service: l.service, Variant: variant, Today: l.today, Lookup: l.lookup, Pick: l.pick, File: l.file}
}

func (l *live) lookup(ctx context.Context, look *service.Lookup, match map[string]rule.Value) (rule.Value, error) {
	texts := make(map[string]string, len(match))
	for field, v := range match {
		text, ok := record.Text(v)
		if !ok {
			text = ""
		}
		texts[field] = text
	}
	pending := slices.Contains(look.States, record.Pending)
	question := questionOf(look.Register, pending, texts)
	found, known := l.asked[question]
	if !known {
		var err error
		if found, err = l.records(ctx, look.Register, texts, pending); err != nil {
			return nil, fmt.Errorf("asking register %s: %w", look.Register, err)
		}
		l.asked[question] = found
	}
	reg, ok := l.service.Jurisdiction.Registers[look.Register]
	if !ok {
		return nil, fmt.Errorf("register %s is not in the definition", look.Register)
	}
	return record.Give(reg, look.Give, look.States, l.today, found)
}

// questionOf is the same for the same question only.
func questionOf(register string, pending bool, match map[string]string) string {
	fields := make([]string, 0, len(match))
	for field := range match {
		fields = append(fields, field)
	}
	slices.Sort(fields)
	text := append([]byte(register), ' ')
	text = strconv.AppendBool(text, pending)
	for _, field := range fields {
		text = strconv.AppendQuote(append(text, ' '), field)
		text = strconv.AppendQuote(text, match[field])
	}
	return string(text)
}

// records are those of a register that match, with what is pending if that counts.
func (l *live) records(ctx context.Context, register string, match map[string]string, pending bool) ([]*record.Record, error) {
	m, err := l.d.Records.Lookups().Match(ctx, l.tx, register, match, l.counted)
	if err != nil {
		return nil, err
	}
	found, err := l.d.Records.Lookups().Matching(ctx, l.tx, m)
	if err == nil && pending {
		var more []*record.Record
		more, err = l.d.Records.Lookups().MatchingPending(ctx, l.tx, m)
		found = append(found, more...)
	}
	if err == nil {
		l.seen = append(l.seen, record.See(m, pending, found))
	}
	return found, err
}

func (l *live) pick(ctx context.Context, register, key string) (process.Pick, bool, error) {
	p, seen, ok, err := l.d.pick(ctx, l.tx, l.service, register, key)
	if err == nil {
		l.picked[pickKey{register, key}] = seen
	}
	return p, ok, err
}

func (l *live) file(ctx context.Context, id string) (process.File, bool, error) {
	f, ok, err := l.d.files(l.tx, l.subject)(ctx, id)
	if err == nil {
		l.files[id] = fileSeen{f, ok}
	}
	return f, ok, err
}

func (d *Docket) files(tx *store.Tx, subject string) func(context.Context, string) (process.File, bool, error) {
	return func(ctx context.Context, id string) (process.File, bool, error) {
		info, err := d.Blobs.Info(ctx, tx, id)
		if errors.Is(err, store.ErrNotFound) || err == nil && info.Subject != subject {
			return process.File{}, false, nil
		}
		if err != nil {
			return process.File{}, false, fmt.Errorf("describing a file: %w", err)
		}
		return process.File{ID: info.ID, Name: info.Name, Type: string(info.Type), Size: info.Size}, true, nil
	}
}

// Stands reports whether a draft that was judged in another transaction would be judged the same in this one: it is the
// same day, and registers and files say what they said. If so, the judgement goes on in this transaction. That the draft
// is the same, and with it its definition, is for the caller to see, by its version.
func (d *Docket) Stands(ctx context.Context, tx *store.Tx, draft *Draft) (bool, error) {
	l := draft.live
	if l == nil || Day(draft.Service, tx.Now()) != l.today {
		return false, nil
	}
	l.tx, l.counted = tx, record.Counted{}
	for key, was := range l.picked {
		is, err := d.Records.Lookups().Picked(ctx, tx, key.register, key.number)
		if err != nil || is != was {
			return false, err
		}
	}
	for id, was := range l.files {
		f, ok, err := d.files(tx, l.subject)(ctx, id)
		if err != nil || (fileSeen{f, ok}) != was {
			return false, err
		}
	}
	return d.Records.Lookups().Stand(ctx, tx, l.seen)
}
