package page

import (
	"context"
	"io"
)

// StatusPanel heads a case page: where it stands and what is next.
type StatusPanel struct {
	Label   string // "Status"
	Status  string
	Tone    Tone
	Text    string
	HTML    Component // what the reader can do now
	Clock   Clock
	Heading int // level; 2 when zero
}

// StatusTrack shows the stations of a case.
type StatusTrack struct {
	Label string // names the list
	Steps []TrackStep
}

// TrackStep is one station.
type TrackStep struct {
	Title, Text string
	State       TrackState
}

// TrackState is where a station lies for this case.
type TrackState string

// The states of a station.
const (
	Ahead   TrackState = "ahead"
	Current TrackState = "current"
	Passed  TrackState = "passed"
)

// Timeline shows what happened, newest first or oldest first as given.
type Timeline struct {
	Heading Heading
	Entries []TimelineEntry
}

// TimelineEntry is one thing that happened.
type TimelineEntry struct {
	Title string
	When  Time
	By    string
	Text  string
	HTML  Component
	Tone  Tone
}

// MessageThread is a conversation about a case.
type MessageThread struct {
	Heading  Heading
	Messages []Message
}

// Message is one message.
type Message struct {
	From  string
	When  Time
	Text  string // paragraphs part at blank lines
	HTML  Component
	Own   bool // the reader wrote it
	Files []Link
	Tag   Tag // "New"
}

// Mailbox lists messages by subject.
type Mailbox struct {
	Label string
	Items []MailItem
}

// MailItem is one line of a mailbox.
type MailItem struct {
	Subject, URL  string
	From, Preview string
	When          Time
	Unread        bool
	UnreadText    string // "Unread"
}

func (s TrackState) word(w *Words) string {
	switch s {
	case Passed:
		return w.Done
	case Current:
		return w.Now
	}
	return w.Later
}

// Render prints the panel.
func (p StatusPanel) Render(ctx context.Context, w io.Writer) error {
	return statusPanel(p).Render(ctx, w)
}

// Render prints the stations.
func (p StatusTrack) Render(ctx context.Context, w io.Writer) error {
	return statusTrack(p).Render(ctx, w)
}

// Render prints the entries.
func (p Timeline) Render(ctx context.Context, w io.Writer) error { return timeline(p).Render(ctx, w) }

// Render prints the conversation.
func (p MessageThread) Render(ctx context.Context, w io.Writer) error {
	return messageThread(p).Render(ctx, w)
}

// Render prints the list.
func (p Mailbox) Render(ctx context.Context, w io.Writer) error { return mailbox(p).Render(ctx, w) }
