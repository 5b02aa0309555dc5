//go:build js && wasm

// Command verifier is package proof for a visitor's own browser, as WebAssembly: it holds a proof to keys and says what it
// proves, or why not. It stops at values: what they are called in words, and where they stand, is for the page's script.
//
//	stoaVerify(proof Uint8Array, keys string, witnesses string) → JSON
package main

import (
	"encoding/json"
	"errors"
	"strings"
	"syscall/js"
	"time"

	"stoa/internal/proof"
)

type detail struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type result struct {
	Holds        bool     `json:"holds"`
	Why          string   `json:"why,omitempty"`
	What         string   `json:"what,omitempty"`
	Kind         string   `json:"kind,omitempty"`
	ID           string   `json:"id,omitempty"`
	Organisation string   `json:"organisation,omitempty"`
	At           string   `json:"at,omitempty"`
	Details      []detail `json:"details,omitempty"`
	Shown        []detail `json:"shown,omitempty"`
	Hidden       []string `json:"hidden,omitempty"`
	Index        int64    `json:"index"`
	Size         int64    `json:"size"`
	Origin       string   `json:"origin,omitempty"`
	Witnesses    []string `json:"witnesses,omitempty"`
}

func main() {
	js.Global().Set("stoaVerify", js.FuncOf(func(_ js.Value, args []js.Value) any {
		data := make([]byte, args[0].Length())
		js.CopyBytesToGo(data, args[0])
		out, err := json.Marshal(verify(data, args[1].String(), args[2].String()))
		if err != nil {
			return `{"holds":false}`
		}
		return string(out)
	}))
	select {} // the page calls as often as it likes
}

func verify(data []byte, logs, witnesses string) result {
	var trust proof.Trust
	for line := range strings.FieldsSeq(logs) {
		k, err := proof.ParseKey(line)
		if err != nil {
			return failed(err)
		}
		trust.Logs = append(trust.Logs, k)
	}
	for line := range strings.FieldsSeq(witnesses) {
		k, err := proof.ParseKey(line)
		if err != nil {
			return failed(err)
		}
		trust.Witnesses = append(trust.Witnesses, k.AsWitness())
	}
	p, err := proof.Verify(data, trust)
	if err != nil {
		return failed(err)
	}
	r := result{Holds: true, Kind: p.Leaf.Kind, ID: p.Leaf.ID, Organisation: p.Leaf.Organisation, At: p.Leaf.At.Format(time.RFC3339),
		Index: p.Index, Size: p.Size, Origin: p.Origin}
	for _, ref := range p.Leaf.Refs {
		r.Details = append(r.Details, detail{ref.Kind, ref.ID})
	}
	for _, f := range p.Leaf.Fields {
		r.Details = append(r.Details, detail{f.Name, f.Value})
	}
	shown := map[string]bool{}
	for _, f := range p.Opened {
		shown[f.Name] = true
		r.Shown = append(r.Shown, detail{f.Name, f.Value})
	}
	for _, h := range p.Leaf.Hidden {
		if !shown[h.Name] {
			r.Hidden = append(r.Hidden, h.Name)
		}
	}
	for _, c := range p.Cosigned {
		r.Witnesses = append(r.Witnesses, c.Witness.Name())
	}
	return r
}

func failed(err error) result {
	var f *proof.Failure
	if errors.As(err, &f) {
		return result{Why: f.Why.Error(), What: f.What}
	}
	return result{What: err.Error()}
}
