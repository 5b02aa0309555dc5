package proof_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"stoa/internal/proof"
)

// TestBytesAreFrozen: what is hashed and signed is the same in every version.
func TestBytesAreFrozen(t *testing.T) {
	l, openings := licence(t, 1)
	b, err := l.Bytes()
	must(t, err)
	golden(t, "leaf.golden", fmt.Appendf(nil, "%x\n", b))
	golden(t, "commitment.golden", fmt.Appendf(nil, "%x\n%x\n", l.Commit(openings[0]), l.Commit(openings[1])))
	w := newTown(t, leaves(t, 300))
	golden(t, "checkpoint.golden", w.signed)
	golden(t, "bundle.golden", w.bundle(257))
	golden(t, "tile.golden", fmt.Appendf(nil, "%x\n", w.files["tile/0/001.p/44"]))
	var trust strings.Builder
	fmt.Fprintf(&trust, "%s\n%s\n", w.key.Key(), w.witness.Key().AsWitness())
	golden(t, "keys.golden", []byte(trust.String()))
}

// TestRFC6962 uses the leaves and roots that were published with RFC 6962's reference implementation (Certificate
// Transparency, merkletree tests): seven and eight entries, with their paths.
func TestRFC6962(t *testing.T) {
	entries := []string{"", "\x00", "\x10", "\x20\x21", "\x30\x31", "\x40\x41\x42\x43", "\x50\x51\x52\x53\x54\x55\x56\x57",
		"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"}
	roots := []string{
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
	edge, err := proof.NewEdge(0, nil)
	must(t, err)
	for n := range roots {
		if n > 0 {
			edge.Add(proof.EntryHash([]byte(entries[n-1])))
		}
		root, err := edge.Root()
		must(t, err)
		if got := fmt.Sprintf("%x", root[:]); got != roots[n] {
			t.Errorf("root of %d entries: %s, want %s", n, got, roots[n])
		}
	}
	w := &town{t: t}
	for i, e := range entries {
		h, err := tlog.StoredHashes(int64(i), []byte(e), w)
		must(t, err)
		w.stored = append(w.stored, h...)
	}
	hex := func(all []proof.Hash) (s []string) {
		for _, h := range all {
			s = append(s, fmt.Sprintf("%x", h[:]))
		}
		return s
	}
	path, err := proof.Inclusion(8, 5, w)
	must(t, err)
	if got, want := strings.Join(hex(path), " "), "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b "+
		"ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0 "+
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"; got != want {
		t.Errorf("path of entry 5 in 8: %s, want %s", got, want)
	}
	path, err = proof.Consistency(8, 6, w)
	must(t, err)
	if got, want := strings.Join(hex(path), " "), "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a "+
		"ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0 "+
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"; got != want {
		t.Errorf("8 continues 6: %s, want %s", got, want)
	}
}

// TestKeysAreReadByOthers: sumdb/note reads and checks what we write, and we what it writes.
func TestKeysAreReadByOthers(t *testing.T) {
	s := signer(t, origin, 1)
	theirs, err := note.NewSigner(s.Secret())
	must(t, err)
	verifier, err := note.NewVerifier(s.Key().String())
	must(t, err)
	c := proof.Checkpoint{Origin: origin, Size: 3}
	ours, err := c.Sign(s)
	must(t, err)
	again, err := note.Sign(&note.Note{Text: c.Text()}, theirs)
	must(t, err)
	if string(ours) != string(again) {
		t.Errorf("we sign %q, sumdb/note %q", ours, again)
	}
	_, err = note.Open(ours, note.VerifierList(verifier))
	must(t, err)
	skey, vkey, err := note.GenerateKey(seeded(9), origin)
	must(t, err)
	s, err = proof.ParseSigner(skey)
	must(t, err)
	if s.Secret() != skey || s.Key().String() != vkey {
		t.Errorf("a key of sumdb/note becomes another: %s, %s", vkey, s.Key())
	}
	k, err := proof.ParseKey(vkey)
	must(t, err)
	if k != s.Key() || k.IsWitness() || !k.AsWitness().IsWitness() {
		t.Error("the key read is not the key written")
	}
	back, err := proof.ParseKey(k.AsWitness().String())
	must(t, err)
	if back != k.AsWitness() {
		t.Error("a witness's key does not come back")
	}
}
