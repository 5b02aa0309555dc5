package page

// notOffered lists what we leave out on purpose: a whole component, or one
// fixture ("component: fixture") whose options our types do not have.
var notOffered = map[string]string{
	"accordion":      "details and separate pages do the same without scripts",
	"cookie-banner":  "there is nothing to consent to: only the session's own cookie is set",
	"exit-this-page": "leads to another site; a jurisdiction that needs it links from its own page",
	"footer":         "carries the crown and a licence that are not ours; Shell prints our own",
	"header":         "is the header of GOV.UK, whose name and logo are not ours",
	"tabs":           "a page with headings shows everything without scripts",

	"button: don't prevent double click": "prevention is on or absent; switching it off explicitly has no effect",

	"checkboxes: with falsy values":                                numbering,
	"radios: with falsy items":                                     numbering,
	"task-list: with empty values":                                 numbering,
	"pagination: with empty items":                                 numbering,
	"checkboxes: empty conditional":                                emptyMarkup,
	"radios: with empty conditional":                               emptyMarkup,
	"checkboxes: item checked overrides values":                    twoTruths,
	"radios: item checked overrides value":                         twoTruths,
	"select: item selected overrides value":                        twoTruths,
	"date-input: with field value and items":                       twoTruths,
	"date-input: with field value and item value":                  twoTruths,
	"panel: interruption, no actions items":                        "an empty row of actions is not printed",
	"error-message: translated":                                    errorWord,
	"error-message: visually hidden text removed":                  errorWord,
	"file-upload: with value":                                      "a file field's value cannot be set",
	"file-upload: enhanced":                                        dropZone,
	"file-upload: enhanced, multiple files":                        dropZone,
	"file-upload: translated":                                      dropZone,
	"file-upload: translated, no javascript enhancement":           dropZone,
	"file-upload: enhanced, with error message and hint":           dropZone,
	"file-upload: enhanced, custom wrapper classes and attributes": dropZone,
	"date-input: with field value, item value and values":          twoTruths,
	"date-input: with values, name prefix and custom names":        "a field's name says which of day, month and year it is",
	"date-input: with error on single field by omission":           byOmission,
	"date-input: with error on single item by omission":            byOmission,
}

const (
	numbering   = "our lists have no empty entries that count in the numbering"
	emptyMarkup = "markup is a component or nil, never an empty string"
	twoTruths   = "the same fact given twice with different values; ours is given once"
	errorWord   = "the word before an error is always said; its language comes with Words"
	dropZone    = "the drop zone needs a script and three kilobytes; the plain field does the same"
	byOmission  = "wrong fields are named, not left over"
)
