package page

import (
	"context"
	"io"
	"strconv"
	"strings"
)

// BackLink leads to the page before this one in the task.
type BackLink struct {
	Text       string // instead of "Back"
	HTML       Component
	Href       string
	Classes    string
	Attributes Attributes
}

// Breadcrumbs say where the page stands.
type Breadcrumbs struct {
	Items            []Crumb
	CollapseOnMobile bool
	LabelText        string // instead of "Breadcrumb"
	Classes          string
	Attributes       Attributes
}

// Crumb is one page above, or without address this page.
type Crumb struct {
	Text       string
	HTML       Component
	Href       string
	Attributes Attributes
}

// SkipLink lets the keyboard pass over the header.
type SkipLink struct {
	Text       string
	HTML       Component
	Href       string // "#content" when empty
	Classes    string
	Attributes Attributes
}

// Pagination leads through a long list, or with Items nil through a sequence
// of pages with titles.
type Pagination struct {
	Previous, Next PageLink
	Items          []PageItem
	LandmarkLabel  string // instead of "Pagination"
	Classes        string
	Attributes     Attributes
}

// PageLink is the way to the page before or after.
type PageLink struct {
	Href       string
	Text       string
	HTML       Component
	LabelText  string // the title of that page
	Attributes Attributes
}

// PageItem is one numbered page or a gap between numbers.
type PageItem struct {
	Number             string
	Href               string
	Current            bool
	Ellipsis           bool
	VisuallyHiddenText string // instead of "Page 3"
	Attributes         Attributes
}

// ServiceNavigation is the bar with the site's name and its main areas.
type ServiceNavigation struct {
	ServiceName                string
	ServiceURL                 string
	Navigation                 []NavItem
	AriaLabel                  string // instead of "Service information"
	NavigationLabel            string
	NavigationID               string // "navigation" when empty
	NavigationClasses          string
	MenuButtonText             string
	MenuButtonLabel            string
	CollapseNavigationOnMobile string // "true" or "false"; by the number of items when empty
	Classes                    string
	Attributes                 Attributes
	Start, End                 Component // beside the name; after the navigation
	EndInline                  bool
	NavigationStart            Component // list items of our own
	NavigationEnd              Component
}

// NavItem is one area of the site.
type NavItem struct {
	Text       string
	HTML       Component
	Href       string
	Active     bool // this page lies in that area
	Current    bool // this page is that page
	Attributes Attributes
}

// LanguageNavigation offers the page in the jurisdiction's languages.
type LanguageNavigation struct {
	Items      []LanguageItem
	AriaLabel  string // instead of "Language"
	Classes    string
	Attributes Attributes
}

// LanguageItem is one language, named in itself.
type LanguageItem struct {
	Text                    string
	HTML                    Component
	Href                    string
	Lang, HrefLang, Dir     string
	Current                 bool
	LanguageDescriptionText string
	Classes                 string
	Attributes              Attributes
}

// GenericHeader is the band with the jurisdiction's name.
type GenericHeader struct {
	LogoText         string
	LogoHTML         Component
	URL              string // "/" when empty
	Classes          string
	ContainerClasses string
	Attributes       Attributes
}

// Render prints the link.
func (p BackLink) Render(ctx context.Context, w io.Writer) error { return backLink(p).Render(ctx, w) }

// Render prints the trail.
func (p Breadcrumbs) Render(ctx context.Context, w io.Writer) error {
	return breadcrumbs(p).Render(ctx, w)
}

// Render prints the link.
func (p SkipLink) Render(ctx context.Context, w io.Writer) error { return skipLink(p).Render(ctx, w) }

// Render prints the links.
func (p Pagination) Render(ctx context.Context, w io.Writer) error {
	return pagination(p).Render(ctx, w)
}

// Render prints the bar.
func (p ServiceNavigation) Render(ctx context.Context, w io.Writer) error {
	return serviceNavigation(p).Render(ctx, w)
}

// Render prints the links.
func (p LanguageNavigation) Render(ctx context.Context, w io.Writer) error {
	return languageNavigation(p).Render(ctx, w)
}

// Render prints the band.
func (p GenericHeader) Render(ctx context.Context, w io.Writer) error {
	return genericHeader(p).Render(ctx, w)
}

// block tells whether the pages are a sequence with titles.
func (p Pagination) block() bool {
	return p.Items == nil && (p.Next.Href != "" || p.Previous.Href != "")
}

func (p PageItem) label(w *Words) string {
	return either(p.VisuallyHiddenText, strings.Replace(w.PageOf, "{number}", p.Number, 1))
}

// Pages are the links of page current of last, with gaps where there are many;
// href gives the address of a page.
func Pages(current, last int, href func(page int) string) Pagination {
	p := Pagination{Items: []PageItem{}}
	if current > 1 {
		p.Previous.Href = href(current - 1)
	}
	if current < last {
		p.Next.Href = href(current + 1)
	}
	gap := false
	for n := 1; n <= last; n++ {
		if n != 1 && n != last && (n < current-1 || n > current+1) {
			if !gap {
				p.Items = append(p.Items, PageItem{Ellipsis: true})
			}
			gap = true
			continue
		}
		gap = false
		p.Items = append(p.Items, PageItem{Number: strconv.Itoa(n), Href: href(n), Current: n == current})
	}
	return p
}

func (p ServiceNavigation) collapses() bool {
	if p.CollapseNavigationOnMobile != "" {
		return p.CollapseNavigationOnMobile == "true"
	}
	return len(p.Navigation) > 1
}

func (p ServiceNavigation) class() string { return classes("govuk-service-navigation", p.Classes) }

func (n NavItem) ariaCurrent() string {
	if n.Current {
		return "page"
	}
	return when(n.Active, "true")
}
