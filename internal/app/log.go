package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"stoa/internal/proof"
	"stoa/internal/proof/reader"
	"stoa/internal/publog"
	"stoa/internal/publog/signet"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/vault"
	"stoa/internal/view"
)

// LogConfig is how the public log is signed, and who is asked to confirm it.
type LogConfig struct {
	Keys      string          `yaml:"keys"`      // file of the keys that sign it; default DATA/log.keys
	Origin    string          `yaml:"origin"`    // its name; default the site's host and /log. Once there are keys, theirs
	Witnesses []WitnessConfig `yaml:"witnesses"` // who confirms that everybody is shown the same log
}

// WitnessConfig is a witness of the log.
type WitnessConfig struct {
	Key string `yaml:"key"` // NAME+HASH+BASE64, as the witness hands it out
	URL string `yaml:"url"` // before /add-checkpoint
}

// logName is by which the rows of the log are found; an installation has one.
const logName = "public"

// readWitnesses reads the setting of the environment: KEY URL, KEY URL.
func readWitnesses(text string) (all []WitnessConfig, err error) {
	for one := range strings.SplitSeq(text, ",") {
		parts := strings.Fields(one)
		if len(parts) == 0 {
			continue
		}
		if len(parts) != 2 {
			return nil, fmt.Errorf("%q is no witness: write KEY URL, and a comma before the next", strings.TrimSpace(one))
		}
		all = append(all, WitnessConfig{parts[0], parts[1]})
	}
	return all, nil
}

func (c LogConfig) witnesses() (all []publog.Witness, err error) {
	for i, w := range c.Witnesses {
		key, err := proof.ParseKey(w.Key)
		if err != nil {
			return nil, fmt.Errorf("log.witnesses, number %d: %w", i+1, err)
		}
		if !reader.IsURL(w.URL) {
			return nil, fmt.Errorf("log.witnesses, number %d: the url %q is none: write it like https://witness.example", i+1, w.URL)
		}
		all = append(all, publog.Witness{Key: key.AsWitness(), Ask: func(ctx context.Context, body []byte) (proof.Answer, error) {
			return reader.Post(ctx, w.URL, body)
		}})
	}
	return all, nil
}

func (c Config) logKeyFile() string {
	if c.Log.Keys != "" {
		return c.Log.Keys
	}
	return filepath.Join(c.Data, "log.keys")
}

// logOrigin is the name of a log that has no keys yet.
func (c Config) logOrigin() (string, error) {
	if c.Log.Origin != "" {
		return c.Log.Origin, nil
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" {
		return "", errors.New("the public log has no name yet: say how people reach the site (url), from which it takes it, or name it (log.origin)")
	}
	return u.Host + "/log", nil
}

// ring opens the log's keys when they are first needed: looking at an installation must not make any.
type ring struct {
	mu sync.Mutex
	s  *signet.Signet
}

// signet opens the keys that sign the log. New ones are only made for a log that was never signed: with any other, a
// missing file means that it was lost or that the wrong place was named.
func (a *App) signet(ctx context.Context) (*signet.Signet, error) {
	a.sealer.mu.Lock()
	defer a.sealer.mu.Unlock()
	if a.sealer.s != nil {
		return a.sealer.s, nil
	}
	cfg := signet.Config{File: a.Config.logKeyFile(), Origin: a.Config.Log.Origin, Rand: rand.Reader}
	if _, err := os.Stat(cfg.File); errors.Is(err, fs.ErrNotExist) {
		status, err := a.logStatus(ctx)
		if err != nil {
			return nil, err
		}
		if status.Published >= 0 {
			return nil, fmt.Errorf("%s is missing, and its keys have signed the public log: put it back from its copy, or name its place (log.keys, STOA_LOG_KEYS); "+
				"docs/runbooks/the-log-refuses-to-sign.md says what to do if it is lost", cfg.File)
		}
		if cfg.Origin, err = a.Config.logOrigin(); err != nil {
			return nil, err
		}
	}
	s, err := signet.Open(cfg)
	if err != nil {
		return nil, err
	}
	a.sealer.s = s
	return s, nil
}

func (a *App) logStatus(ctx context.Context) (s publog.Status, err error) {
	err = a.DB.Read(ctx, "app.log", func(ctx context.Context, tx *store.Tx) error {
		s, err = a.publog.Status(ctx, tx)
		return err
	})
	return s, err
}

// logs wires the public log: use cases append to it, pages read it.
func (a *App) logs(keys *vault.Vault) {
	a.publog = publog.New(publog.Config{Name: logName, Vault: keys, Rand: rand.Reader})
	a.Flow.Log = a.publog
	a.View.Log = view.Log{Public: a.publog, Keys: func(ctx context.Context) ([]proof.Key, error) {
		s, err := a.signet(ctx)
		if err != nil {
			return nil, err
		}
		return s.Keys()
	}}
	witnesses, _ := a.Config.Log.witnesses() // wrong ones are refused by Check, and by publish
	for _, w := range witnesses {
		a.View.Log.Witnesses = append(a.View.Log.Witnesses, w.Key)
	}
}

// publishTick says how soon a leaf is published, and how often at most a state of the log is signed.
const publishTick = 100 * time.Millisecond

// publish starts the sequencer; wait returns when it has ended with ctx.
func (a *App) publish(ctx context.Context) (wait func(), err error) {
	keys, err := a.signet(ctx)
	if err != nil {
		return nil, err
	}
	witnesses, err := a.Config.Log.witnesses()
	if err != nil {
		return nil, err
	}
	var holder [16]byte
	if _, err := io.ReadFull(rand.Reader, holder[:]); err != nil {
		return nil, fmt.Errorf("naming the log's sequencer: %w", err)
	}
	s := publog.NewSequencer(publog.SequencerDeps{Log: a.publog, DB: a.DB, Signet: keys, Holder: hex.EncodeToString(holder[:]),
		Witnesses: witnesses, Errors: a.Log})
	tick := time.NewTicker(publishTick)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer tick.Stop()
		if err := s.Run(ctx, tick.C); err != nil {
			a.Log.Warn("ending the work on the public log", "err", err)
		}
	}()
	return func() { <-ended }, nil
}

// examineLog builds the tree of all leaves anew and holds it, and every stored hash, to what was signed.
func (a *App) examineLog(ctx context.Context, tx *store.Tx, _ *service.Jurisdiction) ([]Examination, error) {
	const what = "log"
	status, err := a.publog.Status(ctx, tx)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(a.Config.logKeyFile()); status.Published < 0 && err != nil {
		return []Examination{{What: what, Says: fmt.Sprintf("nothing is published yet, %d leaves wait", status.Waiting)}}, nil
	}
	keys, err := a.signet(ctx)
	if err != nil {
		return []Examination{examined(what, "", []string{err.Error()})}, nil
	}
	findings, err := a.auditLog(ctx, tx, keys)
	if err != nil {
		return nil, err
	}
	return []Examination{examined(what, fmt.Sprintf("consistent, %d leaves", max(status.Published, 0)), findings)}, nil
}

func (a *App) auditLog(ctx context.Context, tx *store.Tx, keys *signet.Signet) (findings []string, err error) {
	all, err := keys.Keys()
	if err != nil {
		return nil, err
	}
	var one sync.Mutex // the audit reads ahead, and a transaction is for one at a time
	fetch := proof.Fetch(func(ctx context.Context, path string) ([]byte, error) {
		one.Lock()
		defer one.Unlock()
		data, _, err := a.publog.Serve(ctx, tx, path)
		return data, err
	})
	if status, err := a.publog.Status(ctx, tx); err != nil || status.Published < 0 {
		signed, _, lastErr := keys.Last()
		if err = errors.Join(err, lastErr); err == nil && signed.Size > status.Size {
			findings = append(findings, behind(signed.Size, status.Size))
		}
		return findings, err
	}
	newest, err := proof.Newest(ctx, fetch, proof.Trust{Logs: all})
	if err != nil {
		return []string{err.Error()}, nil
	}
	if err := proof.Audit(ctx, fetch, newest.Checkpoint, nil); err != nil {
		findings = append(findings, err.Error())
	}
	signed, ok, err := keys.Last()
	switch {
	case err != nil:
		findings = append(findings, err.Error())
	case ok && signed.Size > newest.Size:
		// A leaf that was signed after this reading began is no break; fewer leaves than were signed for good is.
		if status, err := a.publog.Status(ctx, tx); err != nil || status.Size < signed.Size {
			findings = append(findings, behind(signed.Size, status.Size))
		}
	case ok:
		if err := proof.Extends(ctx, fetch, signed, newest.Checkpoint); err != nil {
			findings = append(findings, err.Error()+" (docs/runbooks/the-log-refuses-to-sign.md)")
		}
	}
	return findings, nil
}

func behind(signed, has int64) string {
	return fmt.Sprintf("%d leaves were signed, and the database has %d: docs/runbooks/the-log-refuses-to-sign.md", signed, has)
}

// LogReport is what `stoa log status` tells.
type LogReport struct {
	Origin    string    `json:"origin"`
	Keys      []string  `json:"keys"`
	Waiting   int64     `json:"waiting"`
	Size      int64     `json:"size"`
	Published int64     `json:"published"` // -1 before the first
	Signed    int64     `json:"signed"`    // as the memory beside the keys has it; -1 for never
	Witnesses []LogSeen `json:"witnesses,omitempty"`
	Findings  []string  `json:"findings,omitempty"`
}

// LogSeen is a witness, and what it has confirmed last.
type LogSeen struct {
	Witness string `json:"witness"`
	Size    int64  `json:"size"`
	At      string `json:"at,omitempty"`
}

// withLog opens an installation's log for an operator's command. It may run beside the server.
func withLog(ctx context.Context, c Config, do func(context.Context, *App, *signet.Signet) error) (err error) {
	if _, err := os.Stat(c.logKeyFile()); err != nil {
		return fmt.Errorf("there are no keys of a public log at %s: they are made when the site is first served (%w)", c.logKeyFile(), err)
	}
	a, err := Open(ctx, c, false, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	keys, err := a.signet(ctx)
	if err != nil {
		return err
	}
	return do(ctx, a, keys)
}

// LogStatus tells how the log stands, and what is wrong with it.
func LogStatus(ctx context.Context, c Config) (r LogReport, err error) {
	err = withLog(ctx, c, func(ctx context.Context, a *App, keys *signet.Signet) error {
		r = LogReport{Origin: keys.Origin(), Signed: -1}
		all, err := keys.Keys()
		if err != nil {
			return err
		}
		for _, k := range all {
			r.Keys = append(r.Keys, k.String())
		}
		if signed, ok, err := keys.Last(); err == nil && ok { // an error is among the findings
			r.Signed = signed.Size
		}
		return a.DB.Read(ctx, "app.LogStatus", func(ctx context.Context, tx *store.Tx) error {
			status, err := a.publog.Status(ctx, tx)
			if err != nil {
				return err
			}
			r.Waiting, r.Size, r.Published = status.Waiting, status.Size, status.Published
			seen, err := a.publog.Seen(ctx, tx)
			if err != nil {
				return err
			}
			r.Witnesses, r.Findings = nil, nil
			for _, s := range seen {
				r.Witnesses = append(r.Witnesses, LogSeen{s.Witness.String(), s.Size, s.At.UTC().Format(time.RFC3339)})
			}
			r.Findings, err = a.auditLog(ctx, tx, keys)
			return err
		})
	})
	return r, err
}

// RotateLogKey adds a key that signs from now on beside those before it.
func RotateLogKey(ctx context.Context, c Config) (key string, err error) {
	err = withLog(ctx, c, func(_ context.Context, _ *App, keys *signet.Signet) error {
		k, err := keys.Rotate()
		key = k.String()
		return err
	})
	return key, err
}

// RetireLogKey ends a key's signing.
func RetireLogKey(ctx context.Context, c Config, key string) error {
	k, err := proof.ParseKey(key)
	if err != nil {
		return err
	}
	return withLog(ctx, c, func(_ context.Context, _ *App, keys *signet.Signet) error { return keys.Retire(k) })
}

// AcknowledgeLog lets the log go on from what the database has, although more was signed.
func AcknowledgeLog(ctx context.Context, c Config, by, reason string) error {
	return withLog(ctx, c, func(ctx context.Context, a *App, keys *signet.Signet) error {
		return a.publog.Acknowledge(ctx, a.DB, keys, keys.Origin(), by, reason)
	})
}
