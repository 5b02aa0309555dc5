package page

import (
	"context"
	"io"
)

// Tone is how a state should feel. It chooses a colour and a shape; the words
// beside it always say the same.
type Tone string

// The tones.
const (
	Neutral Tone = ""
	Info    Tone = "info"    // under way
	Good    Tone = "good"    // done, granted, paid
	Caution Tone = "caution" // soon, waiting for the reader
	Bad     Tone = "bad"     // late, refused, failed
)

var toneTag = map[Tone]string{
	Neutral: "govuk-tag--grey", Info: "govuk-tag--blue", Good: "govuk-tag--green",
	Caution: "govuk-tag--yellow", Bad: "govuk-tag--red",
}

// toneMark is a shape for those who do not see the colour.
var toneMark = map[Tone]string{Info: "◐", Good: "✓", Caution: "▲", Bad: "!"}

// class is the tone as a modifier of one of our own classes.
func (t Tone) class(block string) string {
	if t == Neutral {
		return block
	}
	return block + " " + block + "--" + string(t)
}

// State is a tag in a tone: State("Granted", Good).
func State(text string, t Tone) Tag { return Tag{Text: text, Classes: toneTag[t]} }

// Clock is a deadline: its words, a mark and a tone, never the colour alone.
type Clock struct {
	Text string // "Due 4 May 2026", "3 working days late"
	Date string // machine readable, may be empty
	Tone Tone   // Bad when overdue, Caution when soon, Neutral when stopped
}

// Render prints the clock.
func (c Clock) Render(ctx context.Context, w io.Writer) error { return clock(c).Render(ctx, w) }

// Time is an instant or a date as people read it, isolated from the text
// around it so that it does not turn round in a right-to-left sentence.
type Time struct {
	Text    string
	Machine string // RFC 3339
}

// Render prints the time.
func (t Time) Render(ctx context.Context, w io.Writer) error { return timeElement(t).Render(ctx, w) }

// ID is a number, code or name isolated from the text around it.
type ID string

// Render prints the identifier.
func (i ID) Render(ctx context.Context, w io.Writer) error { return bdi(string(i)).Render(ctx, w) }
