// Package rule owns the expressions that law is written in here: what they may
// say, whether they make sense, what they give, and what they looked at.
//
// The grammar is CEL's (https://cel.dev), read by its own parser. Checking and
// evaluation are ours, because law needs promises that CEL does not make:
//
//   - There is one kind of number, exact and decimal. 0.1 is a tenth.
//   - What may be missing has a type of its own and cannot be used by accident.
//     Ask first, has(x) && x > 3, or say what to take instead, x.orValue(0).
//   - What passes Compile does not fail when it runs, save for the reasons
//     listed with Code: they lie in the parameters, the registers or the size
//     of the numbers, never in the expression.
//   - && and || look at the left side first and stop when it decides, so that
//     an explanation names what was really looked at.
//
// Every function may be written before or behind its first argument: size(x)
// and x.size() are the same. Rules for lists (all, exists, exists_one, filter,
// map) come behind: partners.all(p, p.age >= 18).
//
// Eval gives the value with a trace of what was looked at, Value the value alone:
// the same one, several times cheaper, without a map.
//
// The package stops at values: it loads nothing, knows no clock and holds no
// state between evaluations.
package rule
