package page

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Theme is a jurisdiction's own colours, as "#rrggbb". Empty ones stay as the
// style sheet has them. Everything else, error red and the yellow of the focus
// among it, is the same everywhere.
type Theme struct {
	Brand  string // header, hero, marks; carries white text
	Link   string // links on white; also the button when Button is empty
	Button string // carries white text
	Accent string // decoration only
}

// textContrast is what WCAG 2.2 asks of text (1.4.3, level AA).
const textContrast = 4.5

// colour is an sRGB colour.
type colour [3]uint8

// CSS is the theme as a small style sheet, to be linked after ours. A colour
// that is not one, or on which white cannot be read, is an error.
func (t Theme) CSS() (string, error) {
	var b strings.Builder
	b.WriteString(":root{")
	set := func(c colour, names ...string) {
		for _, n := range names {
			fmt.Fprintf(&b, "--%s:%s;", n, c)
		}
	}
	brand, err := readable("brand", t.Brand)
	if err != nil {
		return "", err
	}
	if t.Brand != "" {
		set(brand, "stoa-band", "govuk-brand-colour")
		set(brand.shade(0.25), "stoa-band-deep")
		set(brand.tint(0.9), "stoa-tint")
	}
	link, err := readable("link", t.Link)
	if err != nil {
		return "", err
	}
	if t.Link != "" {
		set(link, "govuk-link-colour")
		set(link.shade(0.4), "govuk-link-hover-colour")
	}
	button, err := readable("button", either(t.Button, t.Link))
	if err != nil {
		return "", err
	}
	if t.Button != "" || t.Link != "" {
		set(button, "stoa-button")
		set(button.shade(0.25), "stoa-button-hover")
		set(button.shade(0.5), "stoa-button-shadow")
	}
	if t.Accent != "" {
		accent, err := parseColour(t.Accent)
		if err != nil {
			return "", fmt.Errorf("accent colour: %w", err)
		}
		set(accent, "stoa-accent")
	}
	b.WriteString("}\n")
	return b.String(), nil
}

func readable(name, s string) (colour, error) {
	if s == "" {
		return colour{}, nil
	}
	c, err := parseColour(s)
	if err != nil {
		return colour{}, fmt.Errorf("%s colour: %w", name, err)
	}
	if r := c.contrast(colour{255, 255, 255}); r < textContrast {
		return colour{}, fmt.Errorf("%s colour: %s has a contrast of %.2f with white, less than %.1f: choose a darker one", name, s, r, textContrast)
	}
	return c, nil
}

func parseColour(s string) (colour, error) {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
	if err != nil || len(s) != 7 || s[0] != '#' {
		return colour{}, fmt.Errorf("%q is not a colour of the form #rrggbb", s)
	}
	return colour{uint8(n >> 16), uint8(n >> 8), uint8(n)}, nil
}

// String is the colour as CSS writes it.
func (c colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]) }

// shade and tint mix with black and white.
func (c colour) shade(part float64) colour { return c.mix(0, part) }
func (c colour) tint(part float64) colour  { return c.mix(255, part) }

func (c colour) mix(with, part float64) colour {
	for i, v := range c {
		c[i] = uint8(math.Round(float64(v)*(1-part) + with*part))
	}
	return c
}

// contrast is the ratio of WCAG 2.2, "contrast ratio".
func (c colour) contrast(d colour) float64 {
	a, b := c.luminance(), d.luminance()
	if a < b {
		a, b = b, a
	}
	return (a + 0.05) / (b + 0.05)
}

// luminance is the relative luminance of WCAG 2.2.
func (c colour) luminance() float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
}
