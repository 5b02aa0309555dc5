package page

import (
	"context"
	"io"
)

// Hero opens a home page: what this place is and the box to find anything.
type Hero struct {
	Heading string
	Lead    string
	Search  SearchBox
	Popular []Link
	Title   string // before the popular links: "Often needed"
}

// SearchBox is one field that searches.
type SearchBox struct {
	Action string
	Name   string // "q" when empty
	Label  string
	Value  string
	Button string // instead of "Search"
	Large  bool
	Hidden []Hidden // kept while searching: filters
}

// ServiceGrid shows services as cards.
type ServiceGrid struct {
	Heading Heading
	Cards   []ServiceCard
}

// ServiceCard is one service at a glance.
type ServiceCard struct {
	Title, URL string
	Text       string
	Facts      []string // "21 pounds", "10 working days"
	Tag        Tag
	Level      int // of the heading; 3 when zero
}

// TopicList shows the areas of government.
type TopicList struct {
	Heading Heading
	Topics  []Topic
}

// Topic is one area with what lies in it.
type Topic struct {
	Title, URL, Text string
	Count            string // "12 services"
}

// KeyFacts are the few facts that decide: the fee, the time, who may.
type KeyFacts struct {
	Label string // names the list when read out
	Facts []Fact
}

// Fact is a label with its value.
type Fact struct {
	Label string
	Text  string
	HTML  Component
	Note  string
}

// Steps tell what happens next, in order.
type Steps struct {
	Heading Heading
	Items   []Step
}

// Step is one thing that happens.
type Step struct {
	Title, Text string
	HTML        Component
	When        string
}

// Certificate is the public page of a licence or record: what a stranger reads
// and checks.
type Certificate struct {
	Kind    string // "Premises licence"
	Title   string // what or whom it is for
	Number  string
	Label   string // "Licence number"
	Issuer  string
	Status  Tag
	Facts   []Fact
	Code    Component // the QR code as SVG with its own name
	Verify  Component // how to check it
	Notices []Component
	Level   int // of its heading; 1 when zero
}

// Figure is a chart with everything that must stand beside it.
type Figure struct {
	ID       string // unique on the page
	Title    string
	Finding  string    // the sentence that says what the chart shows
	Chart    Component // an <svg role="img"> with title and description
	Table    Table     // the same numbers
	Data     string    // "Show the numbers as a table"
	Open     bool      // the table stands open
	CSVURL   string
	CSVText  string // "Download as CSV"
	Source   Component
	Headings int // level of the title; 2 when zero
}

// Render prints the band.
func (p Hero) Render(ctx context.Context, w io.Writer) error { return hero(p).Render(ctx, w) }

// Render prints the form.
func (p SearchBox) Render(ctx context.Context, w io.Writer) error { return searchBox(p).Render(ctx, w) }

// Render prints the cards.
func (p ServiceGrid) Render(ctx context.Context, w io.Writer) error {
	return serviceGrid(p).Render(ctx, w)
}

// Render prints the list.
func (p TopicList) Render(ctx context.Context, w io.Writer) error { return topicList(p).Render(ctx, w) }

// Render prints the facts.
func (p KeyFacts) Render(ctx context.Context, w io.Writer) error { return keyFacts(p).Render(ctx, w) }

// Render prints the steps.
func (p Steps) Render(ctx context.Context, w io.Writer) error { return steps(p).Render(ctx, w) }

// Render prints the certificate.
func (p Certificate) Render(ctx context.Context, w io.Writer) error {
	return certificate(p).Render(ctx, w)
}

// Render prints the figure.
func (p Figure) Render(ctx context.Context, w io.Writer) error { return figure(p).Render(ctx, w) }

func (h Heading) given() bool { return h.Text != "" || h.HTML != nil }
