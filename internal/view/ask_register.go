package view

import "stoa/internal/i18n"

// ofAssistant is the assistant in the register of algorithms.
func (o Open) ofAssistant(r Reader) AlgorithmPage {
	j := o.v.place()
	questions := 0
	for _, s := range j.Services {
		questions += len(s.Asked)
	}
	organisation := ""
	if a := j.File.Assistant; a != nil && a.HandOver != nil {
		if s := serviceNamed(j, a.HandOver.Service); s != nil {
			organisation = r.organisationName(j, s.Organisation)
		}
	}
	p := AlgorithmPage{AlgorithmLine: AlgorithmLine{ID: ownMethod + ".assistant", Title: r.P.T("The assistant"), Organisation: organisation,
		What: r.P.T("Finds what answers a question among what is published, and quotes it.")},
		Purpose:  r.P.T("People get an answer at once, in their own words, with its source."),
		Person:   r.P.T("It decides nothing. Whoever wants a person is handed over with the conversation."),
		Data:     []string{r.P.T("The files of services, taxes, registers and offices in force"), r.P.T("The conversation itself, which is forgotten after 14 days")},
		Checked:  r.P.N("{n} worked question is asked in every language each time the files are loaded; where the answer is wrong, they are not put in force.", "{n} worked questions are asked in every language each time the files are loaded; where one answer is wrong, they are not put in force.", questions),
		Service:  "/ask",
		Examples: questions}
	if o.v.LanguageModel != "" {
		p.Data = append(p.Data, r.P.T("Of the question also: the words that stand in what is published, without names, long numbers and addresses. They go to the language model"))
		p.Checked += " " + r.P.T("A language model ({model}) chooses up to three sentences of an answer as its short form. Each is held against the sources: what does not stand there word for word is not shown. It cannot write anything.", i18n.V{"model": o.v.LanguageModel})
	}
	return p
}
