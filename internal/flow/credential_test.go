package flow_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stoa/internal/credential"
	"stoa/internal/credential/envelope"
	"stoa/internal/credential/keys"
	"stoa/internal/credential/status"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/publog"
	"stoa/internal/store"
)

const stall = "street-stall"

// carrying is a world whose stall licences are offered to wallets, with one that was issued.
func (w *world) carrying(pieces ...string) (licence, number string, holder policy.Actor) {
	w.t.Helper()
	w.Wallets = &flow.Wallets{Store: &credential.Store{Vault: w.People.Vault, Rand: rand.Reader},
		Keys:  keys.Open(keys.Config{File: filepath.Join(w.t.TempDir(), "credential.keys"), Name: "Testshire", Country: "GB", URL: w.Site.URL}),
		Known: func(client, redirect string) bool { return client == "wallet" && redirect != "https://them.example" }}
	w.must(w.Wallets.Keys.Make(w.clock.Now()))
	w.publish(edited(w.t, append(pieces, "  register: stalls\n  fields:", "  register: stalls\n  credential: {claims: [place, holder]}\n  fields:")...))
	done, holder := w.submitted("rana@testshire.example")
	w.clock.Advance(7 * 24 * time.Hour)
	_, err := w.Turn(w.ctx, w.system)
	w.must(err)
	w.must(w.act(w.officer, done.Case, "grant", process.Decision{}, ""))
	c := w.load(done.Case)
	return c.Licence, c.LicenceNumber, holder
}

func (w *world) deviceKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	w.must(err)
	return key
}

// offer makes an offer and gives its code and digits.
func (w *world) offer(licence string, holder policy.Actor) (code, digits string) {
	w.t.Helper()
	id, err := w.Credentials().Offer(w.ctx, holder, flow.OfferCredential{Licence: licence, Key: w.key()})
	w.must(err)
	return w.Wallets.Store.OfferCode(id), w.Wallets.Store.OfferDigits(id)
}

func (w *world) token(licence string, holder policy.Actor) string {
	w.t.Helper()
	code, digits := w.offer(licence, holder)
	got, err := w.Credentials().Token(w.ctx, policy.Actor{}, flow.TokenRequest{PreAuthorized: code, Digits: digits})
	w.must(err)
	return got.Token
}

// proof is a proof of possession, with what is different about it.
func (w *world) proof(key *ecdsa.PrivateKey, differ map[string]any) string {
	w.t.Helper()
	nonce, err := w.Credentials().Nonce(w.ctx, policy.Actor{})
	w.must(err)
	claims := map[string]any{"aud": w.Site.URL, "iat": w.clock.Now().Unix(), "nonce": nonce}
	maps.Copy(claims, differ)
	token, err := envelope.Prove(flow.ProofType, key, claims)
	w.must(err)
	return token
}

func (w *world) fetch(token, config string, proofs ...string) (flow.Fetched, error) {
	return w.Credentials().Fetch(w.ctx, policy.Actor{}, flow.FetchCredential{Token: token, Config: config, Proofs: proofs})
}

// judged is what a stranger finds out about a credential.
func (w *world) judged(text string) (v credential.Verdict) {
	w.t.Helper()
	j := credential.Judge{Store: w.Wallets.Store, Keys: w.Wallets.Keys, Site: w.Site.URL, Place: w.Docket.Releases.Current()}
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		var ok bool
		v, ok, err = j.Text(ctx, tx, []byte(text))
		if !ok {
			w.t.Errorf("%.40s is no credential", text)
		}
		return err
	}))
	return v
}

func code(err error) string {
	var no *flow.Refusal
	if errors.As(err, &no) {
		return no.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// TestALicenceGoesIntoAWallet in both forms, says what the file lets it say, and stands as the licence stands.
func TestALicenceGoesIntoAWallet(t *testing.T) {
	each(t, func(w *world) {
		licence, number, holder := w.carrying()
		token := w.token(licence, holder)
		var held []string
		for _, config := range []string{stall + "_sd_jwt", stall + "_mdoc"} {
			got, err := w.fetch(token, config, w.proof(w.deviceKey(), nil))
			w.must(err)
			held = append(held, got.Credentials...)
			w.must(w.Credentials().Tell(w.ctx, policy.Actor{}, flow.WalletTells{Token: token, Notification: got.Notification, Event: "credential_accepted"}))
		}
		stands := func(want string, more ...string) {
			w.t.Helper()
			for _, text := range append(held, more...) {
				v := w.judged(text)
				if v.State != want {
					w.t.Errorf("%s is %s, want %s (%s)", v.Format, v.State, want, v.Why)
				}
				if v.Claims["number"] != number || v.Claims["place"] == "" || v.Claims["holder"] == "" || v.Claims["metres"] != "" {
					w.t.Errorf("%s says %v", v.Format, v.Claims)
				}
			}
		}
		stands(credential.Good)
		w.must(w.ActOnLicence(w.ctx, w.officer, flow.ActOnLicence{Licence: licence, Version: 1, Action: "suspend", Reason: "Unpaid.", Key: w.key()}))
		stands(credential.Suspended)
		if _, err := w.fetch(token, stall+"_mdoc", w.proof(w.deviceKey(), nil)); code(err) != "credential_request_denied" {
			w.t.Errorf("of a suspended licence: %v", err)
		}
		if _, err := w.Credentials().Offer(w.ctx, holder, flow.OfferCredential{Licence: licence, Key: w.key()}); fault.KindOf(err) != fault.Conflict {
			w.t.Errorf("offering a suspended licence: %v", err)
		}
		w.clock.Advance(400 * 24 * time.Hour)
		stands(credential.Expired)
		if n := w.kinds()[publog.CredentialIssued]; n != 2 {
			w.t.Errorf("%d leaves about credentials, want 2", n)
		}
		bad := strings.Replace(held[0], ".", "x.", 1)
		if v := w.judged(bad); v.State != credential.Forged {
			w.t.Errorf("a changed one is %s", v.State)
		}
	})
}

// TestWhatReplacesALicenceEndsItsCopies: what a wallet holds says what the licence said before.
func TestWhatReplacesALicenceEndsItsCopies(t *testing.T) {
	each(t, func(w *world) {
		licence, _, holder := w.carrying()
		got, err := w.fetch(w.token(licence, holder), stall+"_sd_jwt", w.proof(w.deviceKey(), nil))
		w.must(err)
		w.must(w.DB.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			return w.Wallets.Store.Standing(ctx, tx, licence, 2, status.Valid) // as issuing the second version does
		}))
		if v := w.judged(got.Credentials[0]); v.State != credential.Revoked {
			w.t.Errorf("a copy of the first version is %s", v.State)
		}
		w.must(w.DB.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			return w.Wallets.Store.Standing(ctx, tx, licence, 0, status.Valid)
		}))
		if v := w.judged(got.Credentials[0]); v.State != credential.Revoked {
			w.t.Errorf("what was invalid is %s again", v.State)
		}
	})
}

// TestOnlyTheHolderOffers: anybody else hears that there is no such licence.
func TestOnlyTheHolderOffers(t *testing.T) {
	each(t, func(w *world) {
		licence, _, _ := w.carrying()
		for name, actor := range map[string]policy.Actor{"nobody": {}, "an officer": w.officer, "somebody else": {Person: "p"}} {
			if _, err := w.Credentials().Offer(w.ctx, actor, flow.OfferCredential{Licence: licence, Key: w.key()}); fault.KindOf(err) != fault.NotFound {
				w.t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestAnOfferIsTakenOnce, with its digits, in time.
func TestAnOfferIsTakenOnce(t *testing.T) {
	each(t, func(w *world) {
		licence, _, holder := w.carrying()
		take := func(code, digits string) (flow.TokenAnswer, error) {
			return w.Credentials().Token(w.ctx, policy.Actor{}, flow.TokenRequest{PreAuthorized: code, Digits: digits})
		}
		c, digits := w.offer(licence, holder)
		first, err := take(c, digits)
		w.must(err)
		if _, err := take(c, digits); code(err) != "invalid_grant" {
			w.t.Errorf("a second time: %v", err)
		}
		if _, err := w.fetch(first.Token, stall+"_sd_jwt", w.proof(w.deviceKey(), nil)); code(err) != "invalid_token" {
			w.t.Errorf("the first token, after the code was used twice: %v", err)
		}
		c, digits = w.offer(licence, holder)
		for range credential.MostTries {
			if _, err := take(c, "12345x"); code(err) != "invalid_grant" {
				w.t.Errorf("wrong digits: %v", err)
			}
		}
		if _, err := take(c, digits); code(err) != "invalid_grant" {
			w.t.Errorf("the right digits after five wrong ones: %v", err)
		}
		c, digits = w.offer(licence, holder)
		w.clock.Advance(11 * time.Minute)
		if _, err := take(c, digits); code(err) != "invalid_grant" {
			w.t.Errorf("an old offer: %v", err)
		}
		for {
			if _, err = w.Credentials().Offer(w.ctx, holder, flow.OfferCredential{Licence: licence, Key: w.key()}); err != nil {
				break
			}
		}
		if fault.KindOf(err) != fault.Conflict {
			w.t.Errorf("too many offers: %v", err)
		}
	})
}

// TestAWalletProvesItsKeys, each time anew.
func TestAWalletProvesItsKeys(t *testing.T) {
	each(t, func(w *world) {
		licence, _, holder := w.carrying()
		token, key := w.token(licence, holder), w.deviceKey()
		config := stall + "_sd_jwt"
		used := w.proof(key, nil)
		ours, err := w.Credentials().Nonce(w.ctx, policy.Actor{})
		w.must(err)
		changed := []byte(ours) // of the right form, and ours but for a letter in its chance
		changed[20] = map[bool]byte{true: 'B', false: 'A'}[changed[20] == 'A']
		_, err = w.fetch(token, config, used)
		w.must(err)
		now := w.clock.Now().Unix()
		for name, c := range map[string]struct {
			proofs []string
			want   string
		}{
			"the same again":     {[]string{used}, "invalid_nonce"},
			"no nonce of ours":   {[]string{w.proof(key, map[string]any{"nonce": "x"})}, "invalid_nonce"},
			"a changed nonce":    {[]string{w.proof(key, map[string]any{"nonce": string(changed)})}, "invalid_nonce"},
			"two nonces":         {[]string{w.proof(key, nil), w.proof(w.deviceKey(), nil)}, "invalid_nonce"},
			"another audience":   {[]string{w.proof(key, map[string]any{"aud": "https://them"})}, "invalid_proof"},
			"too old":            {[]string{w.proof(key, map[string]any{"iat": now - 301})}, "invalid_proof"},
			"from the future":    {[]string{w.proof(key, map[string]any{"iat": now + 61})}, "invalid_proof"},
			"by another wallet":  {[]string{w.proof(key, map[string]any{"iss": "them"})}, "invalid_proof"},
			"no token":           {[]string{"x"}, "invalid_proof"},
			"none":               {nil, "invalid_proof"},
			"too many":           {make([]string, flow.BatchSize+1), "invalid_proof"},
			"another credential": {nil, "unknown_credential_configuration"},
		} {
			asked := config
			if c.want == "unknown_credential_configuration" {
				asked = "passport_sd_jwt"
			}
			if _, err := w.fetch(token, asked, c.proofs...); code(err) != c.want {
				w.t.Errorf("%s: %v, want %s", name, err, c.want)
			}
		}
		old := w.proof(key, map[string]any{"iat": now + 299})
		w.clock.Advance(5 * time.Minute)
		if _, err := w.fetch(token, config, old); code(err) != "invalid_nonce" {
			w.t.Errorf("an old nonce: %v", err)
		}
	})
}

// TestAnIssuanceBrokenAnywhereIsWhole: broken at every statement it leaves nothing; at last it goes through, once.
func TestAnIssuanceBrokenAnywhereIsWhole(t *testing.T) {
	each(t, func(w *world) {
		licence, _, holder := w.carrying()
		token := w.token(licence, holder)
		in := flow.FetchCredential{Token: token, Config: stall + "_mdoc", Proofs: []string{w.proof(w.deviceKey(), nil)}}
		rows := func() map[string]int {
			all := map[string]int{}
			w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
				for table, query := range map[string]string{"credential": `SELECT COUNT(*) FROM credential`, "nonce": `SELECT COUNT(*) FROM credential_nonce`,
					"list": `SELECT COUNT(*) FROM credential_list`, "remains": `SELECT COALESCE(SUM(remains), 0) FROM credential_token`} {
					var n int
					if err := tx.QueryRow(ctx, query).Scan(&n); err != nil {
						return err
					}
					all[table] = n
				}
				return nil
			}))
			all["leaves"] = w.kinds()[publog.CredentialIssued]
			return all
		}
		before, broken := rows(), 0
		for n := 0; ; n++ {
			if n > 1000 {
				w.t.Fatal("the issuance never went through")
			}
			got, err := w.Credentials().Fetch(breakAt(n), policy.Actor{}, in)
			if err == nil {
				if len(got.Credentials) != 1 {
					w.t.Errorf("%d credentials", len(got.Credentials))
				}
				break
			}
			if !errors.Is(err, context.Canceled) || len(got.Credentials) > 0 {
				w.t.Fatalf("broken at look %d: %v, %d credentials", n, err, len(got.Credentials))
			}
			broken++
			if after := rows(); !maps.Equal(before, after) {
				w.t.Fatalf("broken at look %d, the issuance left rows: %v, before %v", n, after, before)
			}
		}
		if broken < 6 {
			w.t.Errorf("only %d places to break at", broken)
		}
		after := rows()
		if after["credential"] != 1 || after["nonce"] != 1 || after["remains"] != before["remains"]-1 || after["leaves"] != 1 {
			w.t.Errorf("after the issuance: %v, before %v", after, before)
		}
		if _, err := w.Credentials().Fetch(w.ctx, policy.Actor{}, in); code(err) != "invalid_nonce" { // the answer was lost: the wallet asks anew
			w.t.Errorf("the same again: %v", err)
		}
	})
}

// TestAWalletIsLetIn by its holder, for what it asked, to where it asked.
func TestAWalletIsLetIn(t *testing.T) {
	each(t, func(w *world) {
		licence, _, holder := w.carrying()
		const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" // of RFC 7636, appendix B
		asked := flow.Authorization{Client: "wallet", Redirect: "https://wallet.example/back", ResponseType: "code", Method: "S256",
			Challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", State: "s", Scope: stall + "_sd_jwt"}
		to, err := w.Credentials().Allow(w.ctx, holder, flow.AllowWallet{Asked: asked, Licence: licence})
		w.must(err)
		given := strings.TrimPrefix(strings.Split(to, "&")[0], "https://wallet.example/back?code=")
		trade := func(in flow.TokenRequest) (flow.TokenAnswer, error) {
			return w.Credentials().Token(w.ctx, policy.Actor{}, in)
		}
		good := flow.TokenRequest{Code: given, Verifier: verifier, Redirect: asked.Redirect, Client: "wallet"}
		for name, in := range map[string]flow.TokenRequest{
			"another verifier": {Code: given, Verifier: strings.Repeat("x", 43), Redirect: asked.Redirect, Client: "wallet"},
			"another address":  {Code: given, Verifier: verifier, Redirect: "https://them.example", Client: "wallet"},
			"another wallet":   {Code: given, Verifier: verifier, Redirect: asked.Redirect, Client: "them"},
			"as an offer":      {PreAuthorized: given, Digits: "123456"},
		} {
			if _, err := trade(in); code(err) != "invalid_grant" {
				w.t.Errorf("%s: %v", name, err)
			}
		}
		got, err := trade(good)
		w.must(err)
		_, err = w.fetch(got.Token, stall+"_sd_jwt", w.proof(w.deviceKey(), map[string]any{"iss": "wallet"}))
		w.must(err)
		if _, err := w.fetch(got.Token, stall+"_mdoc", w.proof(w.deviceKey(), nil)); code(err) != "unknown_credential_configuration" {
			w.t.Errorf("what was not asked for: %v", err)
		}
		if _, err := w.Credentials().Allow(w.ctx, w.officer, flow.AllowWallet{Asked: asked, Licence: licence}); fault.KindOf(err) != fault.NotFound {
			w.t.Errorf("let in by somebody else: %v", err)
		}
		for _, one := range []struct{ client, redirect string }{{"wallet", "https://them.example"}, {"them", asked.Redirect}} {
			bad := asked
			bad.Client, bad.Redirect = one.client, one.redirect
			if _, err := w.Credentials().Allow(w.ctx, holder, flow.AllowWallet{Asked: bad, Licence: licence}); code(err) != "unauthorized_client" {
				w.t.Errorf("%s, which nobody registered, back to %s: %v", one.client, one.redirect, err)
			}
		}
		for _, address := range []string{"javascript:alert(1)", "data:text/html,x", "http://wallet.example", "/back", "https://wallet.example/#x", "https://u@wallet.example", "file:///etc/passwd"} {
			bad := asked
			bad.Redirect = address
			if _, err := w.Credentials().Allow(w.ctx, holder, flow.AllowWallet{Asked: bad, Licence: licence}); code(err) != "invalid_request" {
				w.t.Errorf("back to %s: %v", address, err)
			}
		}
	})
}
