package condense_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"stoa/internal/condense"
)

// reply is what a server of the protocol sends back (POST /chat/completions).
func reply(text string) string {
	raw, _ := json.Marshal(text) // a string always encodes
	return `{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":` +
		string(raw) + `}}],"usage":{"prompt_tokens":70,"completion_tokens":9,"total_tokens":79}}`
}

func TestAModelIsAskedByTheProtocol(t *testing.T) {
	type asked struct {
		Model    string
		Messages []struct{ Role, Content string }
	}
	var got asked
	var path, key string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, key = r.URL.Path, r.Header.Get("Authorization")
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, reply("It costs £21."))
	}))
	defer server.Close()
	m := condense.New(condense.Config{URL: server.URL + "/v1/", Model: "small", Key: "k", Wait: time.Minute})
	r, err := m.Choose(t.Context(), "what does it cost", []string{"It costs £21.", "Come\nin."})
	if err != nil || r.Text != "It costs £21." || r.Sent != 70 || r.Received != 9 {
		t.Fatalf("%+v, %v", r, err)
	}
	if path != "/v1/chat/completions" || key != "Bearer k" || got.Model != "small" || len(got.Messages) != 2 || got.Messages[0].Role != "system" ||
		got.Messages[1].Content != "Question: what does it cost\n\n1. It costs £21.\n2. Come in.\n" {
		t.Errorf("%s, %s, %+v", path, key, got)
	}
}

// TestAModelThatFailsIsAnErrorInTime whatever it does; it is asked once.
func TestAModelThatFailsIsAnErrorInTime(t *testing.T) {
	for name, handle := range map[string]http.HandlerFunc{
		"broken": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"choices":[{"mess`)
		},
		"silent": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"choices":[]}`)
		},
		"busy": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) },
		"down": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"slow": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"leads": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusTemporaryRedirect)
		},
		"endless": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, reply(strings.Repeat("word ", 1<<17)))
		},
	} {
		asked := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked++
			_, _ = io.Copy(io.Discard, r.Body) // so that the server notices when the asker has gone
			handle(w, r)
		}))
		wait := time.Minute
		if name == "slow" {
			wait = 50 * time.Millisecond
		}
		_, err := condense.New(condense.Config{URL: server.URL + "/", Model: "m", Key: "s3cret", Wait: wait}).Choose(t.Context(), "q", []string{"a"})
		server.Close()
		if err == nil || asked != 1 || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: asked %d times: %v", name, asked, err)
		}
	}
}
