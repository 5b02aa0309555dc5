package view

import (
	"cmp"
	"context"
	"slices"

	"stoa/internal/service"
)

// The facets by which datasets are narrowed down.
const (
	ByOrganisation = "organisation"
	ByTheme        = "theme"
	ByFormat       = "format"
	ByFrequency    = "frequency"
	ByLicence      = "licence"
)

// Facets lists them in the order of the page.
func Facets() []string {
	return []string{ByTheme, ByOrganisation, ByFormat, ByFrequency, ByLicence}
}

// The orders of datasets.
const (
	SortRelevance = "relevance"
	SortNewest    = "newest"
	SortTitle     = "title"
)

// DataQuery is what is looked for. Its zero value finds everything, the newest first.
type DataQuery struct {
	Words  string
	Chosen map[string]string // by facet
	Sort   string
	Page   int // 1 where it is less
}

// DataList is what was found.
type DataList struct {
	DataQuery
	Lines  []DatasetLine // of the page
	Found  int           // on all pages
	All    int           // there are, whatever is looked for
	Last   int           // page
	Facets []Facet
	Nearby []DatasetLine // where nothing is found: what the words alone find
}

// Facet is one way to narrow down.
type Facet struct {
	ID, Title string
	Values    []FacetValue
}

// FacetValue is a value with how many datasets are found by it, beside all else that is looked for.
type FacetValue struct {
	Value, Text string
	Count       int
	Chosen      bool
}

const datasetsOnPage = 20

// Find searches the datasets by words in their titles, descriptions, columns and keywords.
func (d Data) Find(ctx context.Context, r Reader, q DataQuery) (DataList, error) {
	known, err := d.known(ctx, r)
	if err != nil {
		return DataList{}, err
	}
	list := DataList{DataQuery: q, All: len(known)}
	matching := d.matching(r, known, q.Words)
	if q.Sort == "" || q.Sort == SortRelevance && q.Words == "" {
		q.Sort = SortNewest
		if q.Words != "" {
			q.Sort = SortRelevance
		}
		list.Sort = q.Sort
	}
	switch q.Sort {
	case SortNewest:
		slices.SortStableFunc(matching, func(a, b DatasetLine) int {
			return cmp.Or(b.changed.Compare(a.changed), compareText(a.Title, b.Title))
		})
	case SortTitle:
		slices.SortStableFunc(matching, func(a, b DatasetLine) int { return compareText(a.Title, b.Title) })
	}
	list.Facets = facets(r, matching, q.Chosen)
	found := narrow(matching, q.Chosen, "")
	list.Found = len(found)
	list.Last = max((len(found)+datasetsOnPage-1)/datasetsOnPage, 1)
	list.Page = min(max(q.Page, 1), list.Last)
	from := (list.Page - 1) * datasetsOnPage
	list.Lines = found[from:min(from+datasetsOnPage, len(found))]
	if len(found) == 0 && len(q.Chosen) > 0 {
		list.Nearby = matching[:min(len(matching), 5)]
	}
	return list, nil
}

// FindByWords is for the site's own search: the few that fit best.
func (d Data) FindByWords(ctx context.Context, r Reader, words string, most int) ([]DatasetLine, error) {
	known, err := d.known(ctx, r)
	if err != nil || words == "" {
		return nil, err
	}
	found := d.matching(r, known, words)
	return found[:min(len(found), most)], nil
}

// matching are those that fit the words, best first; all where there are none.
func (d Data) matching(r Reader, known []DatasetLine, words string) []DatasetLine {
	if words == "" {
		return slices.Clone(known)
	}
	index := d.dataIndex(r)
	place := map[string]DatasetLine{}
	for _, l := range known {
		place[l.ID] = l
	}
	var list []DatasetLine
	for _, at := range index.places(words) {
		if l, ok := place[d.place().Datasets[at].Dataset]; ok {
			list = append(list, l)
		}
	}
	return list
}

// dataIndex is of the datasets in force, in their order.
func (d Data) dataIndex(r Reader) *wordIndex {
	d.search.mu.Lock()
	defer d.search.mu.Unlock()
	j, language := d.search.begin(d.place()), r.P.Tag()
	if d.search.data[language] == nil {
		x := &wordIndex{}
		for _, set := range j.Datasets {
			x.words = append(x.words, r.datasetWords(j, set))
		}
		x.weigh()
		d.search.data[language] = x
	}
	return d.search.data[language]
}

func (r Reader) datasetWords(j *service.Jurisdiction, set *service.Dataset) map[string]float64 {
	words := map[string]float64{}
	add := func(text string, weight float64) {
		for _, w := range foldAll(text) {
			words[w] = max(words[w], weight)
		}
	}
	add(r.words(j, set.Title), inTitle)
	for _, k := range set.Keywords[r.P.Tag()] {
		add(k, inKeywords)
	}
	add(r.words(j, set.Summary), inSummary)
	add(r.organisationName(j, set.Organisation), inSummary)
	for _, t := range set.Themes {
		add(r.theme(t), inTopic)
	}
	for _, c := range set.Fields {
		add(r.words(j, c.Title), inTopic)
		add(c.ID, inTopic)
		add(r.words(j, c.About), inQuestion)
	}
	return words
}

// narrow keeps those that have all chosen values, without looking at the facet beside.
func narrow(list []DatasetLine, chosen map[string]string, beside string) []DatasetLine {
	var kept []DatasetLine
	for _, l := range list {
		fits := true
		for facet, value := range chosen {
			fits = fits && (facet == beside || slices.Contains(l.keys[facet], value))
		}
		if fits {
			kept = append(kept, l)
		}
	}
	return kept
}

func facets(r Reader, list []DatasetLine, chosen map[string]string) []Facet {
	titles := map[string]string{ByOrganisation: r.P.T("Responsible"), ByTheme: r.P.T("Theme"), ByFormat: r.P.T("Format"),
		ByFrequency: r.P.T("How often"), ByLicence: r.P.T("Licence")}
	var all []Facet
	for _, id := range Facets() {
		f := Facet{ID: id, Title: titles[id]}
		at := map[string]int{}
		for _, l := range narrow(list, chosen, id) {
			for _, value := range l.keys[id] {
				i, seen := at[value]
				if !seen {
					i = len(f.Values)
					at[value] = i
					f.Values = append(f.Values, FacetValue{Value: value, Text: l.says(r, id, value), Chosen: chosen[id] == value})
				}
				f.Values[i].Count++
			}
		}
		if value := chosen[id]; value != "" {
			if _, seen := at[value]; !seen { // so that it can be taken off
				f.Values = append(f.Values, FacetValue{Value: value, Text: DatasetLine{}.says(r, id, value), Chosen: true})
			}
		}
		slices.SortStableFunc(f.Values, func(a, b FacetValue) int { return cmp.Or(b.Count-a.Count, compareText(a.Text, b.Text)) })
		all = append(all, f)
	}
	return all
}

// says is a value of a facet in words.
func (l DatasetLine) says(r Reader, facet, value string) string {
	switch {
	case facet == ByTheme:
		return r.theme(value)
	case facet == ByFrequency:
		return r.frequency(value)
	case facet == ByLicence:
		return r.licence(value).Title
	case facet == ByFormat:
		return formatNamed(value)
	case l.Organisation != "":
		return l.Organisation
	}
	return value
}
