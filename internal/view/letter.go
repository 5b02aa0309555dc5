package view

import (
	"encoding/json"
	"fmt"

	"stoa/internal/document"
)

// decodeDocument reads a letter as flow stored it: the JSON of a document.Document. Blocks carry no name
// of their kind; each kind has a field that no other has.
func decodeDocument(stored []byte) (document.Document, error) {
	var raw struct {
		document.Document
		Blocks []json.RawMessage
	}
	if err := json.Unmarshal(stored, &raw); err != nil {
		return document.Document{}, fmt.Errorf("reading a stored letter: %w", err)
	}
	d := raw.Document
	d.Blocks = nil
	for _, b := range raw.Blocks {
		block, err := decodeBlock(b)
		if err != nil {
			return document.Document{}, fmt.Errorf("reading a stored letter: %w", err)
		}
		d.Blocks = append(d.Blocks, block)
	}
	return d, nil
}

func decodeBlock(raw json.RawMessage) (document.Block, error) {
	var has map[string]json.RawMessage
	if err := json.Unmarshal(raw, &has); err != nil {
		return nil, err
	}
	switch {
	case has["Level"] != nil:
		return as[document.Heading](raw)
	case has["Ordered"] != nil:
		return as[document.List](raw)
	case has["Items"] != nil:
		return as[document.Facts](raw)
	case has["Columns"] != nil:
		return as[document.Table](raw)
	case has["URL"] != nil:
		return as[document.QR](raw)
	case has["Title"] != nil:
		return as[document.Notice](raw)
	case has["Text"] != nil:
		return as[document.Paragraph](raw)
	}
	return document.Space{}, nil
}

func as[T document.Block](raw json.RawMessage) (document.Block, error) {
	var b T
	err := json.Unmarshal(raw, &b)
	return b, err
}
