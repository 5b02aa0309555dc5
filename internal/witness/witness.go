// Package witness owns a witness of public logs, which anyone may operate: it remembers the largest state of each log that
// it was shown, checks that the next one continues it, and says so with its signature (c2sp.org/tlog-witness and
// tlog-cosignature). Two people who are shown different histories of a log cannot both have its cosignature.
//
// It stops there: it reads no entry and judges none, keeps no copy of a log, and shares nothing with Stoa's own log but
// the forms in package proof. Its store is a folder of small files.
package witness

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"time"

	"stoa/internal/proof"
)

// Config is what a witness works with.
type Config struct {
	Dir  string      // its keys and what it has seen; created if missing
	Name string      // of its key, such as witness.example.org; used when the key is made
	Logs []proof.Key // whose checkpoints it cosigns; several keys of one log are all good
	Now  func() time.Time
	Rand io.Reader // default crypto/rand
	Log  *slog.Logger
}

// Witness answers logs.
type Witness struct {
	store  *folder
	signer *proof.Signer
	logs   []proof.Key
	now    func() time.Time
	log    *slog.Logger
}

// Open reads the folder, or makes it with a key.
func Open(cfg Config) (*Witness, error) {
	for _, k := range cfg.Logs {
		if k.IsWitness() {
			return nil, fmt.Errorf("%s is the key of a witness, not of a log", k)
		}
	}
	store, signer, err := openFolder(cfg)
	if err != nil {
		return nil, fmt.Errorf("open the witness's folder: %w", err)
	}
	return &Witness{store, signer, cfg.Logs, cfg.Now, cfg.Log}, nil
}

// Close lets another process work in the folder.
func (w *Witness) Close() error { return w.store.lock.Close() }

// Key is what readers of logs trust.
func (w *Witness) Key() proof.Key { return w.signer.Key().AsWitness() }

// Handler answers POST /add-checkpoint.
func (w *Witness) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", w.add)
	mux.HandleFunc("GET /{$}", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintf(rw, "A witness of public logs, by c2sp.org/tlog-witness.\nkey %s\n", w.Key())
		for _, k := range w.logs {
			fmt.Fprintf(rw, "log %s\n", k)
		}
	})
	return mux
}

// HTTP is a server for the handler, with limits that suit small requests from anybody.
func (w *Witness) HTTP() *http.Server {
	return &http.Server{Handler: w.Handler(), ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 1 << 14}
}

// refusal is an answer that is not a cosignature.
type refusal struct {
	status int
	kind   string // content type
	text   string
}

// Error implements error.
func (r *refusal) Error() string { return strconv.Itoa(r.status) + " " + r.text }

func refuse(status int, text string) error {
	return &refusal{status, "text/plain; charset=utf-8", text + "\n"}
}

// knows is how a witness says which size it has cosigned.
func knows(size int64) error {
	return &refusal{http.StatusConflict, "text/x.tlog.size", strconv.FormatInt(size, 10) + "\n"}
}

func (w *Witness) add(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, proof.MaxAsk))
	if err != nil {
		err = refuse(http.StatusBadRequest, "the request cannot be read, or is too long")
	}
	var line []byte
	if err == nil {
		line, err = w.Cosign(body)
	}
	var no *refusal
	switch {
	case err == nil:
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, err = rw.Write(line)
	case errors.As(err, &no):
		w.log.Info("refused", "status", no.status, "why", no.text)
		rw.Header().Set("Content-Type", no.kind)
		rw.WriteHeader(no.status)
		_, err = io.WriteString(rw, no.text)
	default:
		w.log.Error("cosigning", "err", err)
		http.Error(rw, "the witness cannot keep what it has seen; try again later", http.StatusInternalServerError)
		err = nil
	}
	if err != nil {
		w.log.Info("answering", "err", err) // whoever asked has gone
	}
}

// Cosign judges one request and gives the cosignature.
func (w *Witness) Cosign(body []byte) (line []byte, err error) {
	ask, err := proof.ParseAsk(body)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, err.Error())
	}
	origin, text, err := proof.Peek(ask.Checkpoint)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, err.Error())
	}
	var keys []proof.Key
	for _, k := range w.logs {
		if k.Name() == origin {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return nil, refuse(http.StatusNotFound, "this witness does not know the log "+strconv.Quote(origin))
	}
	signed, err := proof.Trust{Logs: slices.Clip(keys)}.Open(ask.Checkpoint)
	if err != nil {
		status := http.StatusForbidden
		if errors.Is(err, proof.ErrForm) {
			status = http.StatusBadRequest
		}
		return nil, refuse(status, err.Error())
	}
	if ask.Old > signed.Size {
		return nil, refuse(http.StatusBadRequest, "the old size is larger than the checkpoint's")
	}
	err = w.store.step(origin, func(seen proof.Checkpoint) ([]byte, error) {
		if ask.Old != seen.Size {
			return nil, knows(seen.Size)
		}
		if seen.Origin == "" { // never seen: the first state is believed
			seen = proof.Checkpoint{Origin: origin}
		}
		if ask.Old == signed.Size && seen.Size == signed.Size && seen.Size > 0 && seen.Root != signed.Root {
			w.log.Error("a log has signed two trees of one size", "origin", origin, "size", seen.Size, "ours", seen.Root, "theirs", signed.Root)
			return nil, knows(seen.Size)
		}
		if err := signed.Continues(seen, ask.Proof); err != nil {
			return nil, refuse(http.StatusUnprocessableEntity, err.Error())
		}
		if line, err = proof.CosignText(text, w.signer, w.now()); err != nil {
			return nil, err
		}
		return signed.Note, nil
	})
	if err != nil {
		return nil, err
	}
	return line, nil
}
