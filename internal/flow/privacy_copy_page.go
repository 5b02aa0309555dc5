package flow

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"strings"

	"stoa/internal/i18n"
)

// copyPage is data.json as a page that any browser shows: the same facts in the same order, with headings.
func copyPage(p *i18n.Printer, raw []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var b strings.Builder
	title := html.EscapeString(p.T("Everything that is held of you"))
	fmt.Fprintf(&b, "<!doctype html>\n<html lang=%q dir=%q>\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>%s</title>\n", p.Tag(), p.Dir(), title)
	b.WriteString("<style>body{font:1.1rem/1.5 sans-serif;max-width:50rem;margin:1rem auto;padding:0 1rem}dt{font-weight:bold}dd,ul,ol{margin-inline-start:1rem;overflow-wrap:anywhere}</style></head>\n")
	fmt.Fprintf(&b, "<body><h1>%s</h1>\n", title)
	if err := writeValue(&b, d, 0); err != nil {
		return nil, fmt.Errorf("writing a copy as a page: %w", err)
	}
	b.WriteString("</body></html>\n")
	return []byte(b.String()), nil
}

// writeValue writes the next value of JSON: an object as terms with what they hold, a list as a list.
func writeValue(b *strings.Builder, d *json.Decoder, depth int) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	open, is := token.(json.Delim)
	if !is {
		if token != nil {
			b.WriteString(strings.ReplaceAll(html.EscapeString(fmt.Sprint(token)), "\n", "<br>"))
		}
		return nil
	}
	around, end := "dl", "</dd>\n"
	if open == '[' {
		around, end = "ol", "</li>\n"
	}
	b.WriteString("<" + around + ">\n")
	for d.More() {
		if open == '[' {
			b.WriteString("<li>")
		} else {
			name, err := d.Token()
			if err != nil {
				return err
			}
			word := html.EscapeString(strings.ReplaceAll(fmt.Sprint(name), "_", " "))
			if depth == 0 {
				word = "<h2>" + word + "</h2>"
			}
			b.WriteString("<dt>" + word + "</dt><dd>")
		}
		if err := writeValue(b, d, depth+1); err != nil {
			return err
		}
		b.WriteString(end)
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	b.WriteString("</" + around + ">\n")
	return nil
}
