package stripe_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"stoa/internal/provider/stripe"
)

// contract is what Stripe's published OpenAPI document (version stripe.Version) says of the calls that we
// make, written down by hand: the names that may be sent, the forms of their values.
var contract = map[string]map[string]string{
	"POST /v1/checkout/sessions": {
		`mode`: `payment|setup|subscription`, `line_items\[\d+\]\[quantity\]`: `\d+`, `line_items\[\d+\]\[price_data\]\[currency\]`: `[a-z]{3}`,
		`line_items\[\d+\]\[price_data\]\[unit_amount\]`: `\d+`, `line_items\[\d+\]\[price_data\]\[product_data\]\[name\]`: `.{1,250}`,
		`client_reference_id`: `.{1,200}`, `metadata\[[a-z]{1,40}\]`: `.{0,500}`, `payment_intent_data\[metadata\]\[[a-z]{1,40}\]`: `.{0,500}`,
		`success_url`: `https?://.+`, `cancel_url`: `https?://.+`, `expires_at`: `\d{10}`, `customer_email`: `.+@.+`,
		`locale`: `auto|bg|cs|da|de|el|en|en-GB|es|es-419|et|fi|fil|fr|fr-CA|hr|hu|id|it|ja|ko|lt|lv|ms|mt|nb|nl|pl|pt|pt-BR|ro|ru|sk|sl|sv|th|tr|vi|zh|zh-HK|zh-TW`,
	},
	"GET /v1/checkout/sessions/{id}": {`expand\[\]`: `payment_intent\.latest_charge`},
	"POST /v1/refunds":               {`payment_intent`: `pi_.+`, `amount`: `[1-9]\d*`, `metadata\[[a-z]{1,40}\]`: `.{0,500}`},
	"GET /v1/refunds":                {`payment_intent`: `pi_.+`, `limit`: `[1-9]\d?|100`},
	"GET /v1/disputes":               {`payment_intent`: `pi_.+`, `limit`: `[1-9]\d?|100`},
}

const secretKey = "sk_test_neverToBeSeen"

// office is a stand-in for Stripe that holds callers to the contract and answers what a test tells it.
type office struct {
	t *testing.T
	*httptest.Server
	mu      sync.Mutex
	calls   []string            // "POST /v1/refunds"
	keys    []string            // idempotency keys
	forms   []url.Values        //
	answers map[string][]answer // by call; the last one stays
}

type answer struct {
	status int
	header map[string]string
	body   string
}

func newOffice(t *testing.T) *office {
	o := &office{t: t, answers: map[string][]answer{}}
	o.Server = httptest.NewServer(o)
	t.Cleanup(o.Close)
	return o
}

func (o *office) client() *stripe.Client {
	return stripe.New(stripe.Config{SecretKey: secretKey, WebhookSecret: "whsec_test", BaseURL: o.URL})
}

func (o *office) says(call string, all ...answer) { o.answers[call] = all }

func ok(body string) answer { return answer{status: 200, body: body} }

func (o *office) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call := r.Method + " " + r.URL.Path
	if strings.HasPrefix(r.URL.Path, "/v1/checkout/sessions/") {
		call = r.Method + " /v1/checkout/sessions/{id}"
	}
	if err := r.ParseForm(); err != nil {
		o.t.Error(err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if problem := held(call, r); problem != "" {
		o.t.Errorf("%s: %s", call, problem)
	}
	o.calls, o.keys, o.forms = append(o.calls, call), append(o.keys, r.Header.Get("Idempotency-Key")), append(o.forms, r.Form)
	all := o.answers[call]
	if len(all) == 0 {
		o.t.Errorf("nobody expected %s", call)
		return
	}
	if len(all) > 1 {
		o.answers[call] = all[1:]
	}
	for k, v := range all[0].header {
		w.Header().Set(k, v)
	}
	w.WriteHeader(all[0].status)
	_, _ = w.Write([]byte(all[0].body))
}

// held says what is wrong with a call by the contract.
func held(call string, r *http.Request) string {
	names, known := contract[call]
	switch {
	case !known:
		return "no such call"
	case r.Header.Get("Authorization") != "Bearer "+secretKey:
		return "no key"
	case r.Header.Get("Stripe-Version") != stripe.Version:
		return "no version"
	case r.Method == http.MethodPost && r.Header.Get("Content-Type") != "application/x-www-form-urlencoded":
		return "not a form"
	case r.Method == http.MethodPost && !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(r.Header.Get("Idempotency-Key")):
		return "no idempotency key"
	case r.Method == http.MethodPost && len(r.URL.Query()) > 0:
		return "a query beside the form"
	}
	for name, values := range r.Form {
		found := false
		for n, form := range names {
			if !regexp.MustCompile(`^(?:` + n + `)$`).MatchString(name) {
				continue
			}
			found = true
			if len(values) != 1 || !regexp.MustCompile(`(?s)^(?:`+form+`)$`).MatchString(values[0]) {
				return fmt.Sprintf("%s is %q", name, values)
			}
		}
		if !found {
			return "no parameter " + name
		}
	}
	return ""
}

func (o *office) called() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := strings.Join(o.calls, ", ")
	o.calls = nil
	return all
}

func text(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

type object = map[string]any
