package view

import (
	"strings"

	"stoa/internal/catalogue"
	"stoa/internal/i18n"
	"stoa/internal/service"
)

// Catalogues is what other catalogues, search engines and programs are told of what is published here: in all languages at
// once, since they do not ask in one.
type Catalogues struct {
	*View
	words *i18n.Bundle
}

// Catalogues needs the words of all languages.
func (v *View) Catalogues(words *i18n.Bundle) Catalogues { return Catalogues{v, words} }

// readers are the same reader in each language of the place.
func (c Catalogues) readers(r Reader) (all []Reader) {
	for _, tag := range c.place().File.Languages {
		all = append(all, Reader{Actor: r.Actor, P: c.words.For(tag)})
	}
	return all
}

// say is a text of ours in every language of the place. The marks that keep directions apart on pages are left out: a
// catalogue says its language, and whoever shows it sees to that.
func (c Catalogues) say(r Reader, text func(Reader) string) i18n.Text {
	t := i18n.Text{}
	for _, in := range c.readers(r) {
		if s := isolates.Replace(text(in)); s != "" {
			t[in.P.Tag()] = s
		}
	}
	return t
}

var isolates = strings.NewReplacer("\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "")

// address makes a path of this site whole.
func (c Catalogues) address(path string) string { return c.Site.URL + path }

func textOf(t service.Text) i18n.Text { return i18n.Text(t.By) }

// government is the place's own body, which publishes whatever no single organisation does.
func (c Catalogues) government(r Reader) catalogue.Agent {
	file := c.place().File
	return catalogue.Agent{ID: file.Jurisdiction, URI: c.address("/contact#government"), Name: textOf(file.Name), Email: file.Contact.Email, Phone: file.Contact.Phone,
		Page: c.address("/contact"), Hours: textOf(file.Contact.Hours)}
}

// agent is an organisation, reached like the government where it has no contact of its own.
func (c Catalogues) agent(r Reader, id string) catalogue.Agent {
	all := c.government(r)
	o := organisation(c.place(), id)
	if o == nil {
		return all
	}
	a := catalogue.Agent{ID: id, URI: c.address("/contact#" + id), Name: textOf(o.Name), Email: o.Contact.Email, Phone: o.Contact.Phone,
		Page: all.Page, Hours: textOf(o.Contact.Hours)}
	if a.Email == "" && a.Phone == "" {
		a.Email, a.Phone = all.Email, all.Phone
	}
	if len(a.Hours) == 0 {
		a.Hours = all.Hours
	}
	return a
}

func (c Catalogues) area() catalogue.Place {
	return catalogue.Place{URI: c.address("/contact#area"), Name: textOf(c.place().File.Name)}
}

// source is a law, whose title is in the place's own language.
func (c Catalogues) source(id string, s service.SourceFile) catalogue.Source {
	l := lawOf(s)
	return catalogue.Source{ID: id, Title: i18n.Text{c.place().File.Languages[0]: l.Text}, URL: l.URL}
}
