// Package process is what a service definition does: it reads what a person typed, says which
// questions are asked, what is wrong, who is eligible, what the fee is and why, and how a case moves
// when something happens to it. It is pure: worked examples, drafts and real cases run the same code.
// It stops before storage (package cases), rights (package policy) and pages.
//
// # Functions
//
// A place in the answers is a path: question ids with item indices, partners[1].name.
//
//	Judge(ctx, Situation, Typed) (*Judgement, error)         a draft, or a case with what the registers said then
//	Early(ctx, Situation, Typed) (*Judgement, []*Question, error)  the eligibility check before starting
//	(*Judgement) Asked(path), Page(p), Next(after), On(p, place), Below(path), Eligible(), Ready()
//	(*Judgement) Value(id), (*Explained) Because(), Row()     a value of the definition; what a result rests on
//	(*Judgement) Compute(ctx, rule), Dated()                 a further rule of a definition; whether the day was looked at
//	(FieldError) Message(printer)
//	Fields(q), ReadForm(questions, form), (*Typed) Merge(place, …)   a posted form into a draft
//	(*Typed) Get, Values, Set, Level, Items, Item, AddItem, RemoveItem, PathOf, Clone
//
//	Submit(ctx, *Judgement, now) ([]Effects, error)
//	Paid(ctx, *Judgement, Facts, now) ([]Effects, error)     the fee that the case stood waiting for
//	Refund(service, fee, end, from)                          what of a fee is given back when a case ends
//	Offered(ctx, *Judgement, Facts, by, now) ([]*service.Action, error)
//	OfferedOn(ctx, *service.Service, *service.LicenceAction, licence, today) (bool, error)
//	Act(ctx, *Judgement, Facts, action, Decision, now) ([]Effects, error)
//	Reply(ctx, *Judgement, Facts, consultee, reply, now) ([]Effects, error)
//	Represent(ctx, *Judgement, Facts, now) ([]Effects, error)
//	Pass(ctx, *Judgement, Facts, now) ([]Effects, error)     deadlines, silences and automatic actions that are due
//	(Facts) Apply(Effects) Facts
//	NoticeOpen(*Judgement, Facts, now)
//	(*Judgement) Label(ctx), Searchable()                    what a case is listed and found by
//
//	RenderLetter(ctx, *Judgement, Facts, letter, LetterContext) (document.Document, error)
//	Certificate(ctx, *Judgement, Facts, number, Licence, LetterContext) (document.Document, error)
//	Show(printer, service, value, type), ShowAnswer(printer, service, question, answer), ItemTitle, Words, Source
//
//	RunExamples(ctx, *service.Service) []service.Problem
//
// A Judgement is for one goroutine at a time: rules about the life of a case are evaluated through it.
//
// # Reasons
//
// Most judgements are made to know what is asked and what is wrong; few are explained. A rule is therefore evaluated without
// noting what it looks at. Who asks for the reasons of a result has its rule evaluated once more, with a trace: the answers
// are the same and everything that it rests on is known by then, so that it comes to the same and asks no register. What is
// explained keeps its judgement alive.
package process
