package view

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"stoa/internal/access"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Sharing is what other authorities may read of our registers.
type Sharing struct{ *View }

// Sharing is what other authorities may read of our registers.
func (v *View) Sharing() Sharing { return Sharing{v} }

// SharedRead is a question of another authority, which the edge has found to be who it says.
type SharedRead struct {
	Share  string
	Client string            // INSTANCE/CLASS/MEMBER/SUBSYSTEM
	By     map[string]string // field → value
}

// SharedRecord is what it hears of a record: the fields that the file names, and no others.
type SharedRecord struct {
	Number  string         `json:"number"`
	State   string         `json:"state"`
	From    string         `json:"from,omitempty"`
	Until   string         `json:"until,omitempty"`
	Changed string         `json:"changed"`
	Fields  map[string]any `json:"fields"`
}

// systemXRoad reads for other authorities; lookShare is what it reads.
const (
	systemXRoad = "xroad"
	lookShare   = "share"
)

// Read answers, and records each read for the person whom the record is about before it does.
func (s Sharing) Read(ctx context.Context, in SharedRead) (all []SharedRecord, err error) {
	j := s.place()
	i := slices.IndexFunc(j.Shares, func(x *service.ShareFile) bool { return x.Share == in.Share })
	if i < 0 || !slices.Contains(j.Shares[i].With, in.Client) {
		return nil, fault.NewForbidden("This subsystem may not read this")
	}
	share, reg := j.Shares[i], j.Registers[j.Shares[i].Register]
	if err := policy.Can(policy.Actor{System: true}, policy.RecordShare, policy.Thing{Kind: "register", ID: reg.Register, Organisation: reg.Organisation}); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(in.By)) {
		if !slices.Contains(share.By, name) || in.By[name] == "" {
			return nil, fault.NewInvalid("Ask by what the agreement names, and by nothing else")
		}
	}
	if len(in.By) == 0 {
		return nil, fault.NewInvalid("Ask by what the agreement names, and by nothing else")
	}
	err = s.DB.Write(ctx, "view.Share", func(ctx context.Context, tx *store.Tx) error {
		all = []SharedRecord{}
		found, err := s.matching(ctx, tx, share.Register, in.By)
		if err != nil {
			return err
		}
		today := j.Calendar.DateOf(tx.Now())
		for _, r := range found {
			if err := s.recordShare(ctx, tx, reg, share, r); err != nil {
				return err
			}
			all = append(all, shared(j, share, reg, r, today))
		}
		return nil
	})
	return all, err
}

func (s Sharing) matching(ctx context.Context, tx *store.Tx, register string, by map[string]string) ([]*record.Record, error) {
	number, named := by["number"]
	keys := maps.Clone(by)
	delete(keys, "number")
	if len(keys) > 0 {
		found, err := s.Docket.Records.ByKey(ctx, tx, register, keys)
		return slices.DeleteFunc(found, func(r *record.Record) bool { return named && r.Number != number }), err
	}
	r, err := s.Docket.Records.ByNumber(ctx, tx, register, number)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return []*record.Record{r}, err
}

// recordShare tells the person that another authority has read what a register has on them.
func (s Sharing) recordShare(ctx context.Context, tx *store.Tx, reg *service.Register, share *service.ShareFile, r *record.Record) error {
	who, err := s.about(ctx, tx, reg, r)
	if err != nil || who == "" {
		return err
	}
	return access.Record(ctx, tx, access.Look{Person: who, System: systemXRoad, Organisation: reg.Organisation, What: lookShare, Ref: r.Number,
		Service: share.Share, Why: string(policy.RecordShare)})
}

// about is the person whom a record is about, as far as it says so: its holder, or whoever has the address in it.
func (s Sharing) about(ctx context.Context, tx *store.Tx, reg *service.Register, r *record.Record) (string, error) {
	if r.Holder != "" {
		return r.Holder, nil
	}
	for _, f := range reg.Fields {
		if text := r.Fields[f.ID]; f.Key && f.Personal != "" && strings.Contains(text, "@") {
			who, err := s.People.ByEmail(ctx, tx, text)
			if errors.Is(err, store.ErrNotFound) {
				return "", nil
			}
			return who.ID, err
		}
	}
	return "", nil
}

// shared keeps of a record what a share names.
func shared(j *service.Jurisdiction, share *service.ShareFile, reg *service.Register, r *record.Record, today calendar.Date) SharedRecord {
	out := SharedRecord{Number: r.Number, State: r.On(today), Changed: j.Calendar.DateOf(r.Updated).String(), Fields: map[string]any{}}
	if !r.From.IsZero() {
		out.From = r.From.String()
	}
	if !r.Until.IsZero() {
		out.Until = r.Until.String()
	}
	for _, f := range reg.Fields {
		text, ok := r.Fields[f.ID]
		if !ok || !slices.Contains(share.Fields, f.ID) {
			continue
		}
		out.Fields[f.ID] = text
		if f.Type == "yes_no" {
			out.Fields[f.ID] = text == "yes"
		}
	}
	return out
}
