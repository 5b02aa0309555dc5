package site

import (
	"slices"

	"stoa/internal/document"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
)

// carried is the proof that a PDF carries inside, and what is printed about it.
type carried struct {
	files  []document.Attachment
	blocks []document.Block
}

// carriedProof is the proof of something of the reader's own, for its PDF. What is from before the log began has none; what
// is being published says so.
func (s *Site) carriedProof(r *web.Request, d document.Document, name string, p view.Proof, bundle func() ([]byte, error), err error) (c carried, _ error) {
	if fault.KindOf(err) == fault.NotFound || err == nil && !p.Logged {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	in := web.In(r, d.Lang)
	if !p.Published {
		c.blocks = []document.Block{document.Paragraph{Text: document.Plain(in.T("Its proof in the public log is being published. Downloaded again in a minute, this file carries it."))}}
		return c, nil
	}
	raw, err := bundle()
	if err != nil {
		return c, err
	}
	file := name + ".tlog-proof"
	c.files = []document.Attachment{{Name: file, Type: "text/plain", Bytes: raw, About: in.T("Proof that this is in the public log")}}
	c.blocks = []document.Block{
		document.Heading{Level: 2, Text: document.Plain(in.T("Proof"))},
		document.Paragraph{Text: document.Plain(in.T("This file carries its proof, {file}. Anybody can check it without us, at {address} or with the program stoa; what counts is what the proof says.",
			i18n.V{"file": file, "address": r.URLOf("/verify")}))},
		document.QR{URL: r.URLOf("/log/leaves/" + itoa64(p.Index)), Alt: in.T("Code that leads to the entry in the public log"),
			Caption: document.Plain(in.T("Its entry in the public log, number {number}", i18n.V{"number": itoa64(p.Index)}))},
	}
	code, err := s.View.LogPages().OnPaper(view.Reader{Actor: r.Actor, P: in}, raw, d)
	if err != nil {
		return c, err
	}
	if code != "" {
		c.blocks = append(c.blocks, document.QR{Data: code, Alt: in.T("Code that proves without a network what is written here"),
			Caption: document.Plain(in.T("This code holds the proof itself. Scan it at {address}, or check it with the program stoa where there is no network, and compare what it says with this paper. What has changed since, it cannot say.", i18n.V{"address": r.URLOf("/verify")}))})
	}
	return c, nil
}

// printed is the document with what is said of its proof. A certificate has a link already, for whoever is shown it, and should
// stay on one page: of the rest it has the code that proves it, or where that is too large, the sentence.
func (c carried) printed(d document.Document) document.Document {
	blocks := c.blocks
	if d.Kind == document.Certificate {
		is := func(b document.Block) bool { code, ok := b.(document.QR); return ok && code.Data != "" }
		if !slices.ContainsFunc(blocks, is) {
			is = func(b document.Block) bool { _, sentence := b.(document.Paragraph); return sentence }
		}
		blocks = slices.DeleteFunc(slices.Clone(blocks), func(b document.Block) bool { return !is(b) })
	}
	d.Blocks = append(slices.Clone(d.Blocks), blocks...)
	return d
}
