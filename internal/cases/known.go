package cases

import (
	"encoding/base64"
	"stoa/internal/vault"
	"time"
)

// Choices that a person makes of what a register knows.
const (
	KnownUse   = "use"   // it is the answer
	KnownOwn   = "own"   // they would rather type it
	KnownWrong = "wrong" // it is wrong; they type what is right
	KnownShown = "shown" // a wallet has shown it
)

// Known is what a register knew of an answer, and what the person made of it. In a draft it also holds what was found and not
// chosen; a case keeps only where its answer came from.
type Known struct {
	Register     string      `json:"register"`
	Organisation string      `json:"organisation,omitempty"` // "" of a register of others
	Person       string      `json:"person,omitempty"`       // about whom; nobody else sees it
	Match        string      `json:"match,omitempty"`        // by what was asked, as a keyed hash
	Asked        time.Time   `json:"asked"`
	Down         bool        `json:"down,omitempty"` // it did not answer
	Found        []KnownFact `json:"found,omitempty"`
	Choice       string      `json:"choice,omitempty"`
	Chosen       KnownFact   `json:"chosen,omitzero"`
	Former       string      `json:"former,omitempty"` // what was chosen before the register changed
	Ask          string      `json:"ask,omitempty"`    // what shows the answer of a wallet that was asked
	Told         string      `json:"told,omitempty"`   // what was reported as right, so that it is reported once
}

// KnownFact is a value of a record, of a day.
type KnownFact struct {
	Number string `json:"number"`
	Label  string `json:"label,omitempty"`
	Text   string `json:"text"` // as package record writes it
	Day    string `json:"day"`  // since when the register has it
}

// Uses reports whether the answer is the register's, or a wallet's.
func (k *Known) Uses() bool { return k.Choice == KnownUse || k.Choice == KnownShown }

// Sum tells one question to a register from another without saying what it asks by.
func Sum(v *vault.Vault, question string) string {
	return base64.RawURLEncoding.EncodeToString(v.Blind("known.match", question)[:18])
}
