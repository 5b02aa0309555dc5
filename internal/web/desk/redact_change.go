package desk

import (
	"fmt"
	"image"
	"net/url"
	"strconv"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/redact"
	"stoa/internal/view"
	"stoa/internal/web"
)

// changeRedaction reads a form of the page.
func (d *Desk) changeRedaction(r *web.Request, id string) (to string, err error) {
	if err := r.ReadForm(); err != nil {
		return "", err
	}
	in := flow.Redact{Document: id, Version: version(r), Key: r.Key()}
	step := flow.DocumentStep{Document: id, Version: in.Version, Key: in.Key}
	back := redactPath(id) + "?first=" + url.QueryEscape(r.Field("first"))
	all := d.Flow.Disclosure()
	switch r.Field("do") {
	case "find":
		in.Terms = filled(r.Field("terms"))
	case "passages":
		in.Add, err = passages(r.PostForm["passage"], r.Field("reason"))
	case "units":
		in.Add, err = d.wholeUnits(r, id)
	case "box":
		in.Add, err = box(r)
	case "put-back":
		for _, m := range r.PostForm["mark"] {
			n, bad := strconv.Atoi(m)
			if bad != nil {
				return "", fault.NewNotFound("")
			}
			in.PutBack = append(in.PutBack, n)
		}
	case "propose":
		return back + "&done=saved", all.ProposeRelease(r.Context(), r.Actor, step)
	case "withhold":
		if step.Reason = r.Field("reason"); step.Reason == "" {
			return "", fault.NewInvalid("Choose the exemption by which all of the document is held back")
		}
		return back + "&done=saved", all.ProposeRelease(r.Context(), r.Actor, step)
	case "reopen":
		return back + "&done=saved", all.Reopen(r.Context(), r.Actor, step)
	case "remove":
		p, err := d.View.Disclosure().Redaction(r.Context(), reader(r), view.RedactAsk{Document: id})
		if err != nil {
			return "", err
		}
		return disclosurePath(p.Head.ID) + "?done=saved", all.RemoveMaterial(r.Context(), r.Actor, step)
	default:
		return "", fault.NewNotFound("")
	}
	if err != nil {
		return "", err
	}
	return back, all.Redact(r.Context(), r.Actor, in)
}

// filled are the lines of a text that say something.
func filled(text string) []string {
	all := []string{}
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" {
			all = append(all, l)
		}
	}
	return all
}

// passages reads UNIT-FROM-TO.
func passages(list []string, reason string) ([]redact.Mark, error) {
	if len(list) == 0 {
		return nil, fault.NewInvalid("Tick what is to be taken out")
	}
	var all []redact.Mark
	for _, text := range list {
		m := redact.Mark{Reason: reason}
		if n, err := fmt.Sscanf(text, "%d-%d-%d", &m.Unit, &m.From, &m.To); n != 3 || err != nil {
			return nil, fault.NewNotFound("")
		}
		all = append(all, m)
	}
	return all, nil
}

// wholeUnits are the ticked lines, from their first letter to their last.
func (d *Desk) wholeUnits(r *web.Request, id string) ([]redact.Mark, error) {
	first, _ := strconv.Atoi(r.Field("first"))
	p, err := d.View.Disclosure().Redaction(r.Context(), reader(r), view.RedactAsk{Document: id, First: first})
	if err != nil {
		return nil, err
	}
	var list []string
	for _, ticked := range r.PostForm["unit"] {
		for _, u := range p.Units {
			if strconv.Itoa(u.Index) == ticked {
				list = append(list, fmt.Sprintf("%d-0-%d", u.Index, len([]rune(u.Text))))
			}
		}
	}
	return passages(list, r.Field("reason"))
}

func box(r *web.Request) ([]redact.Mark, error) {
	var n [4]int
	for i, name := range []string{"x", "y", "width", "height"} {
		var err error
		if n[i], err = strconv.Atoi(r.Field(name)); err != nil || n[i] < 0 || n[i] > 1<<20 {
			return nil, fault.NewInvalid("Write the place and the size of the rectangle as whole numbers of pixels")
		}
	}
	return []redact.Mark{{Box: image.Rect(n[0], n[1], n[0]+n[2], n[1]+n[3]), Reason: r.Field("reason")}}, nil
}
