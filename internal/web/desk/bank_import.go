package desk

import (
	"net/http"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// importStatement is /desk/money/bank/import: a file of the bank, taken whole or refused with the reason.
func (d *Desk) importStatement(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	if r.Method == http.MethodPost {
		to, err := d.takeStatement(r)
		if err == nil {
			return r.Redirect(w, to)
		}
		if err := f.refused(r, err, "file"); err != nil {
			return err
		}
	} else if _, err := d.View.Banking().BankOrders(r.Context(), reader(r), ""); err != nil { // asks for the right to see the form
		return err
	}
	title := r.T("Import a statement")
	g := page.Group{f.Problems.summary()}
	if f.Changed != "" {
		g = append(g, page.WarningText{Text: f.Changed})
	}
	g = append(g, heading1(title),
		page.Paragraph{Text: r.T("Choose the file that the bank gave you, as it is. It is taken whole or not at all, and the same file twice changes nothing.")},
		page.Form{Action: "/desk/money/bank/import", Key: r.NewKey(), Files: true, HTML: page.Group{
			page.FileUpload{Name: "file", Label: page.Label{Text: r.T("Statement"), Classes: "govuk-label--s"}, Hint: page.Hint{Text: r.T("camt.053 (XML) or CSV, at most 25 MB")},
				ErrorMessage: f.Problems.at("file"), Attributes: page.Attributes{"accept": ".xml,.csv,text/xml,application/xml,text/csv"}},
			page.Button{Text: r.T("Import"), PreventDoubleClick: true},
		}},
		page.Details{SummaryText: r.T("How a CSV file must look"), HTML: page.Group{
			page.Paragraph{Text: r.T("In UTF-8, with these headings; booked and amount must be filled in, and a minus stands before what left:")},
			page.Paragraph{HTML: page.ID("booked,value,amount,currency,name,iban,reference,text,id")},
			page.Paragraph{HTML: page.ID("2026-04-01,2026-04-01,140.25,GBP,Rana Haddad,,RF712026000001,council tax,")},
		}})
	return d.showMoney(w, r, web.Page{Title: title, Status: f.status, Failed: f.Problems.any(), Asks: true, Content: g}, bankCrumb(r))
}

// takeStatement imports the file of the form and gives where to go on.
func (d *Desk) takeStatement(r *web.Request) (to string, err error) {
	_, files, done, err := r.ReadUpload()
	if err != nil {
		return "", err
	}
	defer done()
	if len(files) != 1 || files[0].Field != "file" {
		return "", fault.NewInvalid("Choose the file that the bank gave you")
	}
	if files[0].TooLarge {
		return "", fault.NewInvalid("The file is larger than 25 MB: ask the bank for statements of fewer days")
	}
	body := make([]byte, files[0].Body.Len())
	if _, err := files[0].Body.ReadAt(body, 0); err != nil && len(body) > 0 {
		return "", fault.NewInternal("reading an upload", err)
	}
	got, err := d.Flow.Banking().ImportStatement(r.Context(), r.Actor, flow.ImportStatement{Name: files[0].Name, Bytes: body})
	if err != nil {
		return "", err
	}
	told := "?done=imported"
	if got.Again || got.New == 0 {
		told = "?done=again"
	}
	if len(got.Statements) == 1 {
		return statementURL(got.Statements[0].ID, told), nil
	}
	return "/desk/money/bank" + told, nil
}
