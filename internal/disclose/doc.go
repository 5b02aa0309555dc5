// Package disclose decides what a published table may say, so that no figure tells about one person. It hides small and
// dominated figures, and as many others as it takes so that nobody can work them out; checks records for groups that are
// too small; and adds noise with an exact distribution and a budget. It proves what it hides, by showing other tables that
// would look the same. It stops there: which table, which rules and where it is published is for its callers. It is pure:
// no clock, network, database or chance but what is handed in.
//
// DESIGN.md says what is promised, how, and what is not. The sources named in the comments:
//
//	Hundepool    Hundepool et al., Statistical Disclosure Control, Wiley 2012 (and the ESSnet handbook, 2010)
//	Willenborg   Willenborg & de Waal, Elements of Statistical Disclosure Control, Springer 2001
//	Giessing     Giessing & Repsilber, Tools and strategies to protect multiple tables with the GHQUAR cell suppression
//	             engine, in: Inference Control in Statistical Databases, LNCS 2316, 2002 (hypercubes)
//	Canonne      Canonne, Kamath & Steinke, The Discrete Gaussian for Differential Privacy, NeurIPS 2020 (algorithms 1, 2)
//	Sweeney      Sweeney, k-anonymity, Int. J. Uncertainty, Fuzziness and Knowledge-Based Systems 10 (2002) 557-570
//	Machanavajjhala  Machanavajjhala et al., l-Diversity, ACM TKDD 1 (2007)
package disclose
