package desk

import (
	"bytes"
	"fmt"
	"net/http"

	"stoa/internal/document"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/paper"
)

// letterPage is /desk/cases/{case}/letters/{letter}: a letter as it was sent.
type letterPage struct {
	P     *i18n.Printer
	Head  view.DeskHead
	Line  view.LetterLine
	Sheet paper.Sheet
}

func (d *Desk) letter(w http.ResponseWriter, r *web.Request) error {
	head, line, doc, err := d.View.DeskLetter(r.Context(), reader(r), r.PathValue("case"), r.PathValue("letter"))
	if err != nil {
		return err
	}
	p := letterPage{r.P, head, line, paper.Sheet{Document: doc}}
	return d.show(w, r, areaCases, web.Page{Title: line.Title, Back: "/desk/cases/" + head.ID + "#letters", Content: letter(p)})
}

func (d *Desk) letterPDF(w http.ResponseWriter, r *web.Request) error {
	head, _, doc, err := d.View.DeskLetter(r.Context(), reader(r), r.PathValue("case"), r.PathValue("letter"))
	if err != nil {
		return err
	}
	var pdf bytes.Buffer
	if err := document.PDF(&pdf, doc, document.Options{}); err != nil {
		return fmt.Errorf("printing a letter of case %s: %w", head.Number, err)
	}
	return r.Send(w, "application/pdf", head.Number+".pdf", pdf.Bytes())
}

func (d *Desk) caseFile(w http.ResponseWriter, r *web.Request) error {
	name, mediaType, data, err := d.View.DeskFile(r.Context(), reader(r), r.PathValue("case"), r.PathValue("file"))
	if err != nil {
		return err
	}
	return r.Send(w, mediaType, name, data)
}
