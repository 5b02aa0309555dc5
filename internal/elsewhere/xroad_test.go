package elsewhere_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"stoa/internal/elsewhere"
	"stoa/internal/service"
)

// No security server can be run here: it is a set of Java services for Ubuntu or Red Hat. The peer of these tests says what the
// protocol's own text says (PR-REST 1.0.4, sections 4.1, 4.3 and 4.6), with the examples printed there.

func overXRoad(path string) *service.Elsewhere {
	of := companies("")
	of.HTTP, of.XRoad = nil, &service.XRoadSourceFile{Client: "INSTANCE/CLASS1/MEMBER1/SUBSYSTEM1", Service: "INSTANCE/CLASS2/MEMBER2/SUBSYSTEM2/BARSERVICE", Path: path}
	return of
}

// answered is an answer as a provider's security server gives it.
func answered(status int, body string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json;charset=utf-8")
		w.Header().Set("x-road-id", r.Header.Get("X-Road-Id"))
		w.Header().Set("x-road-client", r.Header.Get("X-Road-Client"))
		w.Header().Set("x-road-service", "INSTANCE/CLASS2/MEMBER2/SUBSYSTEM2/BARSERVICE")
		w.Header().Set("x-road-request-id", "f92591a3-6bf0-49b1-987b-0dd78c034cc3")
		w.Header().Set("x-road-request-hash", "Xvx9V2U5c5RhDUiXpVLtW7L8vTd5cM2IOBU2n9efEk7/m3ECKyGAp7yTpJpTWpo6HcmwSaGO+cinxMVKjxJTOQ==")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func TestXRoadIsAskedAsItsProtocolSays(t *testing.T) {
	p, c := newPeer(t, false), &clock{}
	p.answer = answered(200, oneCompany)
	found, err := p.registers(c, false).Ask(t.Context(), elsewhere.Question{Of: overXRoad("/v1/bar/zyggy?quu={email}"), By: map[string]string{"email": "1"}, Issue: "draft-17"})
	if err != nil || len(found) != 1 || found[0].Number != "01234567" {
		t.Fatal(found, err)
	}
	r := p.asked[0] // the example of section 4.1
	if r.Method+" "+r.RequestURI != "GET /r1/INSTANCE/CLASS2/MEMBER2/SUBSYSTEM2/BARSERVICE/v1/bar/zyggy?quu=1" {
		t.Errorf("%s %s", r.Method, r.RequestURI)
	}
	for name, want := range map[string]string{"X-Road-Client": "INSTANCE/CLASS1/MEMBER1/SUBSYSTEM1", "X-Road-Id": "fa2e18a5-c2cb-4d09-b994-f57727f7c3fb",
		"X-Road-Issue": "draft-17", "X-Road-Userid": "", "X-Road-Request-Hash": "", "Accept": "application/json", "Authorization": ""} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
}

// TestPartsOfIdentifiersAreEncodedByThemselves is the example of section 4.2 and one of UTF-8.
func TestPartsOfIdentifiersAreEncodedByThemselves(t *testing.T) {
	p, c := newPeer(t, false), &clock{}
	p.answer = says(404, "")
	of := overXRoad("?e={email}")
	of.XRoad.Client = "GV/GOV/Stadt Grün/Amt"
	if _, err := p.registers(c, false).Ask(t.Context(), elsewhere.Question{Of: of, By: map[string]string{"email": "1"}}); err != nil {
		t.Fatal(err)
	}
	if got := p.asked[0].Header.Get("X-Road-Client"); got != "GV/GOV/Stadt%20Gr%C3%BCn/Amt" {
		t.Error(got)
	}
}

// TestXRoadErrors are the examples of section 4.6: the header says whether X-Road or the service failed.
func TestXRoadErrors(t *testing.T) {
	road := func(status int, kind, body string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Road-Error", kind)
			says(status, body)(w, r)
		}
	}
	for name, x := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request)
		asked  int
		why    string
	}{
		"example 1": {answered(405, `{"timestamp":"2019-03-21T09:45:19.904Z","status":405,"error":"Method Not Allowed"}`), 1, "405"},
		"example 2": {road(500, "Server.ServerProxy.NetworkError", `{"type":"Server.ServerProxy.NetworkError","message":"Connect to 10.139.178.1:8080 failed","detail":"9bc95b6e-2f1d-4a41-a7e6-11eda7d734d5"}`), 3, "9bc95b6e-2f1d-4a41-a7e6-11eda7d734d5"},
		"example 3": {road(400, "Client.BadRequest", `{"type":"Client.BadRequest","message":"Error parsing the client's REST request.","detail":"018cbcae-537e-421b-b6f6-2608dc97bd90"}`), 1, "Client.BadRequest"},
		"example 4": {road(500, "Server.ServerProxy.DatabaseError", `{"type":"Server.ServerProxy.DatabaseError","message":"","detail":"3c4d0f08-440f-417f-b935-bc801e103d51"}`), 3, "DatabaseError"},
		// An error with a body that looks like a good answer is an error still.
		"a good body": {road(200, "Server.ClientProxy.OutdatedGlobalConf", oneCompany), 3, "OutdatedGlobalConf"},
		"another's answer": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Road-Id", "dcaaa3a2-a158-41e1-8775-309848052358")
			says(200, oneCompany)(w, r)
		}, 1, "another message"},
		"another service": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Road-Service", "INSTANCE/CLASS2/MEMBER2/SUBSYSTEM2/BAR")
			says(200, oneCompany)(w, r)
		}, 1, "another service"},
	} {
		p, c := newPeer(t, false), &clock{}
		p.answer = x.answer
		found, err := p.registers(c, false).Ask(t.Context(), elsewhere.Question{Of: overXRoad("?e={email}"), By: map[string]string{"email": "1"}})
		var down *elsewhere.Down
		if !errors.As(err, &down) || len(found) > 0 || len(p.asked) != x.asked || !strings.Contains(down.Why, x.why) {
			t.Errorf("%s: %v %v, asked %d times", name, found, err, len(p.asked))
		}
	}
}
