package catalogue

import (
	"strconv"
	"time"

	"stoa/internal/calendar"
)

// profile is the application profile that Graph follows.
const profile = "http://data.europa.eu/r5r/"

// Graph says the catalogue in DCAT-AP 3.0.1.
func (c Catalogue) Graph() *Graph {
	g := &Graph{}
	at := IRI(c.URL)
	g.Is(at, "dcat:Catalog")
	g.Add(at, "dct:title", Words(c.Title)...)
	g.Add(at, "dct:description", Words(c.Summary)...)
	g.Add(at, "dct:publisher", g.agent(c.Publisher))
	g.link(at, "foaf:homepage", c.Homepage, "foaf:Document")
	g.language(at, c.Languages)
	g.license(at, c.Licence)
	g.place(at, c.Place)
	g.days(at, c.Issued, c.Modified)
	if scheme := IRI(authority + "data-theme"); len(c.Datasets) > 0 {
		g.Is(scheme, "skos:ConceptScheme")
		g.Add(scheme, "dct:title", In("Data theme", "en"))
		g.Add(at, "dcat:themeTaxonomy", scheme)
	}
	for _, t := range c.Themes {
		theme := g.concept("eutheme:"+t.ID, Words(t.Title)...)
		g.Add(theme, "skos:inScheme", IRI(authority+"data-theme"))
	}
	for _, s := range c.Series {
		g.series(c, s)
	}
	for _, d := range c.Datasets {
		g.Add(at, "dcat:dataset", IRI(d.URL))
		g.Add(at, "dcat:record", g.record(c, d))
		g.dataset(c, d)
	}
	g.api(at, c)
	return g
}

func (g *Graph) agent(a Agent) Term {
	at := IRI(a.URI)
	if g.Knows(at) {
		return at
	}
	g.Is(at, "foaf:Agent", "org:Organization")
	g.Add(at, "foaf:name", Words(a.Name)...)
	if a.Email != "" {
		g.Add(at, "foaf:mbox", IRI("mailto:"+a.Email))
	}
	return at
}

func (g *Graph) license(s Term, l Licence) {
	if l.URI == "" {
		return
	}
	at := IRI(l.URI)
	if !g.Knows(at) {
		g.Is(at, "dct:LicenseDocument")
		g.Add(at, "dct:title", Plain(l.Title))
		g.Add(at, "dct:identifier", Plain(l.ID))
	}
	g.Add(s, "dct:license", at)
}

func (g *Graph) days(s Term, issued, modified time.Time) {
	if !issued.IsZero() {
		g.Add(s, "dct:issued", Instant(issued))
	}
	if !modified.IsZero() {
		g.Add(s, "dct:modified", Instant(modified))
	}
}

func (g *Graph) public(s Term) {
	g.link(s, "dct:accessRights", authority+"access-right/PUBLIC", "dct:RightsStatement")
}

// record is the catalogue's own line about a dataset: since when it is listed, and in which profile.
func (g *Graph) record(c Catalogue, d Dataset) Term {
	at, newest := IRI(d.URL+"#record"), d.Issued
	if len(d.Versions) > 0 {
		newest = d.Versions[0].At
	}
	g.Is(at, "dcat:CatalogRecord")
	g.Add(at, "foaf:primaryTopic", IRI(d.URL))
	g.days(at, d.Issued, newest)
	g.language(at, c.Languages)
	g.link(at, "dct:conformsTo", profile, "dct:Standard")
	return at
}

// series gathers datasets; it covers the place, and is as often renewed as they are.
func (g *Graph) series(c Catalogue, s Series) {
	at := IRI(s.URL)
	g.Is(at, "dcat:DatasetSeries", "dcat:Resource")
	g.Add(at, "dct:title", Words(s.Title)...)
	g.Add(at, "dct:description", Words(s.Summary)...)
	g.Add(at, "dct:publisher", g.agent(c.Publisher))
	g.contact(at, c.Publisher)
	g.frequency(at, s.Frequency)
	g.place(at, c.Place)
}

func (g *Graph) frequency(s Term, code string) {
	if code != "" {
		g.link(s, "dct:accrualPeriodicity", "eufreq:"+code, "dct:Frequency")
	}
}

// dataset says a dataset, its files as they are now, and its versions.
func (g *Graph) dataset(c Catalogue, d Dataset) {
	at := IRI(d.URL)
	g.described(at, d)
	g.Add(at, "dct:identifier", Plain(d.URL))
	g.link(at, "dcat:landingPage", d.URL, "foaf:Document")
	if d.Series != "" {
		for _, s := range c.Series {
			if s.ID == d.Series {
				g.Add(at, "dcat:inSeries", IRI(s.URL))
			}
		}
	}
	if len(d.Versions) == 0 {
		return
	}
	newest := d.Versions[0]
	g.days(at, d.Issued, newest.At)
	g.Add(at, "dcat:version", Plain(strconv.Itoa(newest.Number)))
	g.Add(at, "dcat:hasCurrentVersion", IRI(newest.URL))
	for _, f := range newest.Files {
		g.Add(at, "dcat:distribution", g.distribution(c, d, newest, f))
	}
	for i, v := range d.Versions {
		g.Add(at, "dcat:hasVersion", IRI(v.URL))
		previous := ""
		if i+1 < len(d.Versions) {
			previous = d.Versions[i+1].URL
		}
		g.version(c, d, v, previous)
	}
}

// described is what a dataset and each of its versions have in common.
func (g *Graph) described(at Term, d Dataset) {
	g.Is(at, "dcat:Dataset", "dcat:Resource")
	g.Add(at, "dct:title", Words(d.Title)...)
	g.Add(at, "dct:description", Words(d.Summary)...)
	g.Add(at, "dct:publisher", g.agent(d.Owner))
	g.contact(at, d.Owner)
	g.keywords(at, d.Keywords)
	for _, t := range d.Themes {
		if theme := IRI("eutheme:" + t); g.Knows(theme) {
			g.Add(at, "dcat:theme", theme)
		}
	}
	g.frequency(at, d.Frequency)
	g.public(at)
	g.place(at, d.Place)
	if !d.From.IsZero() || !d.Until.IsZero() {
		period := g.Blank()
		g.Add(at, "dct:temporal", period)
		g.Is(period, "dct:PeriodOfTime")
		g.day(period, "dcat:startDate", d.From)
		g.day(period, "dcat:endDate", d.Until)
	}
	if d.Law != nil {
		g.law(at, "dcatap:applicableLegislation", *d.Law)
	}
}

func (g *Graph) day(s Term, predicate string, d calendar.Date) {
	if !d.IsZero() {
		g.Add(s, predicate, Typed(d.String(), "xsd:date"))
	}
}

func (g *Graph) version(c Catalogue, d Dataset, v Version, previous string) {
	at := IRI(v.URL)
	g.described(at, d)
	g.Add(at, "dct:identifier", Plain(v.URL))
	g.link(at, "dcat:landingPage", v.URL, "foaf:Document")
	g.days(at, v.At, v.At)
	g.Add(at, "dcat:version", Plain(strconv.Itoa(v.Number)))
	g.Add(at, "dcat:isVersionOf", IRI(d.URL))
	if previous != "" {
		g.Add(at, "dcat:previousVersion", IRI(previous))
	}
	if v.Note != "" {
		g.Add(at, "adms:versionNotes", Plain(v.Note))
	}
	for _, f := range v.Files {
		g.Add(at, "dcat:distribution", g.distribution(c, d, v, f))
	}
}

// distribution is a version in one format. The file never changes, so its sum is that of every copy.
func (g *Graph) distribution(c Catalogue, d Dataset, v Version, f File) Term {
	at := IRI(f.URL + "#distribution")
	if g.Knows(at) {
		return at
	}
	g.Is(at, "dcat:Distribution")
	g.Add(at, "dct:title", Plain(FormatTitle(f.Format)))
	g.resource(at, "dcat:accessURL", f.URL)
	g.resource(at, "dcat:downloadURL", f.URL)
	known := formats[f.Format]
	if known.file != "" {
		g.link(at, "dct:format", "eufile:"+known.file, "dct:MediaTypeOrExtent")
	}
	if known.media != "" {
		g.link(at, "dcat:mediaType", mediaType(known.media).value, "dct:MediaType")
	}
	if known.compress != "" {
		g.link(at, "dcat:compressFormat", mediaType(known.compress).value, "dct:MediaType")
	}
	if f.Bytes > 0 {
		g.Add(at, "dcat:byteSize", Typed(strconv.FormatInt(f.Bytes, 10), "xsd:nonNegativeInteger"))
	}
	if f.SHA256 != "" {
		sum, algorithm := g.Blank(), IRI("spdx:checksumAlgorithm_sha256")
		g.Add(at, "spdx:checksum", sum)
		g.Is(sum, "spdx:Checksum")
		g.Add(sum, "spdx:algorithm", algorithm)
		g.Is(algorithm, "spdx:ChecksumAlgorithm")
		g.Add(sum, "spdx:checksumValue", Typed(f.SHA256, "xsd:hexBinary"))
	}
	g.license(at, d.Licence)
	g.days(at, v.At, v.At)
	g.Add(at, "dcatap:availability", g.concept(authority+"planned-availability/STABLE", In("stable", "en")))
	g.link(at, "dct:conformsTo", v.Schema, "dct:Standard")
	g.Add(at, "dcat:accessService", IRI(c.API.URL))
	return at
}

// resource links to an address that says nothing of itself here.
func (g *Graph) resource(s Term, predicate, address string) {
	g.link(s, predicate, address, "rdfs:Resource")
}

func (g *Graph) api(catalog Term, c Catalogue) {
	if c.API.URL == "" {
		return
	}
	at := IRI(c.API.URL)
	g.Add(catalog, "dcat:service", at)
	g.Is(at, "dcat:DataService", "dcat:Resource")
	g.Add(at, "dct:title", Words(c.API.Title)...)
	g.Add(at, "dct:description", Words(c.API.Summary)...)
	g.Add(at, "dct:publisher", g.agent(c.Publisher))
	g.contact(at, c.Publisher)
	g.resource(at, "dcat:endpointURL", c.API.Asked)
	g.resource(at, "dcat:endpointDescription", c.API.About)
	g.license(at, c.Licence)
	g.public(at)
	for _, d := range c.Datasets {
		g.Add(at, "dcat:servesDataset", IRI(d.URL))
	}
}
