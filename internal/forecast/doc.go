// Package forecast says what comes next in a series of numbers, how sure that is, how wrong the same
// method was on the series' own past, and which of the past values were out of the ordinary. It is pure:
// numbers in, numbers out, no clock, network, file or chance, and equal input gives equal output. It
// stops there: what a series means, whose calendar has holidays and who is told is for its callers.
//
// Steps are counted, never dated: a series is a slice, oldest first, of equal steps (days, weeks, months),
// and every horizon, window and period is a number of steps. Values keep the caller's unit throughout.
// A value that is missing is NaN. DESIGN.md says what was tried and how the constants were found.
//
// The sources named in the comments:
//
//	FPP3      Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd ed. 2021, https://otexts.com/fpp3
//	HKOS      Hyndman, Koehler, Ord & Snyder, Forecasting with Exponential Smoothing, Springer 2008
//	Theta     Assimakopoulos & Nikolopoulos, Int. J. Forecasting 16 (2000) 521-530; Hyndman & Billah, ibid. 19 (2003) 287-290
//	DOTM      Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler, Int. J. Forecasting 32 (2016) 1151-1161
//	STL       Cleveland, Cleveland, McRae & Terpenning, J. Official Statistics 6 (1990) 3-73
//	M4        Makridakis, Spiliotis & Assimakopoulos, Int. J. Forecasting 36 (2020) 54-74
package forecast
