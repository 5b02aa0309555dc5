// Package simulate replays the past under changed rules: what past cases and assessments would have come to, for whom, and how
// long people would have waited with other numbers of officers. It judges with packages process and assess, the same code that
// decides, on facts as they were pinned. It is pure: no clock, network or database, no chance but its seed; equal input gives
// equal output, and the hash of the input says so.
//
// It guesses nothing. A case whose answers or register look-ups do not hold what the changed rules ask for is named and left
// out. It says what the rules would have made of the same applications, not how people would have behaved under them.
//
// It stops there: where cases come from, who may see what of a study and where it is published is for its callers.
package simulate
