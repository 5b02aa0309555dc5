package chart

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"stoa/internal/i18n"
)

// figures writes figures in the reader's language.
type figures struct {
	p    *i18n.Printer
	unit Unit
}

// perMajor is how many of the figures' units are one of what people count in.
func (f figures) perMajor() float64 {
	if f.unit.Money == "" {
		return 1
	}
	zero := f.p.Money(0, f.unit.Money)
	return math.Pow(10, float64(strings.Count(foldDigits(digitsIn.FindString(zero)), "0")-1))
}

var digitsIn = regexp.MustCompile(`[0-9٠-٩](?:[0-9٠-٩.,٫٬\x{a0}]*[0-9٠-٩])?`)

func foldDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '٠' && r <= '٩' {
			return r - '٠' + '0'
		}
		return r
	}, s)
}

// exact is a figure as the table has it.
func (f figures) exact(v Value) string {
	switch v.Is {
	case Suppressed:
		return "–"
	case Missing:
		return f.p.T("no figure")
	}
	if f.unit.Money != "" {
		return f.p.Money(int64(math.Round(v.N)), f.unit.Money)
	}
	decimals := f.unit.Decimals
	if decimals == 0 {
		decimals = 6
	}
	return f.sign(f.decimal(v.N, decimals))
}

// label is a figure beside its bar: as short as it can be without misleading.
func (f figures) label(v Value) string {
	if v.Is != Known {
		return f.exact(v)
	}
	if f.unit.Money == "" {
		if math.Abs(v.N) < 1e6 {
			return f.exact(Num(significant(v.N, 6)))
		}
		return f.short(v.N, 0)
	}
	if major := v.N / f.perMajor(); math.Abs(major) >= 1e4 || major == math.Trunc(major) {
		return f.short(v.N, 0)
	}
	return f.exact(v)
}

// tick is a figure at an axis whose ticks are step apart.
func (f figures) tick(v, step float64) string { return f.short(v, step) }

// short writes thousands and millions as such. With a step it shows the digits that tell ticks apart, else three.
func (f figures) short(v, step float64) string {
	v, step = v/f.perMajor(), step/f.perMajor()
	power := 0
	for _, least := range []struct {
		size  float64
		power int
	}{{1e12, 12}, {1e9, 9}, {1e6, 6}, {1e4, 3}} {
		if math.Abs(v) >= least.size {
			power = least.power
			break
		}
	}
	v, step = v/math.Pow10(power), step/math.Pow10(power)
	decimals := 6
	if step > 0 {
		decimals = max(0, min(6, int(math.Ceil(-math.Log10(step)-1e-9))))
	} else {
		v = significant(v, 3)
	}
	n := f.p.Short(f.decimal(v, decimals), power)
	return f.sign(n)
}

// sign puts the currency's sign where the language wants it, or the percent sign.
func (f figures) sign(n string) string {
	switch {
	case f.unit.Money != "":
		one := f.p.Money(int64(f.perMajor()), f.unit.Money)
		minus := strings.TrimSuffix(f.p.Number("-1"), f.p.Number("1"))
		if rest, negative := strings.CutPrefix(n, minus); negative {
			one, n = f.p.Money(-int64(f.perMajor()), f.unit.Money), rest
		}
		at := digitsIn.FindStringIndex(one)
		return one[:at[0]] + n + one[at[1]:]
	case f.unit.Percent:
		return f.p.Percent(n)
	}
	return n
}

func (f figures) decimal(v float64, decimals int) string {
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		s = "0"
	}
	return f.p.Number(s)
}

// significant rounds to so many digits.
func significant(v float64, digits int) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
	if err != nil {
		return v
	}
	return r
}

// name is the unit in words, for the head of picture and table; "" where each figure carries it.
func (f figures) name() string {
	if f.unit.Money != "" || f.unit.Percent {
		return ""
	}
	return f.unit.Text
}
