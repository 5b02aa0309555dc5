package stripe

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"crypto/hmac"
	"crypto/sha256"

	"pgregory.net/rapid"

	"stoa/internal/money"
	"stoa/internal/pay"
)

var at = time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)

const secret = "whsec_test"

func hash(secret, t string, body string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(t + "." + body))
	return hex.EncodeToString(h.Sum(nil))
}

func header(t time.Time, body string) string {
	s := fmt.Sprint(t.Unix())
	return "t=" + s + ",v1=" + hash(secret, s, body)
}

func readWith(header, body string, now time.Time) (pay.Event, error) {
	return New(Config{WebhookSecret: secret}).Read(func(name string) string {
		if name == "Stripe-Signature" {
			return header
		}
		return ""
	}, []byte(body), now)
}

// The vector was made apart from this code:
//
//	printf '1767603600.{"id":"evt_1","type":"ping"}' | openssl dgst -sha256 -hmac whsec_test
func TestSignature(t *testing.T) {
	const body = `{"id":"evt_1","type":"ping"}`
	const vector = "7dffdf68cc174882caf5068378da6b1d1cd96a922682b0f867543c1b554cbb61"
	right := "t=1767603600,v1=" + vector
	wrong := strings.Repeat("0", 64)
	for name, h := range map[string]string{
		"as it is":           right,
		"a second signature": "t=1767603600,v1=" + wrong + ",v1=" + vector,
		"a first signature":  right + ",v1=" + wrong + ",v0=" + wrong,
		"spaces":             "t=1767603600, v1=" + vector,
	} {
		if e, err := readWith(h, body, at.Add(299*time.Second)); err != nil || e.ID != "evt_1" || e.Kind != "" {
			t.Errorf("%s: %v %v", name, e, err)
		}
	}
	for name, c := range map[string]struct {
		header, body string
		now          time.Time
	}{
		"nothing":          {"", body, at},
		"no instant":       {"v1=" + vector, body, at},
		"other instant":    {"t=1767603601,v1=" + vector, body, at},
		"other body":       {right, body + " ", at},
		"other scheme":     {"t=1767603600,v0=" + vector, body, at},
		"wrong":            {"t=1767603600,v1=" + wrong, body, at},
		"no hex":           {"t=1767603600,v1=xyz", body, at},
		"old":              {right, body, at.Add(301 * time.Second)},
		"of the future":    {right, body, at.Add(-301 * time.Second)},
		"another's secret": {"t=1767603600,v1=" + hash("whsec_other", "1767603600", body), body, at},
		"endless":          {right + strings.Repeat(",v1="+wrong, 1000), body, at},
	} {
		if _, err := readWith(c.header, c.body, c.now); !errors.Is(err, pay.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := New(Config{}).Read(func(string) string { return "t=1767603600,v1=" + hash("", "1767603600", body) }, []byte(body), at); !errors.Is(err, pay.ErrSignature) {
		t.Errorf("without a secret: %v", err)
	}
}

func TestEvents(t *testing.T) {
	const session = `{"id":"cs_1","payment_status":"%s","amount_total":2100,"currency":"gbp","metadata":{"payment":"p"},"payment_intent":"pi_1"}`
	const refund = `{"id":"re_1","status":"%s","amount":600,"currency":"gbp","payment_intent":"pi_1","metadata":{%s}}`
	const dispute = `{"id":"dp_1","status":"%s","amount":600,"currency":"gbp","payment_intent":"pi_1","charge":"ch_1"}`
	const ours = `"payment":"p","refund":"k"`
	pounds := func(n int64) money.Amount { return money.Amount{Minor: n, Currency: "GBP"} }
	paid := pay.Report{Payment: "p", Ref: "cs_1", Charge: "pi_1", Kind: pay.Paid, Amount: pounds(2100), At: at}
	with := func(r pay.Report, kind pay.Kind) pay.Report { r.Kind = kind; return r }
	none := func(r pay.Report) pay.Report { r.Amount = money.Amount{}; return r }
	back := pay.Report{Payment: "p", Charge: "pi_1", Kind: pay.Refunded, Key: "k", Amount: pounds(600), At: at}
	lost := pay.Report{Charge: "pi_1", Kind: pay.DisputeLost, Key: "dp_1", Amount: pounds(600), At: at}
	for _, c := range []struct {
		kind, object string
		want         pay.Report
	}{
		{"checkout.session.completed", fmt.Sprintf(session, "paid"), paid},
		{"checkout.session.completed", fmt.Sprintf(session, "unpaid"), pay.Report{}},
		{"checkout.session.completed", strings.Replace(fmt.Sprintf(session, "paid"), `"metadata":{"payment":"p"}`, `"metadata":null,"client_reference_id":"p"`, 1), paid},
		{"checkout.session.async_payment_succeeded", fmt.Sprintf(session, "paid"), paid},
		{"checkout.session.async_payment_failed", fmt.Sprintf(session, "unpaid"), none(with(paid, pay.Failed))},
		{"checkout.session.expired", fmt.Sprintf(session, "unpaid"), none(with(paid, pay.Expired))},
		{"payment_intent.payment_failed", `{"id":"pi_1","metadata":{"payment":"p"}}`, pay.Report{Payment: "p", Charge: "pi_1", Kind: pay.Failed, At: at}},
		{"charge.refunded", `{"id":"ch_1","payment_intent":"pi_1","metadata":{"payment":"p"}}`, pay.Report{Payment: "p", Charge: "pi_1", Kind: pay.Look, At: at}},
		{"refund.created", fmt.Sprintf(refund, "pending", ours), with(back, pay.RefundAsked)},
		{"refund.updated", fmt.Sprintf(refund, "succeeded", ours), back},
		{"refund.failed", fmt.Sprintf(refund, "failed", ours), with(back, pay.RefundFailed)},
		{"refund.created", fmt.Sprintf(refund, "succeeded", ""), pay.Report{Charge: "pi_1", Kind: pay.Refunded, Key: "re_1", Amount: pounds(600), At: at}},
		{"charge.dispute.created", fmt.Sprintf(dispute, "needs_response"), with(lost, pay.Disputed)},
		{"charge.dispute.created", fmt.Sprintf(dispute, "warning_needs_response"), pay.Report{}},
		{"charge.dispute.funds_withdrawn", fmt.Sprintf(dispute, "under_review"), with(lost, pay.Disputed)},
		{"charge.dispute.closed", fmt.Sprintf(dispute, "lost"), lost},
		{"charge.dispute.closed", fmt.Sprintf(dispute, "won"), with(lost, pay.DisputeWon)},
		{"charge.dispute.closed", fmt.Sprintf(dispute, "warning_closed"), pay.Report{}},
		{"customer.created", `{"id":"cus_1"}`, pay.Report{}},
	} {
		body := fmt.Sprintf(`{"id":"evt_1","type":"%s","created":%d,"data":{"object":%s}}`, c.kind, at.Unix(), c.object)
		e, err := readWith(header(at, body), body, at)
		if err != nil || e.ID != "evt_1" || e.Report != c.want {
			t.Errorf("%s: %+v %v, want %+v", c.kind, e.Report, err, c.want)
		}
	}
	for _, body := range []string{"", "null", "[]", "{}", `{"id":"evt_1"}`, `{"id":"evt_1","type":"checkout.session.completed","data":{"object":[]}}`,
		`{"id":"evt_1","type":"checkout.session.completed","data":{}}`,
		`{"id":"evt_1","type":"checkout.session.completed","data":{"object":{"payment_status":"paid","amount_total":2100,"currency":"qqq"}}}`,
		`{"id":"evt_1","type":"refund.created","data":{"object":{"id":"re_1","status":"succeeded","amount":1e99,"currency":"gbp"}}}`} {
		if _, err := readWith(header(at, body), body, at); !errors.Is(err, pay.ErrCallback) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("t=1767603600,v1=00", `{"id":"evt_1","type":"checkout.session.completed","created":1,"data":{"object":{"id":"cs_1","payment_status":"paid","amount_total":2100,"currency":"gbp","payment_intent":{"id":"pi_1","latest_charge":{"created":1}}}}}`)
	f.Add("", `{"id":"evt_1","type":"refund.updated","data":{"object":{"status":"succeeded","amount":1,"currency":"isk","metadata":{"payment":"p"}}}}`)
	f.Add("t=,v1=,v1", `{"id":"evt_1","type":"charge.dispute.closed","data":{"object":{"status":"won","amount":1,"currency":"gbp","payment_intent":null}}}`)
	f.Fuzz(func(t *testing.T, h, body string) {
		if _, err := readWith(h, body, at); err == nil {
			t.Fatalf("believed %q", h)
		}
		e, err := readWith(header(at, body), body, at)
		switch {
		case err != nil && (!errors.Is(err, pay.ErrCallback) || e != pay.Event{}):
			t.Fatalf("%v with %v", err, e)
		case err == nil && (e.ID == "" || e.Kind == "" && e.Report != pay.Report{}):
			t.Fatalf("read %+v", e)
		}
	})
}

func TestAmounts(t *testing.T) {
	for _, c := range []struct {
		code        string
		ours, yours int64 // yours 0: refused
	}{
		{"GBP", 2100, 2100}, {"JPY", 500, 500}, {"MGA", 1000, 10}, {"MGA", 1005, 0}, {"ISK", 5, 500}, {"UGX", 5, 500}, {"HUF", 1045, 1045}, {"TWD", 80045, 80045},
		{"KWD", 5120, 5120}, {"KWD", 5124, 0}, {"BHD", 10, 10}, {"IQD", 1000, 0}, {"CLF", 10000, 0}, {"CLP", 7, 7}, {"GBP", 0, 0}, {"GBP", -1, 0},
		{"ISK", math.MaxInt64, 0}, {"QQQ", 1, 0}, {"", 1, 0},
	} {
		got, currency, err := toStripe(money.Amount{Minor: c.ours, Currency: c.code})
		if c.yours == 0 {
			if !errors.Is(err, pay.ErrRefused) {
				t.Errorf("%s %d: %d %v", c.code, c.ours, got, err)
			}
			continue
		}
		if err != nil || got != c.yours || currency != strings.ToLower(c.code) {
			t.Errorf("%s %d: %d %s %v, want %d", c.code, c.ours, got, currency, err, c.yours)
		}
	}
	if _, err := fromStripe(501, "isk"); !errors.Is(err, money.ErrInexact) {
		t.Errorf("half a krona: %v", err)
	}
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.SampledFrom(strings.Fields("GBP EUR JPY MGA ISK UGX HUF TWD KWD TND CLP XOF")).Draw(t, "code")
		a := money.Amount{Minor: rapid.Int64Range(1, 1<<50).Draw(t, "minor"), Currency: code}
		minor, currency, err := toStripe(a)
		if err != nil {
			return
		}
		if back, err := fromStripe(minor, currency); err != nil || back != a {
			t.Fatalf("%v comes back as %v: %v", a, back, err)
		}
	})
}
