// Package assess says what a tax charges for an object over a period, and why: day by day, from dated facts,
// figures and rules, exactly, and rounded once. It is pure: worked examples, previews, mass assessments and the
// recomputing of a former bill run the same code.
//
// # Functions
//
//	Assess(ctx, Input) (*Assessment, error)       the charge, its items, its stretches of equal days
//	JudgeOn(ctx, Input, day) (*process.Judgement, error)   one day: for a form, or to see what is known
//	Taxable(ctx, Input, day) (bool, error)        whether the object is taxed on a day
//	ReadFact(ctx, tax, fact, typed)               what a person typed for a fact
//	(Input) Marshal() ([]byte, error), Unmarshal(tax, bytes) (Input, error)
//	(*Assessment) Carry()                         what the next period takes over
//
//	Instalments(ctx, tax, period, total, issued, number) ([]Instalment, error)
//	DueDay, DeclareBy, AmendBy, ObjectBy(ctx, tax, period, issued) (calendar.Date, error)
//	LateCharge(ctx, jurisdiction, step, Overdue) and InterestOn(ctx, jurisdiction, interest, principal, span)
//
//	RunExamples(ctx, *service.Tax) []service.Problem
//
// A stretch of days is judged on its first day. It ends where a fact, the object or a figure changes, or at a
// break of the file. Stretches that come to the same follow each other as one. The package stops before
// storage, bills and who owes them (packages tax and bill).
package assess
