package page

import (
	"context"
	"io"

	"stoa/internal/web/asset"
)

// Shell is everything around a page's content.
type Shell struct {
	Lang, Dir string // "ar", "rtl"
	Words     *Words // English when nil
	Title     string // what this page is; the names of service and place follow
	Failed    bool   // the page answers a form with errors: "Error: " in the title

	JurisdictionName string
	JurisdictionURL  string // "/" when empty
	ServiceName      string // of the service a person is using now; none elsewhere
	ServiceURL       string
	Nav              []NavItem
	Languages        []Language
	User             User
	Notice           Notice // demonstration or trial
	Acting           Acting // for whom the reader acts

	BackLink    string // its address
	Breadcrumbs []Crumb
	Hero        Component // a band above the content, as wide as the window
	Footer      Footer
	Wide        bool // the desk: the whole width and its own styles
	Paper       bool // shows a document: its styles
	Charts      bool // shows pictures of package chart: their styles
	Asks        bool // a form that nobody prints: no styles for that
	Verifies    bool // verifies proofs: that script
	Talks       bool // talks without leaving the page: that script
	Shielded    bool // solves the puzzle of a form that waits: that script
	Passkeys    bool // asks devices for passkeys: that script
	NoIndex     bool // not for search engines: everything personal

	SkipLink string // instead of "Skip to main content"
	Assets   *asset.Set
	ThemeURL string // the jurisdiction's colours; see [Theme]
}

// Language is one language of the jurisdiction and this page in it.
type Language struct {
	Code, Name string // its name in itself
	Dir        string
	URL        string
	Current    bool
}

// User is who is signed in; with no name, the way to sign in.
type User struct {
	Name       string
	AccountURL string
	SignOutURL string // posted to
	Key        FormKey
	SignInURL  string
}

// Notice tells on every page that this is a demonstration.
type Notice struct {
	Tag, Text     string
	LinkText, URL string
}

// Acting tells on every page for whom somebody acts, with the way back; without a text it is not there.
type Acting struct {
	Text    string
	Button  string
	BackURL string // posted to
	Key     FormKey
	Over    bool // it has ended: what is tried is refused
}

// Footer closes every page.
type Footer struct {
	Groups []LinkGroup
	Links  []Link // accessibility, privacy, contact
	Text   string // who runs this
}

// Link is a text with an address.
type Link struct{ Text, URL string }

// LinkGroup is a titled list of links.
type LinkGroup struct {
	Title string
	Links []Link
}

// Layout puts content into its shell: a whole HTML document.
func Layout(s Shell, content Component) Component { return document{s, content} }

type document struct {
	shell   Shell
	content Component
}

// Render prints the document; every component in it speaks the shell's words.
func (d document) Render(ctx context.Context, w io.Writer) error {
	if d.shell.Words != nil {
		ctx = WithWords(ctx, d.shell.Words)
	}
	return layout(d.shell, d.content).Render(ctx, w)
}

func (s Shell) title(w *Words) string {
	t := s.Title
	if s.Failed {
		t = w.Error + ": " + t
	}
	for _, name := range []string{s.ServiceName, s.JurisdictionName} {
		if name != "" && name != s.Title {
			t += " – " + name
		}
	}
	return t
}

// sheet is the address of a style sheet in the page's direction.
func (s Shell) sheet(name string) string {
	if s.Dir == "rtl" {
		return s.Assets.URL(name + ".rtl.css")
	}
	return s.Assets.URL(name + ".css")
}

func (s Shell) container() string {
	return classes("govuk-width-container", when(s.Wide, "stoa-width--wide"))
}

func (s Shell) languages() LanguageNavigation {
	n := LanguageNavigation{Classes: "govuk-language-navigation--inverse stoa-languages"}
	for _, l := range s.Languages {
		n.Items = append(n.Items, LanguageItem{Text: l.Name, Href: l.URL, Lang: l.Code, Dir: l.Dir, Current: l.Current})
	}
	return n
}

func (s Shell) navigation() ServiceNavigation {
	return ServiceNavigation{
		ServiceName: s.ServiceName, ServiceURL: s.ServiceURL, Navigation: s.Nav,
		Classes: when(s.Wide, "stoa-navigation--wide"),
	}
}

// Outcome is a page that tells what became of a request: an error page, or one
// sentence and a way on.
type Outcome struct {
	Heading    string
	Paragraphs []string
	Links      []Link
	Reference  string // what to quote when asking for help
	RefLabel   string // "Reference: "
}

// Render prints the page's content.
func (o Outcome) Render(ctx context.Context, w io.Writer) error { return outcome(o).Render(ctx, w) }
