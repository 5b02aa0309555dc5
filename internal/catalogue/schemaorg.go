package catalogue

import (
	"encoding/json"
	"strconv"
	"time"
)

// SchemaDataset is a dataset in the words of schema.org, in one language, for a page about it: the newest of its versions,
// or the only one it is given. It may stand in a script element: encoding/json writes no <.
func SchemaDataset(d Dataset, language string) ([]byte, error) {
	o := object{
		{"@context", "https://schema.org"}, {"@type", "Dataset"}, {"@id", d.URL}, {"url", d.URL}, {"identifier", d.URL},
		{"name", d.Title.In(language)}, {"description", d.Summary.In(language)}, {"inLanguage", language},
		{"isAccessibleForFree", true},
		{"publisher", organisation(d.Owner, language)}, {"creator", organisation(d.Owner, language)},
	}
	if d.Licence.URI != "" {
		o = append(o, member{"license", d.Licence.URI})
	}
	if words := d.Keywords[language]; len(words) > 0 {
		o = append(o, member{"keywords", words})
	}
	if len(d.Place.Name) > 0 {
		o = append(o, member{"spatialCoverage", object{{"@type", "Place"}, {"name", d.Place.Name.In(language)}}})
	}
	if !d.From.IsZero() && !d.Until.IsZero() {
		o = append(o, member{"temporalCoverage", d.From.String() + "/" + d.Until.String()})
	}
	if !d.Issued.IsZero() {
		o = append(o, member{"datePublished", d.Issued.UTC().Format(time.RFC3339)})
	}
	var measured []any
	for _, c := range d.Columns {
		m := object{{"@type", "PropertyValue"}, {"name", c.ID}, {"alternateName", c.Title.In(language)}}
		if about := c.About.In(language); about != "" {
			m = append(m, member{"description", about})
		}
		if c.Unit != "" {
			m = append(m, member{"unitText", c.Unit})
		}
		measured = append(measured, m)
	}
	if len(measured) > 0 {
		o = append(o, member{"variableMeasured", measured})
	}
	if len(d.Versions) > 0 {
		v := d.Versions[0]
		o = append(o, member{"version", strconv.Itoa(v.Number)}, member{"dateModified", v.At.UTC().Format(time.RFC3339)})
		var files []any
		for _, f := range v.Files {
			file := object{{"@type", "DataDownload"}, {"name", FormatTitle(f.Format)}, {"contentUrl", f.URL}}
			if media := formats[f.Format].media; media != "" {
				file = append(file, member{"encodingFormat", media})
			}
			if f.Bytes > 0 {
				file = append(file, member{"contentSize", strconv.FormatInt(f.Bytes, 10) + " B"})
			}
			if f.SHA256 != "" {
				file = append(file, member{"sha256", f.SHA256})
			}
			files = append(files, file)
		}
		if len(files) > 0 {
			o = append(o, member{"distribution", files})
		}
	}
	return json.Marshal(o)
}

// SchemaService is a service in the words of schema.org, in one language, for its page.
func SchemaService(s Service, place Place, language string) ([]byte, error) {
	o := object{
		{"@context", "https://schema.org"}, {"@type", "GovernmentService"}, {"@id", s.URL}, {"url", s.URL},
		{"name", s.Title.In(language)}, {"description", s.Summary.In(language)},
		{"serviceOperator", organisation(s.Owner, language)}, {"provider", organisation(s.Owner, language)},
		{"areaServed", object{{"@type", "AdministrativeArea"}, {"name", place.Name.In(language)}}},
	}
	if who := s.Who.In(language); who != "" {
		o = append(o, member{"audience", object{{"@type", "Audience"}, {"audienceType", who}}})
	}
	if out := s.Output.In(language); out != "" {
		o = append(o, member{"serviceOutput", object{{"@type", "GovernmentPermit"}, {"name", out}}})
	}
	var ways, offers []any
	for _, c := range s.Channels {
		way := object{{"@type", "ServiceChannel"}, {"name", c.Title.In(language)}}
		if c.URL != "" {
			way = append(way, member{"serviceUrl", c.URL})
		}
		if c.Kind == "phone" && s.Owner.Phone != "" {
			way = append(way, member{"servicePhone", object{{"@type", "ContactPoint"}, {"telephone", s.Owner.Phone}}})
		}
		ways = append(ways, way)
	}
	if len(ways) > 0 {
		o = append(o, member{"availableChannel", ways})
	}
	for _, c := range s.Costs {
		if c.Amount != "" {
			offers = append(offers, object{{"@type", "Offer"}, {"name", c.Title.In(language)}, {"price", c.Amount}, {"priceCurrency", s.Currency}})
		}
	}
	if len(offers) > 0 {
		o = append(o, member{"offers", offers})
	}
	return json.Marshal(o)
}

func organisation(a Agent, language string) object {
	o := object{{"@type", "GovernmentOrganization"}, {"@id", a.URI}, {"name", a.Name.In(language)}}
	contact := object{{"@type", "ContactPoint"}, {"contactType", "customer service"}}
	if a.Email != "" {
		contact = append(contact, member{"email", a.Email})
	}
	if a.Phone != "" {
		contact = append(contact, member{"telephone", a.Phone})
	}
	if len(contact) > 2 {
		o = append(o, member{"contactPoint", contact})
	}
	return o
}
