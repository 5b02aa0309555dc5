// Package proof owns what a stranger needs to check the public log without us: the canonical bytes of a leaf, the forms
// that C2SP has published for logs (checkpoints, tiles, entry bundles, cosignatures, proofs), and the judgement on them
// in sentences. It is pure and small, so that the same code runs in `stoa verify` and, compiled to WebAssembly, in a
// visitor's own browser.
//
// It stops at bytes that it is handed: who fetches them is package proof/reader, who makes the tree package publog, who
// keeps the keys package publog/signet.
//
// The forms: c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature, tlog-tiles, tlog-witness and tlog-proof, over the
// Merkle tree of RFC 6962. What is our own is the leaf, the commitment and the extra line of a proof; their bytes begin
// with a tag that names their version and never change (testdata/*.golden).
package proof

import "errors"

// Why something is not proved. Test with errors.Is; errors.As with *Failure gives the sentences.
var (
	ErrForm        = errors.New("not of the form")                     // cannot be read, or is written in another way than the one way
	ErrSignature   = errors.New("not signed by a key that is trusted") // or the signature does not fit
	ErrWitnesses   = errors.New("not enough witnesses")                // have cosigned
	ErrInclusion   = errors.New("not in the tree")                     // leaf, place or proof do not lead to the signed root
	ErrConsistency = errors.New("not a continuation")                  // one state of the log does not extend the other
	ErrOpening     = errors.New("not the value that was committed to")
	ErrEntry       = errors.New("entry differs from its hash")
	ErrTile        = errors.New("tile differs from the tree")
	ErrMissing     = errors.New("part of the log is missing")
)

// Failure is why something is not proved.
type Failure struct {
	Why   error  // one of the above
	What  string // what was found, in one sentence without its stop
	Means string // what that says, for whoever holds the proof
	Cause error  // not for people
}

// Error gives both sentences.
func (f *Failure) Error() string { return f.What + ". " + f.Means }

// Unwrap gives the kind and the cause.
func (f *Failure) Unwrap() []error {
	if f.Cause == nil {
		return []error{f.Why}
	}
	return []error{f.Why, f.Cause}
}

// meanings is what each kind of failure says to whoever holds the thing. A place that knows better says so itself.
var meanings = map[error]string{
	ErrForm:        "It was damaged or changed on its way, or is no proof at all; ask for it again where you got it.",
	ErrSignature:   "It was changed after it was signed, or was never signed by the log whose key you trust; do not rely on it.",
	ErrWitnesses:   "Nobody outside has confirmed that everybody is shown this same state of the log; ask again later, and be wary if it stays so.",
	ErrInclusion:   "What you hold was changed, or it never was in the log; do not rely on it.",
	ErrConsistency: "The log has been rewritten, or shows different people different histories; keep both files, since together they are the evidence.",
	ErrOpening:     "The personal detail shown is not the one that was recorded.",
	ErrEntry:       "This entry was changed after it was published.",
	ErrTile:        "These hashes were changed after they were published; the entries below them cannot be proved from here.",
	ErrMissing:     "The copy is incomplete or the log is withholding it; try again, or another copy.",
}

func fail(why error, what string) *Failure {
	return &Failure{Why: why, What: what, Means: meanings[why]}
}
