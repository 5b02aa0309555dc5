package catalogue

import "strings"

// Codes and labels of the EU Publications Office's authority tables, and media types as IANA registers them. Where a
// table has no code for something, nothing is said: a made-up address would be worse than none.

const authority = "http://publications.europa.eu/resource/authority/"

// ThemeTitle is the authority's label of a data theme, in English; "" for none.
func ThemeTitle(id string) string { return themes[id] }

var themes = map[string]string{
	"AGRI": "Agriculture, fisheries, forestry and food",
	"ECON": "Economy and finance",
	"EDUC": "Education, culture and sport",
	"ENER": "Energy",
	"ENVI": "Environment",
	"GOVE": "Government and public sector",
	"HEAL": "Health",
	"INTR": "International issues",
	"JUST": "Justice, legal system and public safety",
	"REGI": "Regions and cities",
	"SOCI": "Population and society",
	"TECH": "Science and technology",
	"TRAN": "Transport",
}

// languages are the codes of languages that interfaces may have.
var languages = map[string]string{
	"am": "AMH", "ar": "ARA", "az": "AZE", "bg": "BUL", "bn": "BEN", "bs": "BOS", "ca": "CAT", "cs": "CES", "cy": "CYM", "da": "DAN",
	"de": "DEU", "el": "ELL", "en": "ENG", "es": "SPA", "et": "EST", "eu": "EUS", "fa": "FAS", "fi": "FIN", "fr": "FRA", "ga": "GLE",
	"gd": "GLA", "gl": "GLG", "he": "HEB", "hi": "HIN", "hr": "HRV", "hu": "HUN", "hy": "HYE", "id": "IND", "is": "ISL", "it": "ITA",
	"ja": "JPN", "ka": "KAT", "kk": "KAZ", "ko": "KOR", "lb": "LTZ", "lt": "LIT", "lv": "LAV", "mk": "MKD", "mn": "MON", "mt": "MLT",
	"ne": "NEP", "nl": "NLD", "no": "NOR", "pl": "POL", "pt": "POR", "ro": "RON", "ru": "RUS", "sk": "SLK", "sl": "SLV", "so": "SOM",
	"sq": "SQI", "sr": "SRP", "sv": "SWE", "sw": "SWA", "ta": "TAM", "th": "THA", "ti": "TIR", "tr": "TUR", "uk": "UKR", "ur": "URD",
	"vi": "VIE", "zh": "ZHO",
}

// languageOf is the authority's address for a language tag.
func languageOf(tag string) (Term, bool) {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	code, ok := languages[base]
	return IRI("eulang:" + code), ok
}

// format is how a file is named in the tables.
type format struct {
	file     string // authority file-type
	media    string // at IANA; "" where none is registered
	compress string // at IANA
	title    string
}

// formats: JSON Lines has no registered media type and no file type of its own; as a file type it is JSON.
var formats = map[string]format{
	"csv":     {"CSV", "text/csv", "", "CSV"},
	"csv.gz":  {"CSV", "text/csv", "application/gzip", "CSV (gzip)"},
	"jsonl":   {"JSON", "", "", "JSON Lines"},
	"parquet": {"PARQUET", "application/vnd.apache.parquet", "", "Parquet"},
	"geojson": {"GEOJSON", "application/geo+json", "", "GeoJSON"},
}

func mediaType(name string) Term {
	return IRI("https://www.iana.org/assignments/media-types/" + name)
}

// FormatTitle names a format as people write it, in every language alike.
func FormatTitle(id string) string {
	if f, ok := formats[id]; ok {
		return f.title
	}
	return strings.ToUpper(id)
}

// KnowsFormat reports whether files of the format can be told of.
func KnowsFormat(id string) bool { _, ok := formats[id]; return ok }

// MediaType is the type at IANA of what a file in the format holds when it is unpacked; "" where none is registered.
func MediaType(id string) string { return formats[id].media }
