// Package process is what a service definition does: it reads what a person typed, says which
// questions are asked, what is wrong, who is eligible, what the fee is and why, and how a case moves
// when something happens to it. It is pure: worked examples, drafts and real cases run the same code.
// It stops before storage (package cases), rights (package policy) and pages.
//
// # Functions
//
//	Judge(ctx, Situation, Typed) (*Judgement, error)
//	(*Judgement) Asked(path string) bool             path with item indices, partners[1].name
//	(*Judgement) Page(p *service.Page) PageState
//	(*Judgement) Next(after *service.Page) *service.Page   first page after it that is asked; nil: none
//	(*Judgement) Ready() bool                        no error, nothing missing, eligible
//	(*Judgement) On(p *service.Page, item …) []FieldError
//	Early(ctx, Situation, Typed) (*Judgement, []*service.Question, error)   the eligibility check before starting
//	ReadForm(q *service.Question, form url.Values) / Merge(...)  a posted form into Typed
//	Fields(q) []string                               form field names of a question: "start-day" …
//
//	Submit(ctx, *Judgement, now) ([]Effects, error)
//	Offered(ctx, *Judgement, Facts, by string, now) ([]*service.Action, error)
//	Act(ctx, *Judgement, Facts, action string, Decision, now) ([]Effects, error)
//	Reply(ctx, *Judgement, Facts, consultee, reply string, now) ([]Effects, error)
//	Represent(ctx, *Judgement, Facts, now) ([]Effects, error)
//	Pass(ctx, *Judgement, Facts, now) ([]Effects, error)     deadlines, silences and auto actions that are due
//	(Facts) Apply(Effects, now) Facts
//
//	RenderLetter(ctx, *Judgement, Facts, letter, LetterContext) (document.Document, error)
//	Certificate(...) (document.Document, error)
//	RunExamples(ctx, *service.Service) []service.Problem
//	Show(p *i18n.Printer, value, type) string
package process
