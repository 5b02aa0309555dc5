package document

import (
	"fmt"
	"slices"
	"strings"
)

// element is a node of the structure tree (ISO 32000-1, 14.7): what a part of
// the page is, for those who do not see it. The order of its parts is the
// reading order.
type element struct {
	kind   string
	attrs  string // further entries of its dictionary
	parts  []part
	parent *element
	ref    ref
}

// part is one of: a child, a marked stretch of a page's content, an
// annotation.
type part struct {
	child *element
	page  *page
	mcid  int
	annot ref
}

func (e *element) add(kind, attrs string) *element {
	c := &element{kind: kind, attrs: attrs, parent: e}
	e.parts = append(e.parts, part{child: c})
	return c
}

// states gives e the text of its lines in reading order where that is not the
// order in which they are painted.
func (e *element) states(lines []line) {
	var text strings.Builder
	rtl := false
	for _, l := range lines {
		for _, c := range l.clusters {
			text.WriteString(c.text)
			rtl = rtl || c.level%2 == 1
		}
	}
	if rtl {
		e.attrs += " /ActualText " + pdfText(text.String())
	}
}

// write adds the element and all below it. pages are already reserved.
func (e *element) write(out *file, parent ref) {
	for _, p := range e.parts {
		if p.child != nil {
			p.child.write(out, e.ref)
		}
	}
	home := e.home()
	var kids []string
	for _, p := range e.parts {
		switch {
		case p.child != nil:
			kids = append(kids, p.child.ref.String())
		case p.annot != 0:
			kids = append(kids, fmt.Sprintf("<</Type /OBJR /Obj %v /Pg %v>>", p.annot, p.page.ref))
		case p.page == home:
			kids = append(kids, fmt.Sprint(p.mcid))
		default:
			kids = append(kids, fmt.Sprintf("<</Type /MCR /Pg %v /MCID %d>>", p.page.ref, p.mcid))
		}
	}
	pg := ""
	if home != nil {
		pg = fmt.Sprintf(" /Pg %v", home.ref)
	}
	out.set(e.ref, fmt.Sprintf("<</Type /StructElem /S /%s /P %v%s%s /K [%s]>>",
		e.kind, parent, pg, e.attrs, strings.Join(kids, " ")))
}

// prune drops elements without content. Cells stay: an empty one still holds
// its place in the row.
func (e *element) prune() {
	e.parts = slices.DeleteFunc(e.parts, func(p part) bool {
		if p.child == nil {
			return false
		}
		p.child.prune()
		return len(p.child.parts) == 0 && p.child.kind != "TD" && p.child.kind != "TH"
	})
}

// home is the page of the element's first own content.
func (e *element) home() *page {
	for _, p := range e.parts {
		if p.page != nil {
			return p.page
		}
	}
	return nil
}

func (e *element) reserve(out *file) {
	e.ref = out.reserve()
	for _, p := range e.parts {
		if p.child != nil {
			p.child.reserve(out)
		}
	}
}

// writeTree writes the structure tree under root and the parent tree, which
// leads from each page's content and each annotation back to its element.
func writeTree(out *file, top *element, pages []*page) ref {
	root := out.reserve()
	top.write(out, root)
	var nums strings.Builder
	for i, p := range pages {
		owners := make([]ref, len(p.owners))
		for j, e := range p.owners {
			owners[j] = e.ref
		}
		fmt.Fprintf(&nums, "%d [%s] ", i, refs(owners))
	}
	next := len(pages)
	for _, p := range pages {
		for _, l := range p.links {
			fmt.Fprintf(&nums, "%d %v ", next, l.owner.ref)
			next++
		}
	}
	parents := out.add(fmt.Sprintf("<</Nums [%s]>>", strings.TrimSpace(nums.String())))
	out.set(root, fmt.Sprintf("<</Type /StructTreeRoot /K [%v] /ParentTree %v /ParentTreeNextKey %d>>", top.ref, parents, next))
	return root
}
