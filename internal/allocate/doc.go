// Package allocate says who should do what when there is not enough of everything: officers to weekly tours,
// cases to officers, inspections to days and routes, budget to programmes, and how many officers a queue needs.
// It is pure: numbers in, numbers out, no clock, network or file, and no chance but the seed handed in. It stops
// there: whose numbers they are, who decides and who is told is for its callers.
//
// Every search is anytime: it is given a budget of work or a wish to stop, and returns the best that it found,
// a bound that no plan can pass, the distance between the two, and reasons: for each assignment, for what binds,
// and for what one more of the scarce thing would bring. Without an answer it says which demands cannot be met
// together. Equal input, seed and budget of work give equal output. DESIGN.md says how it works and how well.
//
// The sources named in the comments:
//
//	Chvatal    Chvatal, Linear Programming, Freeman 1983 (bounded variables, dual simplex)
//	Gomory     Gomory, An algorithm for the mixed integer problem, RAND RM-2597, 1960
//	Achterberg Achterberg, Constraint Integer Programming, TU Berlin 2007 (branching, diving)
//	Danna      Danna, Rothberg & Le Pape, Math. Programming 102 (2005) 71-90 (searching near a plan)
//	Yagiura    Yagiura, Ibaraki & Glover, INFORMS J. Computing 16 (2004) 133-151 (ejection chains)
//	Held       Held, Wolfe & Crowder, Math. Programming 6 (1974) 62-88 (subgradients)
//	Erlang     Erlang 1917; the recursion as in Cooper, Introduction to Queueing Theory, 2nd ed. 1981
//	Vansteenwegen  Vansteenwegen et al., Computers & Operations Research 36 (2009) 3281-3290 (team orienteering)
package allocate
