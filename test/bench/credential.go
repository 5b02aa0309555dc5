package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"fmt"
	"io"
	"strconv"
	"sync/atomic"

	"stoa/internal/calendar"
	"stoa/internal/credential"
	"stoa/internal/credential/envelope"
	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/store"
)

// credentials measures how fast licences go into wallets: a code is traded for a token, the wallet asks for a nonce and proves
// a key, and gets its credential; three transactions, of which two wait for the disk. The limit is the cryptography of one
// issuance, without anything around it: two signatures, and two verifications.
func credentials(ctx context.Context, o options, out io.Writer) error {
	w, err := fresh(ctx, o, "")
	if err != nil {
		return err
	}
	defer w.Close()
	if err := w.Flow.Wallets.Keys.Make(w.Clock.Now()); err != nil {
		return err
	}
	grant, err := w.carried(ctx)
	if err != nil {
		return err
	}
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), bytes.Repeat([]byte{7}, 32)) // a wallet's; its work is the same with any
	if err != nil {
		return err
	}
	var subjects []subject
	for _, clients := range []int{1, 16} {
		limit := fmt.Sprintf("cryptography only, %d at a time", clients)
		subjects = append(subjects, subject{limit, "", func() (result, error) {
			return load(clients, o.each, func(int, int) error { return signatures(key) })
		}})
		for _, format := range []string{"sd_jwt", "mdoc"} {
			subjects = append(subjects, subject{fmt.Sprintf("%s, %d wallets", format, clients), limit, func() (result, error) {
				return load(clients, o.each, func(int, int) error { return w.intoWallet(ctx, grant, format, key) })
			}})
		}
	}
	results, err := interleave(o.rounds, subjects)
	if err != nil {
		return err
	}
	table(out, "Issuing a credential, from the code to the wallet, SQLite, every answer waits for the disk", results)
	return nil
}

func signatures(key *ecdsa.PrivateKey) error {
	sum := sha256.Sum256([]byte("a credential"))
	for range 2 {
		der, err := key.Sign(nil, sum[:], crypto.SHA256)
		if err != nil {
			return err
		}
		if !ecdsa.VerifyASN1(&key.PublicKey, sum[:], der) {
			return fmt.Errorf("a signature does not hold")
		}
	}
	return nil
}

// carried is a licence, and what lets a wallet have it.
func (w *world) carried(ctx context.Context) (credential.Grant, error) {
	const id = "premises-licence"
	s := w.Flow.Docket.Releases.Current().Credential(id)
	if s == nil {
		return credential.Grant{}, fmt.Errorf("the sample offers no %s to wallets", id)
	}
	r := &record.Record{Register: s.Issue.Record, Organisation: s.Organisation, Number: "PL-BENCH", Service: id, Case: "bench", Holder: "somebody",
		State: record.Active, From: calendar.MustDate("2026-01-01"), Fields: map[string]string{"place": "The Bell and Anchor, 3 Mill Lane", "alcohol": "yes", "holder": "Ada Marsh"}}
	err := w.DB.Write(ctx, "bench.licence", func(ctx context.Context, tx *store.Tx) error {
		return w.Flow.Docket.Records.Put(ctx, tx, s.Issue.Register, r, record.Change{Change: "issued"})
	})
	return credential.Grant{Organisation: r.Organisation, Record: r.ID, Holder: r.Holder, Service: id, Challenge: benchChallenge, Client: "bench",
		Redirect: "https://wallet.example", Configs: credential.Configs(s)}, err
}

// The verifier and the challenge of RFC 7636, appendix B.
const (
	benchVerifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	benchChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

var walleted atomic.Int64

// intoWallet is one issuance, with the wallet's own work.
func (w *world) intoWallet(ctx context.Context, g credential.Grant, format string, key *ecdsa.PrivateKey) error {
	g.Configs = []string{credential.ConfigID(g.Service, format)}
	c := w.Flow.Credentials()
	var code string
	err := w.DB.Write(ctx, "bench.code", func(ctx context.Context, tx *store.Tx) (err error) {
		code, err = w.Flow.Wallets.Store.NewCode(ctx, tx, g)
		return err
	})
	if err != nil {
		return err
	}
	token, err := c.Token(ctx, policy.Actor{}, flow.TokenRequest{Code: code, Verifier: benchVerifier, Client: g.Client, Redirect: g.Redirect})
	if err != nil {
		return err
	}
	nonce, err := c.Nonce(ctx, policy.Actor{})
	if err != nil {
		return err
	}
	proof, err := envelope.Prove(flow.ProofType, key, map[string]any{"aud": w.Flow.Site.URL, "iat": w.Clock.Now().Unix(), "nonce": nonce, "jti": strconv.FormatInt(walleted.Add(1), 10)})
	if err != nil {
		return err
	}
	got, err := c.Fetch(ctx, policy.Actor{}, flow.FetchCredential{Token: token.Token, Config: g.Configs[0], Proofs: []string{proof}})
	if err == nil && len(got.Credentials) != 1 {
		err = fmt.Errorf("%d credentials", len(got.Credentials))
	}
	return err
}
