// Package document owns what Stoa hands a person on paper: a letter, a
// licence, an extract. A Document is a title, an issuer and a list of blocks;
// the same value becomes an accessible page (the web layer walks the blocks),
// a tagged PDF (PDF) and the text of an e-mail (PlainText).
//
// The package is pure: no clock, no network, no database, and equal documents
// give equal bytes. It does not translate, format dates or choose wording:
// every text comes in ready for its reader. It does not sign either; that is
// done over the bytes.
package document

import "strings"

// Kind chooses the appearance; the structure is the same for both.
type Kind int

const (
	Letter      Kind = iota // issuer at the head, plain page
	Certificate             // framed page with a coloured band, for what is shown to others
)

// Dir is the base direction of the document.
type Dir int

const (
	LTR Dir = iota
	RTL
)

// Document is one letter, licence or extract in one language.
type Document struct {
	Kind   Kind
	Lang   string // BCP 47, for example "ar"
	Dir    Dir
	Title  string // the only heading of level 1, and the title in the file's properties
	Issuer Issuer
	To     []string // the addressee's name and address; empty on a certificate
	Head   []Fact   // reference, date and the like, printed at the head
	Blocks []Block
	Footer string // repeated at the foot of every page
}

// Issuer is the office that speaks.
type Issuer struct {
	Name    string
	Address []string
	Contact string
}

// Run is a stretch of text in one appearance.
//
// Isolated marks what keeps its own order inside text of the other direction:
// numbers, dates, identifiers, names in another script (UAX #9, FSI … PDI).
type Run struct {
	Text     string
	Bold     bool
	Isolated bool
}

// Text is what a paragraph, a cell or a list item holds.
type Text []Run

// Plain is text in one ordinary run.
func Plain(s string) Text { return Text{{Text: s}} }

// Isolate is text in one run that keeps its own order.
func Isolate(s string) Text { return Text{{Text: s, Isolated: true}} }

// String is the text without appearance and without isolates.
func (t Text) String() string {
	var b strings.Builder
	for _, r := range t {
		b.WriteString(r.Text)
	}
	return b.String()
}

// Block is one of the types below; the set is closed.
type Block interface{ block() }

type (
	// Heading opens a section. Level counts from 2, below the title; a level
	// that skips one is raised, because a reader steps through them in order.
	Heading struct {
		Level int
		Text  Text
	}
	Paragraph struct{ Text Text }
	List      struct {
		Ordered bool
		Items   []Text
	}
	// Facts is a table of label and value: each label heads its row.
	Facts struct{ Items []Fact }
	Fact  struct {
		Label string
		Value Text
	}
	// Table has one header row. With RowHeaders the first cell of each row
	// heads the row.
	Table struct {
		Caption    string
		Columns    []Column
		Rows       [][]Text
		RowHeaders bool
	}
	// Column is a column of a Table; the cells of a Numeric one align at the
	// end of the line.
	Column struct {
		Header  string
		Numeric bool
	}
	// QR is a code for URL. Alt replaces it for those who cannot see it;
	// Caption stands beside it, followed by the address in letters. With Data
	// instead, the code holds a text for programs, and grows with it.
	QR struct {
		URL     string
		Data    string `json:",omitempty"`
		Alt     string
		Caption Text
	}
	// Notice is a boxed text that must not be overlooked.
	Notice struct {
		Title string
		Text  Text
	}
	Rule  struct{}
	Space struct{}
)

func (Heading) block()   {}
func (Paragraph) block() {}
func (List) block()      {}
func (Facts) block()     {}
func (Table) block()     {}
func (QR) block()        {}
func (Notice) block()    {}
func (Rule) block()      {}
func (Space) block()     {}

// headingLevel is the level at which a heading stands after one of level
// last, from 2 to 6 and never skipping one.
func headingLevel(level, last int) int {
	return min(max(level, 2), last+1, 6)
}
