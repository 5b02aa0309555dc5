package page

import (
	"context"
	"io"
	"strings"
)

// ErrorSummary stands above the form and leads to each wrong answer.
type ErrorSummary struct {
	TitleText        string
	TitleHTML        Component
	DescriptionText  string
	DescriptionHTML  Component
	ErrorList        []ErrorLink
	Classes          string
	DisableAutoFocus string // "true" or "false"
	Attributes       Attributes

	// Focus moves the focus here without scripts when the page opens: a page
	// that answers a post wants it, and only one element of a page may have it.
	Focus bool
}

// ErrorLink is one error, in the words of the message beside the field.
type ErrorLink struct {
	Text       string
	HTML       Component
	Href       string // "#" and the id of the field
	Attributes Attributes
}

// InsetText sets a paragraph apart.
type InsetText struct {
	Text       string
	HTML       Component
	ID         string
	Classes    string
	Attributes Attributes
}

// WarningText warns of a consequence.
type WarningText struct {
	Text             string
	HTML             Component
	IconFallbackText string // instead of "Warning"
	Classes          string
	Attributes       Attributes
}

// Details hides what few people need.
type Details struct {
	SummaryText string
	SummaryHTML Component
	Text        string
	HTML        Component
	ID          string
	Open        bool
	Classes     string
	Attributes  Attributes
}

// Panel says that something is done.
type Panel struct {
	TitleText    string
	TitleHTML    Component
	Text         string
	HTML         Component
	HeadingLevel int // 1 when zero
	Classes      string
	Attributes   Attributes
	Actions      PanelActions // shown on an interruption only
}

// PanelActions are the ways on from an interruption.
type PanelActions struct {
	Items      []PanelAction
	Classes    string
	Attributes Attributes
}

// PanelAction is a link, or a button where it has no address.
type PanelAction struct {
	Text, Href, Type, Classes string
	Attributes                Attributes
}

// NotificationBanner tells what is not about this page, or that something
// worked (Type "success").
type NotificationBanner struct {
	Type              string
	TitleText         string
	TitleHTML         Component
	TitleID           string
	TitleHeadingLevel int
	Text              string
	HTML              Component
	Role              string
	Classes           string
	DisableAutoFocus  string // "true" or "false"
	Attributes        Attributes
}

// Tag shows a state in a word. Its colour only repeats what the word says.
type Tag struct {
	Text       string
	HTML       Component
	Classes    string // govuk-tag--green and so on; see [Tone]
	Attributes Attributes
}

// PhaseBanner says that the site is a trial or a demonstration.
type PhaseBanner struct {
	Tag        Tag
	Text       string
	HTML       Component
	Classes    string
	Attributes Attributes
}

// Feedback asks how the page was.
type Feedback struct {
	TitleText    string
	TitleHTML    Component
	Text         string
	HTML         Component
	HeadingLevel int
	Classes      string
	Attributes   Attributes
}

// Render prints the summary.
func (p ErrorSummary) Render(ctx context.Context, w io.Writer) error {
	if p.Focus {
		p.Attributes = merge(Attributes{"tabindex": "-1", "autofocus": true}, p.Attributes)
	}
	return errorSummary(p).Render(ctx, w)
}

// Render prints the text.
func (p InsetText) Render(ctx context.Context, w io.Writer) error { return insetText(p).Render(ctx, w) }

// Render prints the warning.
func (p WarningText) Render(ctx context.Context, w io.Writer) error {
	return warningText(p).Render(ctx, w)
}

// Render prints the disclosure.
func (p Details) Render(ctx context.Context, w io.Writer) error { return details(p).Render(ctx, w) }

// Render prints the panel.
func (p Panel) Render(ctx context.Context, w io.Writer) error { return panel(p).Render(ctx, w) }

// Render prints the banner.
func (p NotificationBanner) Render(ctx context.Context, w io.Writer) error {
	word := words(ctx)
	success := p.Type == "success"
	if success {
		p.Classes = classes("govuk-notification-banner--success", p.Classes)
	}
	if p.Role == "" {
		p.Role = map[bool]string{true: "alert", false: "region"}[success]
	}
	if p.TitleText == "" {
		p.TitleText = map[bool]string{true: word.Success, false: word.Important}[success]
	}
	p.TitleID = either(p.TitleID, "govuk-notification-banner-title")
	p.TitleHeadingLevel = either(p.TitleHeadingLevel, 2)
	return notificationBanner(p).Render(ctx, w)
}

// Render prints the tag.
func (p Tag) Render(ctx context.Context, w io.Writer) error { return tag(p).Render(ctx, w) }

// Render prints the banner.
func (p PhaseBanner) Render(ctx context.Context, w io.Writer) error {
	p.Tag.Classes = classes("govuk-phase-banner__content__tag", p.Tag.Classes)
	return phaseBanner(p).Render(ctx, w)
}

// Render prints the question.
func (p Feedback) Render(ctx context.Context, w io.Writer) error { return feedback(p).Render(ctx, w) }

func (p Panel) interrupts() bool { return strings.Contains(p.Classes, "govuk-panel--interruption") }
