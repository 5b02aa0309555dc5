package site

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/proof"
	"stoa/internal/scan"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// checked is what /verify answers.
type checked struct {
	number  string
	problem string // what was sent is nothing that can be checked
	missing string // no such number
	result  page.Component
}

// check is /verify: whatever somebody was shown is scanned, uploaded, pasted or typed, and said in plain words to be what it is.
func (s *Site) check(w http.ResponseWriter, r *web.Request) error {
	number := r.Query("number")
	if number == "" {
		return s.showCheck(w, r, checked{})
	}
	id, err := s.View.FindByNumber(r.Context(), reader(r), number)
	if fault.KindOf(err) == fault.NotFound {
		return s.showCheck(w, r, checked{number: number, missing: r.T("We know no licence with the number “{number}”. Check it, letter by letter.", i18n.V{"number": number})})
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, "/verify/"+id)
}

func (s *Site) showCheck(w http.ResponseWriter, r *web.Request, c checked) error {
	title := r.T("Check a licence or a proof")
	form, err := s.checkForm(r, c.problem)
	if err != nil {
		return err
	}
	g := page.Group{}
	if c.problem != "" {
		g = append(g, summary(r, []view.Problem{{Anchor: "check-file", Text: c.problem}}))
	}
	g = append(g, heading1("", title), c.result, form, h2(r.T("Check a licence by its number")))
	if c.missing != "" {
		g = append(g, page.WarningText{Text: c.missing})
	}
	g = append(g, page.SearchBox{Action: "/verify", Name: "number", Label: r.T("Number on the licence"), Value: c.number, Button: r.T("Check")}, s.walletForm(r))
	return r.Render(w, web.Page{Title: title, Failed: c.problem != "", Area: "registers", Content: column(g...), Verifies: true})
}

// checkForm takes anything; where scripts run, the visitor's own browser reads codes and checks proofs, and nothing is sent.
func (s *Site) checkForm(r *web.Request, problem string) (page.Component, error) {
	keys, err := s.View.LogPages().Keys(r.Context())
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	var logs, witnesses []string
	for _, k := range keys {
		logs = append(logs, k.String())
	}
	for _, k := range s.View.Log.Witnesses {
		witnesses = append(witnesses, k.String())
	}
	found := page.Component(nil)
	if at := r.Asset("verifier.wasm"); at != "" && len(logs) > 0 {
		found = verifier(at, r.Asset("scan.js"), strings.Join(logs, " "), strings.Join(witnesses, " "), verifyWords(r))
	}
	return page.Group{
		page.Heading{Text: r.T("Scan, upload or paste"), ID: "proof"},
		body(r.T("Were you shown a licence, a copy from a register, a letter or a receipt? Scan its code, take a photo of it, or choose the file that you were sent. You see whether it comes from us, whether it was changed, and whether it is in force.")),
		page.Form{Action: "/verify", Key: r.NewKey(), Files: true, HTML: page.Group{
			page.FileUpload{Name: "file", ID: "check-file", Label: page.Label{Text: r.T("File or photo")}, ErrorMessage: page.ErrorMessage{Text: problem},
				Hint: page.Hint{Text: r.T("A PDF, a photo (JPEG or PNG) on which the code is large and sharp, a proof that ends in .tlog-proof, or a licence out of a wallet.")}},
			page.Textarea{Name: "text", ID: "check-text", Rows: 3, Spellcheck: "false", Label: page.Label{Text: r.T("Or paste what you were sent")},
				Hint: page.Hint{Text: r.T("The text of a code or of a licence out of a wallet, an address, or a number.")}},
			page.Button{Text: r.T("Check it"), ID: "check"}, found,
		}},
	}, nil
}

// checkGiven is POST /verify. Nothing of what is sent is kept.
func (s *Site) checkGiven(w http.ResponseWriter, r *web.Request) error {
	w.Header().Set("Cache-Control", "no-store") // it shows what somebody else has shown
	form, files, done, err := r.ReadUpload()
	if done != nil {
		defer done()
	}
	if err != nil {
		return err
	}
	given, look := []byte(strings.TrimSpace(form.Get("text"))), s.judge
	for _, f := range files {
		if f.Field != "file" || f.Body.Size() == 0 && !f.TooLarge {
			continue
		}
		if f.TooLarge {
			return s.showCheck(w, r, checked{problem: r.T("This file is too large. Send a smaller photo, of the code alone")})
		}
		given = make([]byte, f.Body.Len())
		if _, err := f.Body.Read(given); err != nil {
			return fault.NewInternal("reading what is to be checked", err)
		}
		if strings.HasSuffix(f.Name, ".tlog-proof") { // whatever is left of it
			look = s.judgeProof
		}
	}
	if len(given) == 0 {
		return s.showCheck(w, r, checked{problem: r.T("Choose a file or a photo, or paste a text")})
	}
	c, to, err := look(r, given)
	if said, ok := r.Say(err, fault.Invalid); ok {
		return s.showCheck(w, r, checked{problem: said})
	}
	if err != nil {
		return err
	}
	if to != "" {
		return r.Redirect(w, to)
	}
	return s.showCheck(w, r, c)
}

// judge finds out what something is. to is the page where that is said, if there is one.
func (s *Site) judge(r *web.Request, given []byte) (c checked, to string, err error) {
	if !proves(given) && scan.IsPicture(given) { // first of all: among the bytes of a picture there is everything
		return s.judgePicture(r, given)
	}
	c, to, ok, err := s.judgeText(r, given)
	if !ok && err == nil {
		c.problem = r.T("This is nothing that we can check. Send the PDF itself, a photo of the code, or the whole text")
	}
	return c, to, err
}

func (s *Site) judgePicture(r *web.Request, given []byte) (c checked, to string, err error) {
	texts, err := s.scan(r, given)
	if err != nil {
		return c, "", err
	}
	if len(texts) == 0 {
		return checked{problem: r.T("We find no code on this picture. Take it again: closer, sharp, without shadow, with the white margin around the code")}, "", nil
	}
	// Of several codes on a paper the one that holds a proof says most.
	for _, text := range texts {
		if proves([]byte(text)) {
			texts = []string{text}
		}
	}
	for _, text := range texts {
		if c, to, ok, err := s.judgeText(r, []byte(text)); ok || err != nil {
			return c, to, err
		}
	}
	return checked{result: notOurs(r, texts[0])}, "", nil
}

func proves(given []byte) bool { return proof.IsPaper(given) || proof.IsBundle(proof.Carried(given)) }

func (s *Site) judgeProof(r *web.Request, given []byte) (c checked, to string, err error) {
	c, err = s.prove(r, given)
	return c, "", err
}

// scanning bounds how many pictures are unpacked at once: each is some hundred megabytes.
var scanning = make(chan struct{}, 2)

func (s *Site) scan(r *web.Request, picture []byte) ([]string, error) {
	select {
	case scanning <- struct{}{}:
		defer func() { <-scanning }()
		return scan.Codes(r.Context(), picture)
	case <-r.Context().Done():
		return nil, fault.Wrap(r.Context().Err(), fault.Unavailable, "")
	}
}

// judgeText judges what says by itself what it is: a proof, an address of ours, a credential, a number. ok is false for
// anything else.
func (s *Site) judgeText(r *web.Request, given []byte) (c checked, to string, ok bool, err error) {
	if proves(given) {
		c, err = s.prove(r, given)
		return c, "", true, err
	}
	const longest = 300 // of an address or a number
	if text := string(given); len(text) <= longest {
		if u, err := url.Parse(text); err == nil && (u.Scheme == "https" || u.Scheme == "http") {
			if !strings.HasPrefix(text, r.URLOf("/")) {
				return checked{result: notOurs(r, text)}, "", true, nil
			}
			return c, u.EscapedPath(), true, nil
		}
		id, err := s.View.FindByNumber(r.Context(), reader(r), text)
		if err == nil {
			return c, "/verify/" + id, true, nil
		}
		if fault.KindOf(err) != fault.NotFound {
			return c, "", false, err
		}
	}
	if len(given) > proof.MaxBundle {
		return c, "", false, nil // larger than any credential
	}
	p, ok, err := s.View.Credentials().CheckCredential(r.Context(), reader(r), given)
	if ok && err == nil {
		c.result = credentialSays(r, p)
	}
	return c, "", ok, err
}

// prove holds a proof to our own keys, and says how what it proves stands today.
func (s *Site) prove(r *web.Request, given []byte) (c checked, err error) {
	p, err := s.View.LogPages().Prove(r.Context(), reader(r), given)
	var failure *proof.Failure
	switch {
	case errors.As(err, &failure):
		c.result = page.StatusPanel{Label: r.T("Proof"), Status: r.T("The proof does not hold"), Tone: page.Bad, Heading: 2,
			Text: reader(r).Failing(err), HTML: aside(failure.What)}
		return c, nil
	case fault.KindOf(err) == fault.NotFound:
		return checked{problem: r.T("This is a proof, and no public log is kept here that it could be held to")}, nil
	case err != nil:
		return c, err
	}
	today, err := s.View.LogPages().Stands(r.Context(), reader(r), p)
	if err != nil {
		return c, err
	}
	panel := page.StatusPanel{Label: p.Kind, Status: r.T("The proof holds"), Tone: page.Good, Heading: 2,
		Text: r.T("It is in the public log, as number {number}.", i18n.V{"number": itoa64(p.Index)})}
	g := page.Group{}
	if today.State != "" {
		panel.Status, panel.Tone = standing(r, today.State), tone(today.State)
		panel.Text = r.T("The proof holds. In the register we looked today, {date}.", i18n.V{"date": today.Day})
	}
	if today.Changed {
		g = append(g, page.WarningText{Text: r.T("The register was changed after this proof was made. Look up what it says now.")})
	}
	g = append(g, body(r.T("Compare this with what you were shown, word by word. Only what stands here is proved, and it says how things stood then.")), leafFacts(r, p))
	if today.URL != "" {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("See how it stands today"), URL: today.URL}})
	}
	c.result = append(page.Group{panel}, g...)
	return c, nil
}

// notOurs is a code that leads elsewhere, or says something that nobody signed here.
func notOurs(r *web.Request, text string) page.Component {
	const most = 200
	if cut := []rune(text); len(cut) > most {
		text = string(cut[:most]) + "…"
	}
	return page.Group{
		page.StatusPanel{Label: r.T("Code"), Status: r.T("This is not from us"), Tone: page.Bad, Heading: 2,
			Text: r.T("Whoever showed it to you may have made it themselves. Do not rely on it, and do not follow it.")},
		page.SummaryList{Rows: []page.SummaryRow{{Key: page.Cell{Text: r.T("The code says")}, Value: page.Cell{HTML: page.ID(text)}}}},
	}
}
