package disclosure

import (
	"context"
	"fmt"
	"path"
	"strconv"
	"strings"

	"stoa/internal/i18n"
	"stoa/internal/redact"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Found are the bytes of a document as it was found, before anything is taken out.
func (s *Store) Found(ctx context.Context, tx *store.Tx, d *Document) ([]byte, error) {
	if d.Original == "" {
		return []byte(d.Text), nil
	}
	_, data, err := s.Blobs.ReadAll(ctx, tx, d.Original)
	if err != nil {
		return nil, fmt.Errorf("reading a document: %w", err)
	}
	return data, nil
}

// Release builds what would be released of a document, in a language.
func (s *Store) Release(ctx context.Context, tx *store.Tx, of *service.Service, language string, d *Document) (*redact.Result, error) {
	data, err := s.Found(ctx, tx, d)
	if err != nil {
		return nil, err
	}
	return redact.Apply(d.Kind, data, d.Marks, s.frame(of, language, d))
}

func (s *Store) frame(of *service.Service, language string, d *Document) redact.Frame {
	p := s.Words.For(language)
	title := d.Title
	if title == "" {
		title = strings.TrimSuffix(d.Name, path.Ext(d.Name))
	}
	return redact.Frame{Title: title, Lang: p.Tag(), RTL: p.Dir() == "rtl",
		Note:  p.T("This is the text of a document of ours. Its pictures, layout and hidden parts are not taken over."),
		Page:  func(n int) string { return p.T("Page {n}", i18n.V{"n": strconv.Itoa(n)}) },
		Label: func(reason string) string { return Label(p, of, reason) }}
}

// Label stands where a passage stood: "[removed: section 40(2)]".
func Label(p *i18n.Printer, of *service.Service, reason string) string {
	return p.T("[removed: {section}]", i18n.V{"section": Section(of, reason)})
}

// Section is the section of the law on which an exemption rests; its id where the file knows it no more.
func Section(of *service.Service, exemption string) string {
	if of.Disclosure != nil {
		for _, c := range of.Disclosure.Exemptions {
			if c.ID == exemption {
				return of.Law[c.Law].Section
			}
		}
	}
	return exemption
}

// ReleasedName is the name of a released file: numbered, since the name under which a document was found may say too much.
func ReleasedName(number string, n int64, kind redact.Kind) string {
	ext := map[redact.Kind]string{redact.Text: "txt", redact.CSV: "csv", redact.PDF: "pdf", redact.PNG: "png", redact.JPEG: "jpg"}[kind]
	return fmt.Sprintf("%s-%d.%s", number, n, ext)
}
