package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/mail"
	"sync"

	"github.com/emersion/go-smtp"
)

// mailbox is a mail server that counts what arrives by its Message-ID.
type mailbox struct {
	server *smtp.Server
	port   int
	mu     sync.Mutex
	seen   map[string]int
}

func startMailbox() (*mailbox, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	m := &mailbox{port: listener.Addr().(*net.TCPAddr).Port, seen: map[string]int{}}
	m.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return letter{m}, nil }))
	m.server.Domain = "mail.example"
	go func() { _ = m.server.Serve(listener) }()
	return m, nil
}

type letter struct{ m *mailbox }

// Mail takes any sender.
func (letter) Mail(string, *smtp.MailOptions) error { return nil }

// Rcpt takes any reader.
func (letter) Rcpt(string, *smtp.RcptOptions) error { return nil }

// Reset forgets nothing, since nothing is kept before the end.
func (letter) Reset() {}

// Logout ends.
func (letter) Logout() error { return nil }

// Data counts a whole message.
func (l letter) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil || msg.Header.Get("Message-Id") == "" {
		return errors.Join(err, errors.New("a message without its id"))
	}
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	l.m.seen[msg.Header.Get("Message-Id")]++
	return nil
}

func (m *mailbox) count() (all, repeated int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, n := range m.seen {
		all++
		if n > 1 {
			repeated++
		}
	}
	return all, repeated
}
