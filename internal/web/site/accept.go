package site

import (
	"strconv"
	"strings"
)

// quality is how much an Accept header wants a media type, 0 to 1: by the most precise of its ranges. An empty header wants
// everything.
func quality(accept, media string) float64 {
	if strings.TrimSpace(accept) == "" {
		return 1
	}
	kind, _, _ := strings.Cut(media, "/")
	q, precise := 0.0, 0
	for part := range strings.SplitSeq(accept, ",") {
		params := strings.Split(part, ";")
		how := 0
		switch name := strings.ToLower(strings.TrimSpace(params[0])); name {
		case media:
			how = 3
		case kind + "/*":
			how = 2
		case "*/*":
			how = 1
		}
		if how <= precise {
			continue
		}
		q, precise = 1, how
		for _, p := range params[1:] {
			if name, value, ok := strings.Cut(strings.TrimSpace(p), "="); ok && strings.EqualFold(name, "q") {
				weight, err := strconv.ParseFloat(value, 64)
				if err != nil || weight < 0 || weight > 1 {
					weight = 0
				}
				q = weight
			}
		}
	}
	return q
}
