package document

import (
	"fmt"
	"strings"
)

// Attachment is a file that travels inside the PDF (ISO 32000-1, 7.11.4), as readers show it under the paper clip.
type Attachment struct {
	Name  string // letters, digits and -_.
	Type  string // media type
	About string // one sentence, in the reader's language
	Bytes []byte
}

// writeAttachments adds the files and gives what the catalog says of them. They stay uncompressed, so that a program which
// knows nothing of PDF finds its own file.
func writeAttachments(out *file, list []Attachment) string {
	if len(list) == 0 {
		return ""
	}
	var names []string
	var specs []ref
	for _, a := range list {
		subtype := strings.ReplaceAll(a.Type, "/", "#2F")
		data := out.plainStream(fmt.Sprintf(" /Type /EmbeddedFile /Subtype /%s /Params <</Size %d>>", subtype, len(a.Bytes)), a.Bytes)
		spec := out.add(fmt.Sprintf("<</Type /Filespec /F %s /UF %s /Desc %s /AFRelationship /Supplement /EF <</F %v /UF %v>>>>",
			pdfBytes(a.Name), pdfText(a.Name), pdfText(a.About), data, data))
		names = append(names, pdfBytes(a.Name)+" "+spec.String())
		specs = append(specs, spec)
	}
	return fmt.Sprintf(" /Names <</EmbeddedFiles <</Names [%s]>>>> /AF [%s]", strings.Join(names, " "), refs(specs))
}
