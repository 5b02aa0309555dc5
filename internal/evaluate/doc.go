// Package evaluate says what changed when a programme began: by the break in one series (interrupted time series: segmented
// regression with Newey–West errors), and beside others without it (difference in differences), with intervals, and with what
// speaks against believing it. Where it cannot be told, the answer is a reason, not a figure.
//
// It is pure: no clock, network or database, no chance. It stops at figures: what was counted, for whom it is and in which words
// is for its callers.
//
// Sources. J. Lopez Bernal, S. Cummins, A. Gasparrini, Interrupted time series regression for the evaluation of public health
// interventions: a tutorial, International Journal of Epidemiology 46, 2017. W. K. Newey, K. D. West, A simple, positive
// semi-definite, heteroskedasticity and autocorrelation consistent covariance matrix, Econometrica 55, 1987. D. Card,
// A. B. Krueger, Minimum wages and employment, American Economic Review 84, 1994. M. Bertrand, E. Duflo, S. Mullainathan, How
// much should we trust differences-in-differences estimates?, Quarterly Journal of Economics 119, 2004: why a placebo stands
// beside every interval.
package evaluate
