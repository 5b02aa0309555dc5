package notify_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"stoa/internal/job"
	"stoa/internal/notify"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
)

var tables = []fs.FS{job.Migrations(), vault.Migrations(), notify.Migrations()}

// office is a database that owes messages, and the jobs that send them.
type office struct {
	*notify.Outbox
	t       *testing.T
	db      *store.DB
	clock   *storetest.Clock
	subject string
}

func newOffice(t *testing.T, db *store.DB, clock *storetest.Clock) *office {
	t.Helper()
	keys, err := vault.Open(vault.Config{KeyFile: filepath.Join(t.TempDir(), "keys"), Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	o := &office{Outbox: &notify.Outbox{Vault: keys}, t: t, db: db, clock: clock}
	o.write(func(ctx context.Context, tx *store.Tx) (err error) {
		o.subject, err = keys.NewSubject(ctx, tx)
		return err
	})
	return o
}

func each(t *testing.T, test func(o *office)) {
	t.Helper()
	storetest.Each(t, tables, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(newOffice(t, db, clock)) })
}

func (o *office) write(fn func(ctx context.Context, tx *store.Tx) error) {
	o.t.Helper()
	if err := o.db.Write(o.t.Context(), "test", fn); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) put(c notify.Content) {
	o.t.Helper()
	o.write(func(ctx context.Context, tx *store.Tx) error {
		return o.Put(ctx, tx, notify.Message{Subject: o.subject, Kind: "letter", Language: "ar", Content: c})
	})
}

// runner is a process that sends.
func (o *office) runner(to notify.Sender) *job.Runner {
	r := job.NewRunner(o.db, slog.New(slog.DiscardHandler))
	r.Handle(notify.JobKind, o.Handler(o.db, to))
	return r
}

func (o *office) latest() notify.Message {
	o.t.Helper()
	var all []notify.Message
	err := o.db.Read(o.t.Context(), "test", func(ctx context.Context, tx *store.Tx) (err error) {
		all, err = o.Latest(ctx, tx, 10)
		return err
	})
	if err != nil || len(all) == 0 {
		o.t.Fatalf("%d messages, %v", len(all), err)
	}
	return all[0]
}

// jobs counts those in a state.
func (o *office) jobs(state job.State) (list []job.Job) {
	o.t.Helper()
	err := o.db.Read(o.t.Context(), "test", func(ctx context.Context, tx *store.Tx) (err error) {
		list, err = job.List(ctx, tx, state, 10)
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return list
}

const (
	arabicTitle = "قرارنا بشأن طلبك TEN-2026-00042: الموافقة على النشاط في ساحة السوق"
	arabicText  = "عزيزتي رنا،\n\nوافقنا على طلبك. الرسوم ٢١ جنيهًا.\n.سطر يبدأ بنقطة\n\nسطر طويل: " +
		"هذا سطر طويل جدًا لا يجوز أن يُقطع في الطريق مهما طال، لأن من يقرؤه يريد أن يقرأه كما كُتب تمامًا، من أوله إلى آخره، بلا زيادة ولا نقصان.\n= trailing space \nend"
)

func TestAMailArrivesExactly(t *testing.T) {
	each(t, func(o *office) {
		s := startServer(o.t)
		pdf := append([]byte("%PDF-1.7\r\n\x00\xff\xfe"), bytes.Repeat([]byte("x\n.\r\n"), 500)...)
		o.put(notify.Content{To: "rana@greenvale.example", Name: `رنا "أم علي" \ O'Neil, (Ms)`, Title: arabicTitle, Text: arabicText,
			Link: "/account/cases/1?a=b&c=d", Attach: []notify.File{{Name: "قرار.pdf", Type: "application/pdf", Bytes: pdf}}})
		o.clock.Advance(time.Hour) // the date is that of the message, not of the sending
		if n, err := o.runner(s.sender()).RunDue(o.t.Context()); n != 1 || err != nil {
			o.t.Fatalf("%d sent, %v", n, err)
		}
		all := s.all()
		if len(all) != 1 || !all[0].tls || all[0].from != "services@greenvale.example" || all[0].to != "rana@greenvale.example" {
			o.t.Fatalf("taken: %+v", all)
		}
		got := parse(o.t, all[0].data)
		m := o.latest()
		want := parsed{
			subject: arabicTitle, from: "Greenvale <services@greenvale.example>", to: `رنا "أم علي" \ O'Neil, (Ms) <rana@greenvale.example>`,
			id: "<" + m.ID + "@stoa>", language: "ar", auto: "auto-generated", date: storetest.Start,
			text: arabicText + "\n\nhttps://services.greenvale.example/account/cases/1?a=b&c=d\n", attachment: "قرار.pdf", content: string(pdf),
		}
		if got != want {
			o.t.Errorf("arrived:\n%+v\nwant:\n%+v", got, want)
		}
		if !m.Sent.Equal(o.clock.Now()) || m.Tries != 1 || m.Problem != "" || len(o.jobs(job.Done)) != 1 {
			o.t.Errorf("afterwards the message is %+v", m)
		}
	})
}

// parsed is a mail as its reader sees it.
type parsed struct {
	subject, from, to, id, language, auto, text, attachment, content string
	date                                                             time.Time
}

func parse(t *testing.T, data []byte) (p parsed) {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Fatalf("%v in\n%s", err, data)
		}
	}
	m, err := netmail.ReadMessage(bytes.NewReader(data))
	must(err)
	var words mime.WordDecoder
	p.subject, err = words.DecodeHeader(m.Header.Get("Subject"))
	must(err)
	for header, at := range map[string]*string{"From": &p.from, "To": &p.to} {
		list, err := m.Header.AddressList(header)
		must(err)
		for _, a := range list {
			*at += a.Name + " <" + a.Address + ">"
		}
	}
	p.date, err = m.Header.Date()
	must(err)
	p.date = p.date.UTC()
	p.id, p.language, p.auto = m.Header.Get("Message-ID"), m.Header.Get("Content-Language"), m.Header.Get("Auto-Submitted")
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	must(err)
	if kind == "text/plain" {
		p.text = decode(t, m.Header.Get("Content-Transfer-Encoding"), m.Body)
		return p
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return p
		}
		must(err)
		body := decode(t, part.Header.Get("Content-Transfer-Encoding"), part)
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/plain") {
			p.text = body
			continue
		}
		p.content = body
		p.attachment, err = words.DecodeHeader(part.FileName())
		must(err)
	}
}

func decode(t *testing.T, encoding string, r io.Reader) string {
	t.Helper()
	text := false
	switch strings.ToLower(encoding) {
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		r, text = quotedprintable.NewReader(r), true
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if text {
		return strings.ReplaceAll(string(raw), "\r\n", "\n")
	}
	return string(raw)
}

// refusing answers with a code for the first times.
func refusing(times, code, at int) func(int, string, int) error {
	return func(n int, to string, where int) error {
		if n > times || where != at {
			return nil
		}
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: fmt.Sprintf("<%s>: no, said of Rana", to)}
	}
}

// TestATemporaryRefusalIsTriedAgain sees the mail once, under the identifier it would have had at first.
func TestATemporaryRefusalIsTriedAgain(t *testing.T) {
	for name, at := range map[string]int{"of the receiver": atRcpt, "of the content": atData} {
		t.Run(name, func(t *testing.T) {
			each(t, func(o *office) {
				s := startServer(o.t)
				s.answer = refusing(2, 451, at)
				o.put(notify.Content{To: "rana@greenvale.example", Title: "t", Text: "x"})
				for try := 1; try <= 2; try++ {
					if n, err := o.runner(s.sender()).RunDue(o.t.Context()); n != 1 || err == nil {
						o.t.Fatalf("%d sent, %v", n, err)
					}
					if m := o.latest(); !m.Sent.IsZero() || m.Tries != int64(try) || !strings.Contains(m.Problem, "451 4.1.1") {
						o.t.Errorf("after try %d the message is %+v", try, m)
					}
					if n, err := o.runner(s.sender()).RunDue(o.t.Context()); n != 0 || err != nil {
						o.t.Errorf("tried again at once: %d, %v", n, err)
					}
					o.clock.Advance(time.Hour)
				}
				if n, err := o.runner(s.sender()).RunDue(o.t.Context()); n != 1 || err != nil {
					o.t.Fatalf("%d sent, %v", n, err)
				}
				m := o.latest()
				if all := s.all(); len(all) != 1 || parse(o.t, all[0].data).id != "<"+m.ID+"@stoa>" || m.Sent.IsZero() || m.Problem != "" {
					o.t.Errorf("%d mails; the message is %+v", len(all), m)
				}
			})
		})
	}
}

// TestARefusalForGoodEndsIt leaves a dead job for an administrator, who may try again.
func TestARefusalForGoodEndsIt(t *testing.T) {
	each(t, func(o *office) {
		s := startServer(o.t)
		s.answer = refusing(1, 550, atRcpt)
		o.put(notify.Content{To: "rana@greenvale.example", Title: "t", Text: "x"})
		if _, err := o.runner(s.sender()).RunDue(o.t.Context()); err == nil {
			o.t.Fatal("no error")
		}
		o.clock.Advance(24 * time.Hour)
		if n, _ := o.runner(s.sender()).RunDue(o.t.Context()); n != 0 {
			o.t.Error("what was refused for good is sent again")
		}
		dead := o.jobs(job.Dead)
		if m := o.latest(); len(dead) != 1 || !strings.Contains(m.Problem, "550 5.1.1") || !m.Sent.IsZero() {
			o.t.Fatalf("%d dead jobs; the message is %+v", len(dead), m)
		}
		o.write(func(ctx context.Context, tx *store.Tx) error { return job.Retry(ctx, tx, dead[0].ID) })
		if n, err := o.runner(s.sender()).RunDue(o.t.Context()); n != 1 || err != nil || len(s.all()) != 1 {
			o.t.Errorf("an administrator's retry: %d, %v, %d mails", n, err, len(s.all()))
		}
	})
}

// TestWhoIsWrittenToIsNotStoredInTheClear also where a mail server repeats the address in its refusal.
func TestWhoIsWrittenToIsNotStoredInTheClear(t *testing.T) {
	path := storetest.SQLiteFile(t, tables...)
	db, clock := storetest.Open(t, "sqlite:"+path)
	o := newOffice(t, db, clock)
	s := startServer(t)
	for _, at := range []int{atRcpt, atData} {
		s.answer = refusing(9, 451, at)
		o.put(notify.Content{To: "rana.zafar@greenvale.example", Name: "Rana Zafar", Title: "Zanzibari samosas", Text: "Zanzibari", Link: "/samosas"})
		if _, err := o.runner(s.sender()).RunDue(t.Context()); err == nil || strings.Contains(strings.ToLower(err.Error()), "rana") {
			t.Errorf("what is logged: %v", err)
		}
	}
	o.put(notify.Content{To: "rana.zafar at greenvale.example", Title: "Zanzibari samosas", Text: "Zanzibari"})
	if _, err := o.runner(s.sender()).RunDue(t.Context()); err == nil || strings.Contains(strings.ToLower(err.Error()), "rana") {
		t.Errorf("what is logged: %v", err)
	}
	if len(o.jobs(job.Dead)) != 1 {
		t.Error("an address that is none is tried again")
	}
	var stored []byte
	for _, name := range []string{path, path + "-wal"} {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, bytes.ToLower(raw)...)
	}
	if !bytes.Contains(stored, []byte("451 4.1.1")) {
		t.Fatal("the check does not see what is stored: the server's answer was not found")
	}
	for _, secret := range []string{"rana", "zafar", "samosa", "zanzibar"} {
		if bytes.Contains(stored, []byte(secret)) {
			t.Errorf("%q is in the database's file", secret)
		}
	}
}

func TestAWrongPasswordOrCertificateSendsNothing(t *testing.T) {
	each(t, func(o *office) {
		s := startServer(o.t)
		for name, spoil := range map[string]func(*notify.Mail){
			"a wrong password":     func(m *notify.Mail) { m.Password = "wrong" },
			"no password":          func(m *notify.Mail) { m.User = "" },
			"an unknown authority": func(m *notify.Mail) { m.Roots = nil },
			"plain where forced":   func(m *notify.Mail) { m.TLS = "tls" },
		} {
			to := s.sender()
			spoil(to)
			err := to.Send(o.t.Context(), notify.Message{ID: "1", Content: notify.Content{To: "rana@greenvale.example", Title: "t", Text: "x"}})
			if err == nil || strings.Contains(err.Error(), mailPassword) {
				o.t.Errorf("%s: %v", name, err)
			}
		}
		if len(s.all()) != 0 {
			o.t.Errorf("%d mails were taken", len(s.all()))
		}
	})
}

// dying is a sender whose process dies when the server has taken the mail.
type dying struct {
	notify.Sender
	die context.CancelFunc
}

func (d dying) Send(ctx context.Context, m notify.Message) error {
	err := d.Sender.Send(ctx, m)
	d.die()
	return err
}

// TestACrashAfterTheServerTookTheMailRepeatsIt is the price of losing none: sent at least once, and a
// second time under the same identifier, by which receivers know it.
func TestACrashAfterTheServerTookTheMailRepeatsIt(t *testing.T) {
	each(t, func(o *office) {
		s := startServer(o.t)
		o.put(notify.Content{To: "rana@greenvale.example", Title: "t", Text: "x"})
		ctx, die := context.WithCancel(o.t.Context())
		if _, err := o.runner(dying{s.sender(), die}).RunDue(ctx); !errors.Is(err, context.Canceled) {
			o.t.Fatalf("the process lived: %v", err)
		}
		if m := o.latest(); len(s.all()) != 1 || !m.Sent.IsZero() {
			o.t.Fatalf("%d mails; the message is %+v", len(s.all()), m)
		}
		o.clock.Advance(time.Hour) // until another process may take over
		if n, err := o.runner(s.sender()).RunDue(o.t.Context()); n != 1 || err != nil {
			o.t.Fatalf("%d sent, %v", n, err)
		}
		all := s.all()
		if len(all) != 2 || parse(o.t, all[0].data) != parse(o.t, all[1].data) {
			o.t.Errorf("%d mails; they differ, or one is missing", len(all))
		}
		// The process died after our commit, before the job's: nothing is sent again.
		o.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE job SET state = 'ready', ended_at = 0, run_at = 0`)
			return err
		})
		if n, err := o.runner(s.sender()).RunDue(o.t.Context()); n != 1 || err != nil || len(s.all()) != 2 {
			o.t.Errorf("%d run, %v; %d mails", n, err, len(s.all()))
		}
	})
}

func TestWhatIsNotCommittedIsNotSent(t *testing.T) {
	each(t, func(o *office) {
		no := errors.New("no")
		err := o.db.Write(o.t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(o.Put(ctx, tx, notify.Message{Subject: o.subject, Content: notify.Content{To: "rana@greenvale.example"}}), no)
		})
		if !errors.Is(err, no) {
			o.t.Fatal(err)
		}
		err = o.db.Read(o.t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			all, err := o.Latest(ctx, tx, 10)
			if len(all) != 0 {
				o.t.Errorf("%d messages", len(all))
			}
			return err
		})
		s := startServer(o.t)
		if n, runErr := o.runner(s.sender()).RunDue(o.t.Context()); n != 0 || err != nil || runErr != nil {
			o.t.Errorf("%d run, %v, %v", n, err, runErr)
		}
	})
}

func TestAnErasedPersonIsWrittenToNoMore(t *testing.T) {
	each(t, func(o *office) {
		s := startServer(o.t)
		o.put(notify.Content{To: "rana@greenvale.example", Title: "t", Text: "x"})
		o.write(func(ctx context.Context, tx *store.Tx) error { return o.Vault.Erase(ctx, tx, o.subject) })
		if n, err := o.runner(s.sender()).RunDue(o.t.Context()); n != 1 || err != nil || len(s.all()) != 0 {
			o.t.Errorf("%d run, %v; %d mails", n, err, len(s.all()))
		}
		err := o.db.Read(o.t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			all, err := o.Latest(ctx, tx, 10)
			if len(all) != 0 {
				o.t.Errorf("the mailbox shows %+v", all)
			}
			return err
		})
		if err != nil {
			o.t.Error(err)
		}
	})
}

func TestTheMailboxTakesEverything(t *testing.T) {
	each(t, func(o *office) {
		o.put(notify.Content{To: "rana@greenvale.example", Title: arabicTitle, Text: "x", Link: "/y"})
		if n, err := o.runner(notify.Mailbox{}).RunDue(o.t.Context()); n != 1 || err != nil {
			o.t.Fatalf("%d, %v", n, err)
		}
		if m := o.latest(); m.Sent.IsZero() || m.Title != arabicTitle || m.Body("https://x.example") != "x\n\nhttps://x.example/y\n" {
			o.t.Errorf("%+v", m)
		}
	})
}
