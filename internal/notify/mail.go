package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	netmail "net/mail"
	"time"

	"github.com/wneessen/go-mail"

	"stoa/internal/job"
)

// Mail sends by SMTP.
type Mail struct {
	Host, User, Password string
	Port                 int
	TLS                  string // starttls (default), tls, none (loopback relays)
	From, FromName       string
	Site                 string // https://… put before links
	Roots                *tls.Config
}

// Send implements Sender. RFC 5321; the Message-ID is the message's own, so a second try is the same mail.
func (s *Mail) Send(ctx context.Context, m Message) error {
	msg := mail.NewMsg(mail.WithCharset(mail.CharsetUTF8))
	if err := msg.From(address(s.FromName, s.From)); err != nil {
		return fmt.Errorf("writing the sender's address: %w", err)
	}
	if err := msg.To(address(m.Name, m.To)); err != nil {
		return job.Permanent(errAddress) // the error itself names the address
	}
	msg.Subject(m.Title)
	msg.SetMessageIDWithValue(m.ID + "@stoa")
	msg.SetDateWithValue(m.Created)
	msg.SetGenHeader("Content-Language", m.Language)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834
	if m.Leave != "" {                                   // RFC 2369; RFC 8058 lets mail programs do it by one click
		msg.SetGenHeader("List-Unsubscribe", "<"+s.Site+m.Leave+">")
		msg.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	msg.SetBodyString(mail.TypeTextPlain, m.Body(s.Site))
	for _, f := range m.Attach {
		if err := msg.AttachReader(f.Name, bytes.NewReader(f.Bytes), mail.WithFileContentType(mail.ContentType(f.Type))); err != nil {
			return fmt.Errorf("attaching a file: %w", err)
		}
	}
	client, err := mail.NewClient(s.Host, s.options()...)
	if err != nil {
		return fmt.Errorf("setting up mail: %w", err)
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return fmt.Errorf("sending mail through %s: %w", s.Host, refusal(err))
	}
	return nil
}

// errAddress is a receiver whose address is none.
var errAddress = errors.New("the receiver's address cannot be written to")

// address is a name and an address as a header holds them (RFC 5322, RFC 2047), whatever is in the name.
func address(name, at string) string { return (&netmail.Address{Name: name, Address: at}).String() }

// refusal is what a mail server answered, as far as it may be stored and logged: servers like to repeat the address,
// so that only codes are kept. What it refuses for good (RFC 5321, section 4.2.1: 5yz) is not sent again.
func refusal(err error) error {
	var said *mail.SendError
	if !errors.As(err, &said) {
		return err // it never came to the address
	}
	short := fmt.Errorf("%s: the server answered %d %s", said.Reason, said.ErrorCode(), said.EnhancedStatusCode())
	if said.ErrorCode() >= 500 {
		return job.Permanent(short)
	}
	return short
}

func (s *Mail) options() []mail.Option {
	options := []mail.Option{mail.WithPort(s.Port), mail.WithTimeout(20 * time.Second)}
	switch s.TLS {
	case "none":
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	case "tls":
		options = append(options, mail.WithSSL())
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.Roots != nil {
		options = append(options, mail.WithTLSConfig(s.Roots))
	}
	if s.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.User), mail.WithPassword(s.Password))
	}
	return options
}

// Body is the text with its link.
func (m Message) Body(site string) string {
	if m.Link == "" {
		return m.Text
	}
	return m.Text + "\n\n" + site + m.Link + "\n"
}

// Mailbox keeps messages where the demo shows them: they are in the database already.
type Mailbox struct{}

// Send implements Sender.
func (Mailbox) Send(context.Context, Message) error { return nil }
