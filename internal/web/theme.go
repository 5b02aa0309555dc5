package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// theme is the style sheet with the jurisdiction's colours. Shades are computed, since the file gives
// one colour; the file's checker has made sure that it is #rrggbb.
func (s *Server) theme(w http.ResponseWriter, r *Request) error {
	if r.URL.Query().Get("v") != "" { // named by its content
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	return r.Send(w, "text/css; charset=utf-8", "", []byte(s.themeSheet(r)))
}

func (s *Server) themeURL(r *Request) string {
	sheet := s.themeSheet(r)
	if sheet == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(sheet))
	return "/theme.css?v=" + hex.EncodeToString(sum[:4])
}

func (s *Server) themeSheet(r *Request) string {
	if r.Place == nil {
		r.Place = s.Jurisdiction()
	}
	if r.Place == nil || r.Place.File.Theme.Brand == "" {
		return ""
	}
	brand := r.Place.File.Theme.Brand
	sheet := fmt.Sprintf(":root{--stoa-band:%s;--stoa-band-deep:%s;--stoa-button:%s;--stoa-button-hover:%s;--stoa-button-shadow:%s;--stoa-tint:%s",
		brand, shade(brand, -0.25), brand, shade(brand, -0.2), shade(brand, -0.5), shade(brand, 0.9))
	if accent := r.Place.File.Theme.Accent; accent != "" {
		sheet += ";--stoa-accent:" + accent
	}
	return sheet + "}\n"
}

// shade mixes a colour with black (below zero) or white.
func shade(colour string, by float64) string {
	n, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil {
		return colour
	}
	mix := func(c uint64) int {
		v := float64(c)
		if by < 0 {
			return int(v * (1 + by))
		}
		return int(v + (255-v)*by)
	}
	return fmt.Sprintf("#%02x%02x%02x", mix(n>>16&255), mix(n>>8&255), mix(n&255))
}
