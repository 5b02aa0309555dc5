package blob

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"time"

	"stoa/internal/job"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// Scanner looks for viruses. It answers Clean, Infected with the signature's name, or Unscanned where it will never
// know (too large for it); an error means that it may know another time.
type Scanner interface {
	Scan(ctx context.Context, data []byte) (state ScanState, signature string, err error)
}

// None is the scanner of an installation without one.
type None struct{}

// Scan implements Scanner.
func (None) Scan(context.Context, []byte) (ScanState, string, error) { return Unscanned, "", nil }

// Clamd asks a ClamAV daemon over its INSTREAM command (clamd(8)).
type Clamd struct {
	Network  string // "tcp" or "unix"
	Addr     string
	MaxBytes int // the daemon's StreamMaxLength; more is not sent. 0: 25 MiB, its default
}

const (
	clamdMax     = 25 << 20
	clamdChunk   = 64 << 10
	clamdTimeout = 2 * time.Minute
)

// Scan implements Scanner.
func (c Clamd) Scan(ctx context.Context, data []byte) (ScanState, string, error) {
	if limit := c.MaxBytes; limit > 0 && len(data) > limit || limit == 0 && len(data) > clamdMax {
		return Unscanned, "", nil
	}
	ctx, cancel := context.WithTimeout(ctx, clamdTimeout)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, c.Network, c.Addr)
	if err != nil {
		return "", "", fmt.Errorf("reach the virus scanner: %w", err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })() // ends reads and writes that hang

	// A daemon that finds the stream too large answers and closes while we still write: its answer counts, if any.
	writeErr := clamdSend(conn, data)
	answer, err := bufio.NewReader(io.LimitReader(conn, 4096)).ReadString(0)
	answer = strings.TrimSuffix(answer, "\x00")
	switch {
	case answer == "stream: OK" && writeErr == nil:
		return Clean, "", nil
	case strings.HasPrefix(answer, "stream: ") && strings.HasSuffix(answer, " FOUND"):
		return Infected, strings.TrimSuffix(strings.TrimPrefix(answer, "stream: "), " FOUND"), nil
	case strings.Contains(answer, "size limit exceeded"):
		return Unscanned, "", nil
	case answer != "":
		return "", "", fmt.Errorf("the virus scanner answered %q", answer)
	}
	return "", "", fmt.Errorf("no answer from the virus scanner: %w", errors.Join(writeErr, err))
}

func clamdSend(w io.Writer, data []byte) error {
	if _, err := io.WriteString(w, "zINSTREAM\x00"); err != nil {
		return err
	}
	for len(data) > 0 {
		n := min(len(data), clamdChunk)
		if _, err := w.Write(binary.BigEndian.AppendUint32(nil, uint32(n))); err != nil {
			return err
		}
		if _, err := w.Write(data[:n]); err != nil {
			return err
		}
		data = data[n:]
	}
	_, err := w.Write(make([]byte, 4))
	return err
}

const (
	scanKind  = "blob.scan"
	scanTries = 8 // then the blob counts as not scanned, so that a case does not wait for ever
)

// Register lets the runner scan what Put stored. log hears of infections: by id and signature, never by name.
func (s *Store) Register(r *job.Runner, db *store.DB, log *slog.Logger) {
	r.Handle(scanKind, func(ctx context.Context, j job.Job) error {
		var p struct {
			Blob string `json:"blob"`
		}
		dec := json.NewDecoder(bytes.NewReader(j.Payload))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&p); err != nil {
			return job.Permanent(fmt.Errorf("read the job: %w", err))
		}
		return s.scan(ctx, db, log, p.Blob, j.Attempts >= scanTries)
	})
}

func (s *Store) scan(ctx context.Context, db *store.DB, log *slog.Logger, id string, last bool) error {
	var data []byte
	err := db.Read(ctx, "blob.scan", func(ctx context.Context, tx *store.Tx) (err error) {
		_, data, err = s.ReadAll(ctx, tx, id)
		return err
	})
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, vault.ErrErased) {
		return nil // gone meanwhile
	}
	if err != nil {
		return err
	}
	state, signature, err := s.scanner.Scan(ctx, data)
	if err != nil {
		if !last {
			return err
		}
		log.WarnContext(ctx, "attachment could not be scanned", "blob", id, "error", err)
		state = Unscanned
	}
	if state == Infected {
		log.WarnContext(ctx, "attachment is infected", "blob", id, "signature", signature)
	}
	return db.Write(ctx, "blob.scanned", func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE blob SET scan = $1 WHERE id = $2`, string(state), id)
		if err != nil {
			return fmt.Errorf("record the scan: %w", err)
		}
		return nil
	})
}
