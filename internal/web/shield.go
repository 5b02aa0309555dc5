package web

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"io"
	"log/slog"
	"math/bits"
	"net/http"
	"strconv"
	"sync"
	"time"

	"stoa/internal/fault"
	"stoa/internal/web/page"
)

// The shield stands before forms that anybody can send without signing in. Once many came from one network, each next one
// is asked for a proof that costs whoever sends thousands: a browser with scripts solves a puzzle in a second or two; without
// scripts one waits for one's turn. Nobody else is asked, nothing is kept of anybody, nobody has to recognise pictures, and
// what was typed travels through the question in hidden fields.
const (
	shieldBits   = 17               // leading zero bits: 131,000 hashes on average
	shieldTurn   = 15 * time.Second // one turn of a network for whoever waits
	shieldLine   = 2 * time.Minute  // nobody waits longer
	shieldLife   = time.Hour        // of a question
	shieldField  = "shield"
	shieldAnswer = "shield-answer"
)

// shield asks for proofs and reads them.
type shield struct {
	key   []byte  // signs questions; the same on all machines of an installation
	free  *common // forms for which nothing is asked
	turns *common // of those who wait
	with  Shared
	log   *slog.Logger

	mu    sync.Mutex
	used  map[string]time.Time // questions that were answered here, until they are too old anyway
	swept time.Time
}

func newShield(key []byte, perHour int, with Shared, log *slog.Logger) *shield {
	free, turns := newCommon("forms", perHour, time.Hour, key, with, log), newCommon("turns", 1, shieldTurn, key, with, log)
	return &shield{key: key, free: free, turns: turns, with: with, log: log, used: map[string]time.Time{}}
}

// question is what a sender is asked: signed, for one form and one network, from a moment on.
type question struct {
	nonce [16]byte
	ready time.Time // whoever has waited until then needs no puzzle
	asked time.Time
}

// sign covers what the question is for. Its text is what the puzzle is about: 43 letters, so that with a number it is one
// block of SHA-256.
func (s *shield) sign(q question, form, network string) string {
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte("stoa shield v1\x00" + form + "\x00" + network + "\x00"))
	h.Write(q.bytes())
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

func (q question) bytes() []byte {
	b := binary.BigEndian.AppendUint64(q.nonce[:], uint64(q.ready.Unix()))
	return binary.BigEndian.AppendUint64(b, uint64(q.asked.Unix()))
}

// ask makes a question. The wait is one's turn in the line of one's network.
func (s *shield) ask(ctx context.Context, form, network string, now time.Time, random io.Reader) (token string, wait time.Duration, err error) {
	q := question{asked: now.Truncate(time.Second)}
	if _, err := io.ReadFull(random, q.nonce[:]); err != nil {
		return "", 0, fault.NewInternal("asking for a proof", err)
	}
	wait = max(s.turns.turn(ctx, network, now), shieldTurn)
	q.ready = q.asked.Add(wait)
	return base64.RawURLEncoding.EncodeToString(q.bytes()) + "." + s.sign(q, form, network), wait, nil
}

// read finds the question of a token: of this form and network, not too old.
func (s *shield) read(token, form, network string, now time.Time) (q question, puzzle string, ok bool) {
	const body = 43 // letters of 32 bytes
	if len(token) != 2*body+1 || token[body] != '.' {
		return q, "", false
	}
	raw, err := base64.RawURLEncoding.DecodeString(token[:body])
	if err != nil {
		return q, "", false
	}
	copy(q.nonce[:], raw)
	q.ready = time.Unix(int64(binary.BigEndian.Uint64(raw[16:])), 0)
	q.asked = time.Unix(int64(binary.BigEndian.Uint64(raw[24:])), 0)
	puzzle = token[body+1:]
	if !hmac.Equal([]byte(puzzle), []byte(s.sign(q, form, network))) || now.Sub(q.asked) > shieldLife {
		return q, "", false
	}
	return q, puzzle, true
}

// passed reports whether the question was answered, by the puzzle or by waiting, and was not used before. left is how long to
// wait still, where it is a question that can be answered.
func (s *shield) passed(ctx context.Context, token, answer, form, network string, now time.Time) (passed bool, left time.Duration) {
	q, puzzle, ok := s.read(token, form, network, now)
	if !ok {
		return false, 0
	}
	if !solves(puzzle, answer) && now.Before(q.ready) {
		return false, q.ready.Sub(now)
	}
	if !s.first(puzzle, q.asked, now) {
		return false, 0
	}
	if s.with.Once == nil {
		return true, 0
	}
	var mark [16]byte
	copy(mark[:], puzzle) // it is a keyed hash already
	first, err := s.with.Once(ctx, mark, q.asked.Add(shieldLife))
	if err != nil {
		s.log.Warn("an answered proof is remembered by this process alone", "error", err)
	}
	return first || err != nil, 0
}

// first notes that a question is answered, and reports whether it was not before, here.
func (s *shield) first(puzzle string, asked, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.swept) > time.Minute {
		for t, at := range s.used {
			if now.Sub(at) > shieldLife {
				delete(s.used, t)
			}
		}
		s.swept = now
	}
	_, before := s.used[puzzle]
	s.used[puzzle] = asked
	return !before
}

// solves reports whether SHA-256 of "puzzle:answer" begins with enough zero bits.
func solves(puzzle, answer string) bool {
	if n, err := strconv.ParseUint(answer, 10, 32); err != nil || strconv.FormatUint(n, 10) != answer {
		return false
	}
	sum := sha256.Sum256([]byte(puzzle + ":" + answer))
	return bits.LeadingZeros32(binary.BigEndian.Uint32(sum[:])) >= shieldBits
}

// turn is how long a network waits for its next turn, and takes it; where the line is too long, whoever comes shares the last.
func (l *limiter) turn(network string, now time.Time) (wait time.Duration, taken bool) {
	r := l.of(network).ReserveN(now, 1)
	if wait = r.DelayFrom(now); wait > shieldLine {
		r.CancelAt(now)
		return shieldLine, false
	}
	return wait, true
}

// shielded reports whether the form must show a proof first. One that has shown it passes.
func (s *Server) shielded(r *Request) (question bool, err error) {
	if !r.Route.Shield || r.Method != http.MethodPost || r.Actor.Person != "" {
		return false, nil
	}
	network, now := r.address(s.Config.Proxy), s.Outside.Now()
	if s.shield.free.allow(r.Context(), network, now) {
		return false, nil
	}
	if err := r.ReadForm(); err != nil {
		return false, err
	}
	passed, _ := s.shield.passed(r.Context(), r.PostFormValue(shieldField), r.PostFormValue(shieldAnswer), r.URL.Path, network, now)
	return !passed, nil
}

// askProof is the question, instead of the answer to the form. Whoever pressed too early keeps their turn.
func (s *Server) askProof(w http.ResponseWriter, r *Request) error {
	network, now := r.address(s.Config.Proxy), s.Outside.Now()
	token := r.PostFormValue(shieldField)
	_, wait := s.shield.passed(r.Context(), token, "", r.URL.Path, network, now)
	early := wait > 0
	if !early {
		random := s.Outside.Rand
		if random == nil {
			random = rand.Reader
		}
		var err error
		if token, wait, err = s.shield.ask(r.Context(), r.URL.Path, network, now, random); err != nil {
			return err
		}
	}
	seconds := int((wait + time.Second - 1) / time.Second)
	s.Outside.Log.Info("asked for a proof", "id", r.ID, "route", r.Request.Pattern, "wait", seconds)
	title := r.T("One moment, before this is sent")
	var g page.Group
	for _, f := range fieldsOf(r.PostForm, "") {
		if f.Name != shieldField && f.Name != shieldAnswer {
			g = append(g, page.Hidden(f))
		}
	}
	g = append(g, page.Hidden{Name: shieldField, Value: token}, page.Hidden{Name: shieldAnswer},
		page.Button{Text: r.T("Send it now"), PreventDoubleClick: true})
	content := page.Group{page.Heading{Level: 1, Size: "l", Text: title}}
	if early {
		content = append(content, page.InsetText{Text: r.T("That was a little early. Nothing is lost: press the button again when the time has passed.")})
	}
	content = append(content,
		page.Paragraph{Text: r.T("Many forms have come from your network in a short time, perhaps from others. To keep out programs that send thousands, this one waits for a moment. What you have typed is kept, and there is nothing to solve.")},
		page.Paragraph{Text: r.P.N("Press the button in {n} second or later.", "Press the button in {n} seconds or later.", seconds)},
		page.Form{Action: LocalPath(r.URL.RequestURI(), "/"), HTML: g})
	box := page.Puzzle{Bits: strconv.Itoa(shieldBits), HTML: content,
		Working: r.T("Your browser is making sure of this by itself. In a few seconds the form is sent.")}
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	return r.Render(w, Page{Status: http.StatusTooManyRequests, Title: title, Content: box, NoIndex: true, Shielded: true})
}
