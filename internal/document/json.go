package document

import (
	"encoding/json"
	"fmt"
)

// Letters are kept as JSON, for ever as they were sent. Each block carries the name of its kind; the
// names are frozen by a test.

// stored is a Document with its blocks by name.
type stored struct {
	plain
	Blocks []named
}

// plain is a Document without methods.
type plain Document

// named is a block under the name of its kind; one field is set.
type named struct {
	Heading   *Heading   `json:",omitempty"`
	Paragraph *Paragraph `json:",omitempty"`
	List      *List      `json:",omitempty"`
	Facts     *Facts     `json:",omitempty"`
	Table     *Table     `json:",omitempty"`
	QR        *QR        `json:",omitempty"`
	Notice    *Notice    `json:",omitempty"`
	Rule      *Rule      `json:",omitempty"`
	Space     *Space     `json:",omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (d Document) MarshalJSON() ([]byte, error) {
	s := stored{plain: plain(d), Blocks: []named{}}
	for _, block := range d.Blocks {
		var n named
		switch b := block.(type) {
		case Heading:
			n.Heading = &b
		case Paragraph:
			n.Paragraph = &b
		case List:
			n.List = &b
		case Facts:
			n.Facts = &b
		case Table:
			n.Table = &b
		case QR:
			n.QR = &b
		case Notice:
			n.Notice = &b
		case Rule:
			n.Rule = &b
		case Space:
			n.Space = &b
		default:
			return nil, fmt.Errorf("writing a document: block %T has no name", block)
		}
		s.Blocks = append(s.Blocks, n)
	}
	return json.Marshal(s)
}

// UnmarshalJSON implements json.Unmarshaler.
func (d *Document) UnmarshalJSON(raw []byte) error {
	var s stored
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	*d = Document(s.plain)
	d.Blocks = nil
	for i, n := range s.Blocks {
		block := n.block()
		if block == nil {
			return fmt.Errorf("reading a document: block %d has no kind that we know", i+1)
		}
		d.Blocks = append(d.Blocks, block)
	}
	return nil
}

func (n named) block() Block {
	switch {
	case n.Heading != nil:
		return *n.Heading
	case n.Paragraph != nil:
		return *n.Paragraph
	case n.List != nil:
		return *n.List
	case n.Facts != nil:
		return *n.Facts
	case n.Table != nil:
		return *n.Table
	case n.QR != nil:
		return *n.QR
	case n.Notice != nil:
		return *n.Notice
	case n.Rule != nil:
		return *n.Rule
	case n.Space != nil:
		return *n.Space
	}
	return nil
}
