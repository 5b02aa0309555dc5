// Package flow is everything that can happen in this government: one file and one transaction for each
// use case. Each asks policy.Can, does its work at one instant, and leaves its effects as rows of the
// same transaction: what must go out (messages, work for later) is an outbox row, never a call.
//
// docs/flow.md follows one submission hop by hop. Pages are made by package view.
package flow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stoa/internal/converse"
	"stoa/internal/dataset"
	"stoa/internal/disclosure"
	"stoa/internal/docket"
	"stoa/internal/elsewhere"
	"stoa/internal/extract"
	"stoa/internal/fault"
	"stoa/internal/hint"
	"stoa/internal/hook"
	"stoa/internal/i18n"
	"stoa/internal/notify"
	"stoa/internal/opendata"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/publog"
	"stoa/internal/store"
	"stoa/internal/study"
	"stoa/internal/treasury"
)

// Flow is the way to the use cases.
type Flow struct {
	DB     *store.DB
	Docket *docket.Docket
	People *person.People
	Outbox *notify.Outbox
	Words  *i18n.Bundle
	Money  *Money
	Log    *publog.Log // what the public is told; nil where no log is kept
	Site   Site

	Wallets *Wallets // credentials for wallets; nil where none are issued

	Extracts *extract.Orders // copies of what registers hold; nil where none are given

	Datasets *dataset.Store   // what is published as open data
	States   *opendata.States // how its publication stands
	Hooks    *hook.Caller     // programs that are told of it; nil where none are

	Disclosures *disclosure.Store // documents of requests for information, and the disclosure log

	Trials study.Studies // of what a change would do

	Hints *hint.Hints // what is pointed out to officers; nil where nothing is

	Elsewhere *elsewhere.Registers // registers of others; nil where none are asked
	Language  *LanguageModel       // shortens answers of the assistant; nil where there is none

	Ways Ways // ways in besides the code by mail

	library converse.Libraries // what the assistant answers from
	kept    treasury.Books     // of the release in force
}

// Site is what use cases need to know of this installation.
type Site struct {
	URL  string // https://services.greenvale.example, no slash at the end
	Demo bool   // people may sign in by a click, read the mailbox, and let time pass
	// Advance puts the demo's clock forward; nil elsewhere.
	Advance func(time.Duration)
}

// Finance, Banking, Taxation and Data are Flow's use cases of an area; each can do whatever Flow can.
type (
	Finance  struct{ *Flow } // bills, payments, tills, the books
	Banking  struct{ *Flow } // statements of the bank and orders to it
	Taxation struct{ *Flow } // assessments, claims, declarations
	Data     struct{ *Flow } // datasets and what is asked about them
)

// Finance is what happens to bills, payments, tills and the books.
func (f *Flow) Finance() Finance { return Finance{f} }

// Banking is what happens with statements of the bank and orders to it.
func (f *Flow) Banking() Banking { return Banking{f} }

// Taxation is what happens to assessments, claims and declarations.
func (f *Flow) Taxation() Taxation { return Taxation{f} }

// Data is what happens to datasets and to what is asked about them.
func (f *Flow) Data() Data { return Data{f} }

// Privacy is what persons do about what is held of them, and what happens to it in time.
type Privacy struct{ *Flow }

// Privacy is what persons do about what is held of them, and what happens to it in time.
func (f *Flow) Privacy() Privacy { return Privacy{f} }

// missing turns "no such row" into NotFound, as for things that are none of the actor's business.
func missing(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return fault.Wrap(err, fault.NotFound, "")
	}
	return err
}

// once runs do unless the same form was handled before, whose result it then returns.
func (f *Flow) once(ctx context.Context, tx *store.Tx, actor policy.Actor, key string, input any, do func() (string, error)) (string, error) {
	result, again, err := f.People.Once(ctx, tx, key, actor.Person, fmt.Append(nil, input))
	if err != nil || again {
		return result, err
	}
	if result, err = do(); err != nil {
		return "", err
	}
	return result, f.People.OnceDone(ctx, tx, key, result)
}
