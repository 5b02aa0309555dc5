package flow_test

import (
	"context"
	"crypto/ecdsa"
	"encoding/json"
	"testing"
	"time"

	"stoa/internal/credential"
	"stoa/internal/credential/envelope"
	"stoa/internal/credential/mdoc"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// asked is a question with what a wallet reads of it.
type asked struct {
	shows, id, client, nonce, state, answerTo string
}

func (w *world) ask() (a asked) {
	w.t.Helper()
	shows, err := w.Credentials().Ask(w.ctx, policy.Actor{}, stall)
	w.must(err)
	a.shows = shows
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		q, err := w.Wallets.Store.Questions().Shown(ctx, tx, shows)
		if err == nil {
			a.id = q.ID
		}
		return err
	}))
	token, err := w.Credentials().Question(w.ctx, policy.Actor{}, a.id, "mine")
	w.must(err)
	signer, _, err := w.Wallets.Keys.Asker()
	w.must(err)
	_, claims, err := envelope.OpenJWT(token, func(envelope.Head) (*ecdsa.PublicKey, error) { return &signer.Key.PublicKey, nil })
	w.must(err)
	text := func(name string) string { s, _ := claims[name].(string); return s }
	if text("wallet_nonce") != "mine" || text("response_mode") != "direct_post" {
		w.t.Errorf("the question says %v", claims)
	}
	a.client, a.nonce, a.state, a.answerTo = text("client_id"), text("nonce"), text("state"), text("response_uri")
	return a
}

// show is the mdoc, shown by whoever has the key, as an answer to a question.
func (w *world) show(raw []byte, key *ecdsa.PrivateKey, a asked) flow.WalletAnswer {
	w.t.Helper()
	transcript, err := mdoc.Transcript(a.client, a.nonce, nil, a.answerTo)
	w.must(err)
	response, err := mdoc.Show(raw, key, transcript, []string{"number"})
	w.must(err)
	token, err := json.Marshal(map[string][]string{service.FormatMdoc: {envelope.Encoding.EncodeToString(response)}})
	w.must(err)
	return flow.WalletAnswer{Question: a.id, State: a.state, Token: string(token)}
}

func (w *world) shown(a asked) (q *credential.Question, v credential.Verdict) {
	w.t.Helper()
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		q, err = w.Wallets.Store.Questions().Shown(ctx, tx, a.shows)
		return err
	}))
	if q.Answer != nil {
		w.must(json.Unmarshal(q.Answer, &v))
	}
	return q, v
}

// TestAWalletAnswersOnce, its holder's own licence, to whoever asked; anything else leaves the question open.
func TestAWalletAnswersOnce(t *testing.T) {
	each(t, func(w *world) {
		licence, number, holder := w.carrying()
		key := w.deviceKey()
		got, err := w.fetch(w.token(licence, holder), stall+"_mdoc", w.proof(key, nil))
		w.must(err)
		raw, err := envelope.Encoding.DecodeString(got.Credentials[0])
		w.must(err)

		a := w.ask()
		answer := func(in flow.WalletAnswer) error { return w.Credentials().Answer(w.ctx, policy.Actor{}, in) }
		good := w.show(raw, key, a)
		for name, in := range map[string]flow.WalletAnswer{
			"another state":   {Question: a.id, State: "x", Token: good.Token},
			"no token":        {Question: a.id, State: a.state, Token: "x"},
			"another name":    {Question: a.id, State: a.state, Token: `{"passport":["x"]}`},
			"two of them":     {Question: a.id, State: a.state, Token: `{"mdoc":["x","y"]}`},
			"somebody else's": w.show(raw, w.deviceKey(), a),
			"of another time": w.show(raw, key, w.ask()),
		} {
			in.Question, in.State = a.id, map[bool]string{true: "x", false: a.state}[in.State == "x"]
			if err := answer(in); code(err) != "invalid_request" {
				w.t.Errorf("%s: %v", name, err)
			}
		}
		if q, _ := w.shown(a); q.Answered {
			w.t.Fatal("a wrong answer closed the question")
		}
		w.must(answer(good))
		q, v := w.shown(a)
		if !q.Answered || v.State != credential.Good || !v.Bound || v.Claims["number"] != number || len(v.Claims) != 1 {
			w.t.Errorf("the answer is %+v", v)
		}
		if err := answer(good); code(err) != "invalid_request" {
			w.t.Errorf("a second answer: %v", err)
		}
		if _, err := w.Credentials().Question(w.ctx, policy.Actor{}, a.id, ""); fault.KindOf(err) != fault.NotFound {
			w.t.Errorf("an answered question can be read: %v", err)
		}

		late := w.ask()
		in := w.show(raw, key, late)
		w.clock.Advance(11 * time.Minute)
		if err := answer(in); code(err) != "invalid_request" {
			w.t.Errorf("an answer that comes late: %v", err)
		}

		// A day after, nothing of what was shown is left.
		w.clock.Advance(25 * time.Hour)
		w.must(w.Credentials().Keep(w.ctx, w.system))
		w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			for _, table := range []string{"credential_question", "credential_grant", "credential_token", "credential_nonce"} {
				var n int
				if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM `+table).Scan(&n); err != nil || n != 0 {
					w.t.Errorf("%s holds %d rows a day later, %v", table, n, err)
				}
			}
			return nil
		}))
	})
}
