package document

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/boxesandglue/textshape/ot"
)

// Paper is a sheet's size in points.
type Paper struct{ Width, Height float64 }

var (
	A4     = Paper{595.28, 841.89} // ISO 216
	USPage = Paper{612, 792}       // "Letter" in North America
)

// Options are the choices of the place that prints. The zero value works.
type Options struct {
	Paper  Paper                       // A4 unless set
	Accent Colour                      // band, rules and section headings; dark blue unless set
	Page   func(number, of int) string // the page number's text; "1 / 2" unless set
	Fonts  []Font                      // asked after the built-in families
	Carry  []Attachment                // files inside the file, in the order of their names
}

func (o Options) orDefault() Options {
	if o.Paper == (Paper{}) {
		o.Paper = A4
	}
	if o.Accent == (Colour{}) {
		o.Accent = Colour{0x1b, 0x3a, 0x5f}
	}
	if o.Page == nil {
		o.Page = func(number, of int) string { return fmt.Sprintf("%d / %d", number, of) }
	}
	return o
}

// PDF writes d as a tagged PDF that follows PDF/UA-1 (ISO 14289-1): structure
// tree, text for every glyph, language, title, alternatives for figures,
// embedded fonts. Equal arguments write equal bytes.
func PDF(w io.Writer, d Document, o Options) error {
	if d.Title == "" || d.Lang == "" {
		return fmt.Errorf("compose the PDF: a document needs a title and a language")
	}
	o = o.orDefault()
	set, release, err := openFonts(o.Fonts)
	if err != nil {
		return fmt.Errorf("open the fonts: %w", err)
	}
	defer release()

	out := &file{}
	top := &element{kind: "Document"}
	pages, err := compose(out, d, o, set, top)
	if err != nil {
		return fmt.Errorf("compose the PDF: %w", err)
	}
	if err := writeDocument(w, out, d, o.Carry, set, top, pages); err != nil {
		return fmt.Errorf("write the PDF: %w", err)
	}
	return nil
}

// compose paints the pages and fills the structure below top.
func compose(out *file, d Document, o Options, set *fonts, top *element) ([]*page, error) {
	s := &sheet{doc: d, opt: o, out: out}
	s.layout = layout{
		shaper: shaper{fonts: set, lang: ot.LanguageToTag(d.Lang), dir: d.Dir},
		kind:   d.Kind,
		accent: o.Accent.readable(),
	}
	s.measure()
	if d.Kind == Certificate {
		s.certificateHead(top)
	} else {
		s.letterHead(top)
	}
	if err := s.blocks(top, d.Blocks); err != nil {
		return nil, err
	}
	paginate(s.boxes, s.next)
	for i, p := range s.pages {
		s.furniture(p, i+1)
	}
	return s.pages, nil
}

// writeDocument writes the objects around the painted pages.
func writeDocument(w io.Writer, out *file, d Document, carry []Attachment, set *fonts, top *element, pages []*page) error {
	top.prune()
	top.reserve(out)
	var resources strings.Builder
	for _, f := range set.all() {
		if len(f.glyph) == 1 {
			continue
		}
		r, err := f.write(out)
		if err != nil {
			return err
		}
		fmt.Fprintf(&resources, "/%s %v ", f.name, r)
	}
	tree := out.reserve()
	key := len(pages)
	kids := make([]ref, len(pages))
	for i, p := range pages {
		content, err := out.stream("", p.body.Bytes())
		if err != nil {
			return err
		}
		annots := ""
		if len(p.links) > 0 {
			annots = fmt.Sprintf(" /Annots [%s]", refs(writeLinks(out, p, &key)))
		}
		kids[i] = p.ref
		out.set(p.ref, fmt.Sprintf("<</Type /Page /Parent %v /Contents %v /Resources <</Font <<%s>>>> /StructParents %d /Tabs /S%s>>",
			tree, content, resources.String(), i, annots))
	}
	width, height := pages[0].wide, pages[0].height
	out.set(tree, fmt.Sprintf("<</Type /Pages /Count %d /MediaBox [0 0 %s %s] /Kids [%s]>>", len(pages), num(width), num(height), refs(kids)))
	structure := writeTree(out, top, pages)
	metadata := out.plainStream(" /Type /Metadata /Subtype /XML", xmp(d))
	direction := "L2R"
	if d.Dir == RTL {
		direction = "R2L"
	}
	root := out.add(fmt.Sprintf("<</Type /Catalog /Pages %v /Lang %s /MarkInfo <</Marked true>> /StructTreeRoot %v /Metadata %v /ViewerPreferences <</DisplayDocTitle true /Direction /%s>>%s>>",
		tree, pdfText(d.Lang), structure, metadata, direction, writeAttachments(out, carry)))
	info := out.add(fmt.Sprintf("<</Title %s /Author %s /Producer (Stoa)>>", pdfText(d.Title), pdfText(d.Issuer.Name)))
	return out.writeTo(w, root, info)
}

// writeLinks writes a page's annotations; key is the next free one of the
// parent tree.
func writeLinks(out *file, p *page, key *int) []ref {
	list := make([]ref, len(p.links))
	for i := range p.links {
		k := &p.links[i]
		k.ref = out.add(fmt.Sprintf("<</Type /Annot /Subtype /Link /F 4 /Border [0 0 0] /Rect [%s %s %s %s] /Contents %s /A <</S /URI /URI %s>> /StructParent %d /P %v>>",
			num(k.x0), num(k.y0), num(k.x1), num(k.y1), pdfText(k.url), pdfBytes(k.url), *key, p.ref))
		k.owner.parts = append(k.owner.parts, part{page: p, annot: k.ref})
		list[i] = k.ref
		*key++
	}
	return list
}

// xmp is the metadata packet: title, language, issuer, and the standard that
// the file follows.
func xmp(d Document) []byte {
	esc := func(s string) string {
		var b strings.Builder
		_ = xml.EscapeText(&b, []byte(s)) // a Builder does not fail
		return b.String()
	}
	return fmt.Appendf(nil, `<?xpacket begin="%s" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>%s</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>Stoa</pdf:Producer>
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`, "\ufeff", esc(d.Title), esc(d.Issuer.Name), esc(d.Lang))
}
