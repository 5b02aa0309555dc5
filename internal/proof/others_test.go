package proof_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	fnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"

	ours "stoa/internal/proof"
)

// TestMerkleAgrees: the library of transparency.dev accepts our proofs.
func TestMerkleAgrees(t *testing.T) {
	all := leaves(t, 300)
	slices := func(hashes []ours.Hash) (out [][]byte) {
		for _, h := range hashes {
			out = append(out, h[:])
		}
		return out
	}
	now := newTown(t, all)
	for _, size := range []int{1, 2, 3, 255, 256, 257, 299} {
		old := newTown(t, all[:size])
		hashes, err := ours.Consistency(now.Size, old.Size, now)
		must(t, err)
		must(t, proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(size), 300, slices(hashes), old.Root[:], now.Root[:]))
		index := int64(size - 1)
		hashes, err = ours.Inclusion(now.Size, index, now)
		must(t, err)
		leaf := rfc6962.DefaultHasher.HashLeaf(all[index])
		must(t, proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(index), 300, leaf, slices(hashes), now.Root[:]))
	}
}

// TestCosignaturesAgree: the library of transparency.dev reads our cosignatures, and we read those that it makes.
func TestCosignaturesAgree(t *testing.T) {
	w := newTown(t, leaves(t, 3))
	theirs, err := fnote.NewVerifierForCosignatureV1(w.witness.Key().String())
	must(t, err)
	n, err := note.Open(w.signed, note.VerifierList(theirs))
	must(t, err)
	at, err := fnote.CoSigV1Timestamp(n.Sigs[0])
	must(t, err)
	if at.Unix() != 1_772_600_000 {
		t.Errorf("cosigned at %s", at)
	}
	s, err := fnote.NewSignerForCosignatureV1(w.witness.Secret())
	must(t, err)
	signed, err := w.Sign(w.key)
	must(t, err)
	n, err = note.Open(signed, note.VerifierList(w.key.Key()))
	must(t, err)
	cosigned, err := note.Sign(n, s)
	must(t, err)
	got, err := w.trust().Open(cosigned)
	must(t, err)
	if len(got.Cosigned) != 1 || time.Since(got.Cosigned[0].At) > time.Minute {
		t.Errorf("%+v", got.Cosigned)
	}
	vkey, err := fnote.VKeyToCosignatureV1(w.witness.Key().String())
	must(t, err)
	if vkey != w.witness.Key().AsWitness().String() {
		t.Errorf("they write the witness's key %s, we %s", vkey, w.witness.Key().AsWitness())
	}
}

// TestAskReadsTheExampleOfTheProtocol is the request in c2sp.org/tlog-witness.
func TestAskReadsTheExampleOfTheProtocol(t *testing.T) {
	body := "old 20852014\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\njrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n" +
		"5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\n" +
		"example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n" +
		"— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
	a, err := ours.ParseAsk([]byte(body))
	must(t, err)
	origin, text, err := ours.Peek(a.Checkpoint)
	must(t, err)
	c, err := ours.ParseCheckpoint(text)
	must(t, err)
	if a.Old != 20852014 || len(a.Proof) != 4 || origin != "example.com/behind-the-sofa" || c.Size != 20852163 {
		t.Errorf("%+v, %+v", a, c)
	}
	for _, bad := range []string{"", "old 1", "old -1\n\nx", "old 01\n\nx", "old 1\nnothash\n\nx", "new 1\n\nx"} {
		if _, err := ours.ParseAsk([]byte(bad)); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

// TestFollow gives each entry once, and names the one that does not belong.
func TestFollow(t *testing.T) {
	w := newTown(t, leaves(t, 600))
	next := int64(250)
	must(t, ours.Follow(context.Background(), w.fetch, w.Checkpoint, next, func(i int64, e []byte) error {
		if i != next || string(e) != string(w.entries[i]) {
			return fmt.Errorf("entry %d where %d was due", i, next)
		}
		next++
		return nil
	}))
	if next != 600 {
		t.Errorf("ended at %d", next)
	}
	b := w.files["tile/entries/001"]
	b[20] ^= 1
	err := ours.Follow(context.Background(), w.fetch, w.Checkpoint, 250, func(int64, []byte) error { return nil })
	wantFailure(t, err, ours.ErrEntry)
	// A narrow tile that has made way for a wide one.
	b[20] ^= 1
	at := ours.TileAt(ours.Entries, 512, 600)
	for _, p := range []string{at.Path(), "tile/0/002.p/88"} {
		delete(w.files, p)
	}
	more := newTown(t, leaves(t, 768))
	for p, data := range more.files {
		if _, there := w.files[p]; !there {
			w.files[p] = data
		}
	}
	must(t, w.audit())
}
