package catalogue

import (
	"strconv"
)

// Graph says the services in CPSV-AP 3.2.
func (c Services) Graph() *Graph {
	g := &Graph{}
	at := IRI(c.URL)
	g.Is(at, "dcat:Dataset")
	g.Add(at, "dct:title", Words(c.Title)...)
	g.Add(at, "dct:description", Words(c.Summary)...)
	g.Add(at, "dct:publisher", g.authority(c, c.Publisher))
	g.link(at, "dcat:landingPage", c.URL, "foaf:Document")
	g.language(at, c.Languages)
	for _, s := range c.Services {
		g.Add(at, "dct:hasPart", IRI(s.URL))
		g.service(c, s)
	}
	return g
}

// authority is a public organisation in the words of both the organisation ontology and FOAF.
func (g *Graph) authority(c Services, a Agent) Term {
	at := IRI(a.URI)
	if g.Knows(at) {
		return at
	}
	g.Is(at, "cv:PublicOrganisation", "org:Organization", "foaf:Agent")
	g.Add(at, "dct:identifier", Plain(a.URI))
	g.Add(at, "dct:title", Words(a.Name)...)
	g.Add(at, "skos:prefLabel", Words(a.Name)...)
	g.place(at, c.Place)
	return at
}

func (g *Graph) service(c Services, s Service) {
	at := IRI(s.URL)
	g.Is(at, "cpsv:PublicService")
	g.Add(at, "dct:identifier", Plain(s.URL))
	g.Add(at, "dct:title", Words(s.Title)...)
	g.Add(at, "dct:description", Words(s.Summary)...)
	g.Add(at, "dct:isPartOf", IRI(c.URL))
	g.keywords(at, s.Keywords)
	g.language(at, c.Languages)
	g.Add(at, "cv:hasCompetentAuthority", g.authority(c, s.Owner))
	g.Add(at, "adms:status", g.concept("http://purl.org/adms/status/Completed", In("Completed", "en")))
	g.place(at, c.Place)
	for _, t := range s.Topics {
		g.Add(at, "cv:thematicArea", g.concept(t.URL, Words(t.Title)...))
	}
	for _, e := range s.Events {
		g.event(at, e)
	}
	if d := duration(s); d != "" {
		g.Add(at, "cv:processingTime", Typed(d, "xsd:duration"))
	}
	g.rules(at, s)
	g.needs(at, c, s)
	if len(s.Output) > 0 {
		out := IRI(s.URL + "#output")
		g.Is(out, "cv:Output")
		g.Add(out, "dct:identifier", Plain(out.value))
		g.Add(out, "dct:title", Words(s.Output)...)
		g.language(out, c.Languages)
		g.Add(at, "cpsv:produces", out)
	}
	g.channels(at, s)
	g.costs(at, s)
	g.contactPoint(at, s.Owner)
}

// event is something in somebody's life for which services are grouped.
func (g *Graph) event(s Term, e Topic) {
	at := IRI(e.URL)
	if !g.Knows(at) {
		kind := "cv:LifeEvent"
		if e.Business {
			kind = "cv:BusinessEvent"
		}
		g.Is(at, "cv:Event", kind)
		g.Add(at, "dct:identifier", Plain(e.URL))
		g.Add(at, "dct:title", Words(e.Title)...)
		g.Add(at, "dct:description", Words(e.Summary)...)
	}
	g.Add(at, "cv:hasRelatedService", s)
	g.Add(s, "cv:isGroupedBy", at)
}

// duration is how long it takes at most.
func duration(s Service) string {
	switch {
	case s.Months > 0 && s.Days > 0:
		return "P" + strconv.Itoa(s.Months) + "M" + strconv.Itoa(s.Days) + "D"
	case s.Months > 0:
		return "P" + strconv.Itoa(s.Months) + "M"
	case s.Days > 0:
		return "P" + strconv.Itoa(s.Days) + "D"
	}
	return ""
}

func ruleOf(s Service, law string) Term { return IRI(s.URL + "#rule-" + law) }

// rules are the laws by which the service is given, each with the resource that it stands in.
func (g *Graph) rules(at Term, s Service) {
	for _, l := range s.Laws {
		rule := ruleOf(s, l.ID)
		g.Is(rule, "cpsv:Rule")
		g.Add(rule, "dct:identifier", Plain(rule.value))
		g.Add(rule, "dct:title", Words(l.Title)...)
		g.Add(rule, "dct:description", Words(l.Title)...)
		g.law(rule, "cpsv:implements", l)
		g.Add(at, "cpsv:follows", rule)
		g.law(at, "cv:hasLegalResource", l)
	}
}

func (g *Graph) needs(at Term, c Services, s Service) {
	if len(s.Who) > 0 {
		who := IRI(s.URL + "#who")
		g.Is(who, "cv:Requirement")
		g.Add(who, "dct:identifier", Plain(who.value))
		g.Add(who, "dct:title", Words(s.Who)...)
		g.Add(at, "cv:holdsRequirement", who)
	}
	for i, n := range s.Needs {
		id := strconv.Itoa(i + 1)
		need := IRI(s.URL + "#need-" + id)
		g.Is(need, "cv:Requirement")
		g.Add(need, "dct:identifier", Plain(need.value))
		g.Add(need, "dct:title", Words(n.Title)...)
		if rule := ruleOf(s, n.Law); n.Law != "" && g.Knows(rule) {
			g.Add(need, "cv:fulfils", rule)
		}
		g.Add(at, "cv:holdsRequirement", need)
		if len(n.Evidence) == 0 {
			continue
		}
		evidence := IRI(s.URL + "#evidence-" + id)
		g.Is(evidence, "cv:Evidence")
		g.Add(evidence, "dct:identifier", Plain(evidence.value))
		g.Add(evidence, "dct:title", Words(n.Evidence)...)
		g.Add(evidence, "cv:supportsRequirement", need)
		g.language(evidence, c.Languages)
		g.Add(need, "cv:hasSupportingEvidence", evidence)
		g.Add(at, "cpsv:hasInput", evidence)
	}
}

func (g *Graph) channels(at Term, s Service) {
	for _, way := range s.Channels {
		ch := IRI(s.URL + "#channel-" + way.Kind)
		g.Is(ch, "cv:Channel")
		g.Add(ch, "dct:identifier", Plain(ch.value))
		g.Add(ch, "dct:description", Words(way.Title)...)
		g.Add(ch, "cv:ownedBy", IRI(s.Owner.URI))
		if way.URL != "" {
			g.Add(ch, "rdfs:seeAlso", IRI(way.URL))
		}
		if way.Kind == "desk" || way.Kind == "phone" {
			g.hours(ch, s.Owner)
		}
		g.Add(at, "cv:hasChannel", ch)
	}
}

func (g *Graph) hours(s Term, a Agent) {
	if len(a.Hours) == 0 {
		return
	}
	at := IRI(a.URI + "-hours")
	if !g.Knows(at) {
		g.Is(at, "time:TemporalEntity")
		g.Add(at, "dct:description", Words(a.Hours)...)
	}
	g.Add(s, "cv:openingHours", at)
}

func (g *Graph) costs(at Term, s Service) {
	for _, c := range s.Costs {
		cost := IRI(s.URL + "#cost-" + c.ID)
		g.Is(cost, "cv:Cost")
		g.Add(cost, "dct:identifier", Plain(cost.value))
		g.Add(cost, "dct:description", Words(c.Title)...)
		if c.Amount != "" {
			g.Add(cost, "cv:hasValue", Typed(c.Amount, "xsd:double"))
			g.Add(cost, "cv:currency", g.concept(authority+"currency/"+s.Currency, Plain(s.Currency)))
		}
		g.Add(cost, "cv:isDefinedBy", IRI(s.Owner.URI))
		g.Add(at, "cv:hasCost", cost)
	}
}

func (g *Graph) contactPoint(s Term, a Agent) {
	at := IRI(a.URI + "-contact")
	g.Add(s, "cv:contactPoint", at)
	if g.Knows(at) {
		return
	}
	g.Is(at, "cv:ContactPoint")
	if a.Email != "" {
		g.Add(at, "cv:email", Plain(a.Email))
	}
	if a.Phone != "" {
		g.Add(at, "cv:telephone", Plain(a.Phone))
	}
	g.link(at, "cv:contactPage", a.Page, "foaf:Document")
	g.hours(at, a)
}
