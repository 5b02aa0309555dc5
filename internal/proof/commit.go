package proof

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"slices"
)

// SaltLen is how many random bytes hide a value.
const SaltLen = 32

// Opening is what the person concerned holds: with it, and only with it, a hidden field shows its value.
type Opening struct {
	Name  string
	Salt  [SaltLen]byte
	Value string
}

const commitTag = "stoa log commitment 1"

// Commit hides a value: HMAC-SHA-256, keyed with the salt, of tag, kind, id and organisation of the leaf, name and value,
// each as in a leaf. The salt has a fixed length, so that no two keys give the same hash; the leaf is in it, so that an
// opening fits one leaf only.
func (l *Leaf) Commit(o Opening) [32]byte {
	h := hmac.New(sha256.New, o.Salt[:])
	h.Write(appendTexts(nil, commitTag, l.Kind, l.ID, l.Organisation, o.Name, o.Value))
	return [32]byte(h.Sum(nil))
}

// Hide adds the commitment to a leaf that is being made.
func (l *Leaf) Hide(o Opening) { l.Hidden = append(l.Hidden, Hidden{o.Name, l.Commit(o)}) }

// Opens holds an opening to what the leaf commits to.
func (l *Leaf) Opens(o Opening) error {
	i := slices.IndexFunc(l.Hidden, func(h Hidden) bool { return h.Name == o.Name })
	if i < 0 {
		return fail(ErrOpening, "the entry commits to no field "+quote(o.Name))
	}
	want, got := l.Hidden[i].Hash, l.Commit(o)
	if subtle.ConstantTimeCompare(want[:], got[:]) != 1 {
		return fail(ErrOpening, "the value shown for "+quote(o.Name)+" is not the one that the entry commits to")
	}
	return nil
}
