package blob

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"stoa/internal/fault"
)

// Type is a media type that we recognise by content.
type Type string

// The types that can be allowed.
const (
	PDF  Type = "application/pdf"
	JPEG Type = "image/jpeg"
	PNG  Type = "image/png"
	WebP Type = "image/webp"
	DOCX Type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	ODT  Type = "application/vnd.oasis.opendocument.text"
	Text Type = "text/plain"
	CSV  Type = "text/csv" // a text whose name says so: the content cannot
)

// The message keys of what Receive refuses. KeyTooLarge has the argument max, in bytes; KeyType has type, the one found
// ("" if unknown).
const (
	KeyEmpty    = "blob.empty"
	KeyTooLarge = "blob.too_large"
	KeyType     = "blob.type"
	KeyDamaged  = "blob.damaged" // cut off, or not what it says it is
)

// Limits are what the question that asks for the attachment allows.
type Limits struct {
	MaxBytes int64
	Types    []Type
}

// Meta is what the sender said about the bytes. The declared type is never believed; it is only compared.
type Meta struct {
	Name         string
	DeclaredType string
}

// Upload is an attachment that has been checked and stripped, and can be Put.
type Upload struct {
	name string
	kind Type
	data []byte
}

// Name, Type and Size describe what would be stored.
func (u *Upload) Name() string { return u.name }

// Type is the type by content.
func (u *Upload) Type() Type { return u.kind }

// Size is the number of bytes that would be stored.
func (u *Upload) Size() int64 { return int64(len(u.data)) }

// Receive reads an attachment up to the limit, recognises it by content, refuses what is not whole, and strips images.
// It holds the whole attachment in memory.
func Receive(r io.Reader, m Meta, l Limits) (*Upload, error) {
	data, err := io.ReadAll(io.LimitReader(r, l.MaxBytes+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fault.Wrap(err, fault.Invalid, KeyDamaged)
	case err != nil:
		return nil, fmt.Errorf("read an attachment: %w", err)
	case len(data) == 0:
		return nil, fault.NewInvalid(KeyEmpty)
	case int64(len(data)) > l.MaxBytes:
		return nil, fault.NewTooLarge(KeyTooLarge, "max", l.MaxBytes)
	}
	kind := sniff(data)
	if kind == "" && isText(data) {
		kind = textual(m.Name)
	}
	if !slices.Contains(l.Types, kind) {
		cause := fmt.Errorf("declared as %q, found %q", m.DeclaredType, kind)
		return nil, fault.Wrap(cause, fault.Invalid, KeyType, "type", string(kind))
	}
	if data, err = clean(kind, data); err == nil {
		err = checkPicture(kind, data)
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, KeyDamaged)
	}
	return &Upload{name: cleanName(m.Name), kind: kind, data: data}, nil
}

// sniff recognises a type by its first bytes, "" if it is none of ours.
func sniff(data []byte) Type {
	switch {
	case bytes.HasPrefix(data, []byte("%PDF-")):
		return PDF
	case bytes.HasPrefix(data, []byte{0xff, 0xd8, 0xff}):
		return JPEG
	case bytes.HasPrefix(data, []byte(pngSignature)):
		return PNG
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return WebP
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return sniffZip(data)
	}
	return ""
}

// isText reports whether bytes are text and nothing else: UTF-8 without controls but line ends, tabs and page breaks.
func isText(data []byte) bool {
	return utf8.Valid(data) && !bytes.ContainsFunc(data, func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\t\n\r\f", r) })
}

// textual is the kind of a text by its name.
func textual(name string) Type {
	if strings.EqualFold(path.Ext(name), ".csv") {
		return CSV
	}
	return Text
}

// Made is an upload of bytes that Stoa itself has written.
func Made(name string, kind Type, data []byte) *Upload {
	return &Upload{name: cleanName(name), kind: kind, data: data}
}

// Bytes are what would be stored.
func (u *Upload) Bytes() []byte { return u.data }

// sniffZip looks at an archive's names and at nothing compressed in it.
func sniffZip(data []byte) Type {
	// ODF 1.3 part 2, section 3.3: the first entry is "mimetype", neither compressed nor with extra fields.
	if len(data) > 38 && string(data[30:38]) == "mimetype" && bytes.HasPrefix(data[38:], []byte(ODT)) {
		if rest := data[38+len(ODT):]; bytes.HasPrefix(rest, []byte("PK")) {
			return ODT
		}
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		// Cut off: its first name still tells what it was meant to be.
		if len(data) > 49 && string(data[30:49]) == "[Content_Types].xml" {
			return DOCX
		}
		return ""
	}
	var types, document bool
	for _, f := range z.File {
		switch {
		case f.Name == "[Content_Types].xml":
			types = true
		case f.Name == "word/document.xml":
			document = true
		case strings.HasSuffix(f.Name, "vbaProject.bin"):
			return "" // a macro document under another name
		}
	}
	if types && document {
		return DOCX
	}
	return ""
}

// clean checks that data is whole and takes out of images what is not the picture.
func clean(kind Type, data []byte) ([]byte, error) {
	switch kind {
	case JPEG:
		return stripJPEG(data)
	case PNG:
		return stripPNG(data)
	case WebP:
		return stripWebP(data)
	case PDF:
		// ISO 32000-1, annex H, implementation note 18: the end mark is within the last 1024 bytes.
		if !bytes.Contains(data[max(0, len(data)-1024):], []byte("%%EOF")) {
			return nil, errors.New("PDF without its end")
		}
	case DOCX, ODT:
		return data, checkArchive(data)
	}
	return data, nil
}

const maxName = 200

// cleanName keeps what a person recognises and nothing that a file system, a header or a terminal could mistake.
func cleanName(name string) string {
	name = strings.ToValidUTF8(name, "")
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`/:*?"<>|`, r) {
			return -1 // Cf holds the marks that turn the direction of text and so can hide a file's real ending
		}
		return r
	}, name)
	name = strings.Trim(name, ". ")
	for len(name) > maxName {
		_, size := utf8.DecodeRuneInString(name)
		name = name[size:] // from the front, so that the ending stays
	}
	if name == "" {
		return "attachment"
	}
	return name
}
