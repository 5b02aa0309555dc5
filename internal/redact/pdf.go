package redact

import (
	"bytes"
	"fmt"
	"strings"

	"stoa/internal/document"
	"stoa/internal/fault"
)

// writePDF makes a new document of the lines that stay. Not one object of the original is taken over.
func writePDF(c *Content, marks []Mark, f Frame) ([]byte, error) {
	d := document.Document{Kind: document.Letter, Lang: f.Lang, Title: f.Title, Footer: f.Note}
	if f.RTL {
		d.Dir = document.RTL
	}
	page := 0
	var paragraph []string
	end := func() {
		if text := strings.TrimSpace(strings.Join(paragraph, " ")); text != "" {
			d.Blocks = append(d.Blocks, document.Paragraph{Text: document.Plain(text)})
		}
		paragraph = nil
	}
	for i, u := range c.Units {
		if u.Page != page || u.Break {
			end()
		}
		if u.Page != page {
			page = u.Page
			d.Blocks = append(d.Blocks, document.Heading{Text: document.Plain(f.Page(page))})
		}
		paragraph = append(paragraph, released(c, i, marks, f))
	}
	end()
	var b bytes.Buffer
	if err := document.PDF(&b, d, document.Options{}); err != nil {
		return nil, fmt.Errorf("writing a redacted document: %w", err)
	}
	return b.Bytes(), nil
}

// readPDF reads what can be seen of the text of a PDF. Whatever is not understood for certain is refused: a passage that
// nobody could see to choose would otherwise go out, or go missing.
func readPDF(data []byte) (c *Content, err error) {
	defer func() { // the reader of PDFs panics on what is malformed
		if p := recover(); p != nil {
			c, err = nil, uncertain(fmt.Errorf("reading a PDF: %v", p))
		}
	}()
	r, err := openPDF(data)
	if err != nil {
		return nil, uncertain(err)
	}
	c = &Content{}
	for n := 1; n <= r.file.NumPage(); n++ {
		if err := r.page(c, n); err != nil {
			return nil, uncertain(err)
		}
	}
	if len(c.Units) == 0 {
		return nil, fault.NewInvalid("There is no text in this PDF: it is a scan or a drawing. Save its pages as pictures and upload those")
	}
	return c, nil
}

func uncertain(cause error) error {
	return fault.Wrap(cause, fault.Invalid, "The text of this PDF cannot be read for certain. Save the text that is to be released as plain text, or its pages as pictures, and upload that")
}
