package converse

import (
	"context"
	"maps"
	"slices"

	"stoa/internal/i18n"
	"stoa/internal/process"
	"stoa/internal/service"
)

// World is what a conversation may ask of the outside. Without one nothing is found there.
type World struct {
	// Live is the situation in which a service is judged now.
	Live func(s *service.Service) process.Situation
	// Slots finds times that are free for an appointment; Signed says that the asker may have one, and Appointments are those
	// that they have.
	Slots        Slots
	Signed       bool
	Appointments []string
	// Find finds records of a public register by all of the words: public fields only.
	Find func(ctx context.Context, p *i18n.Printer, register, words string) ([]Record, error)
	// Hits finds what a look-up question offers.
	Hits func(ctx context.Context, p *i18n.Printer, s *service.Service, q *service.Question, words string) ([]Hit, error)
}

// Record is a public record, written for the reader.
type Record struct {
	Number, Label string
	State         string // in the reader's words
	Facts         []string
}

func (l *Library) situation(w World, s *service.Service) process.Situation {
	if w.Live != nil {
		return w.Live(s)
	}
	return process.Situation{Service: s, Variant: "new", Today: l.day}
}

func (w World) find(ctx context.Context, p *i18n.Printer, register, words string) ([]Record, error) {
	if w.Find == nil {
		return nil, nil
	}
	return w.Find(ctx, p, register, words)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
