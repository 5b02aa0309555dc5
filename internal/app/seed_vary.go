package app

import (
	"hash/fnv"
	"maps"
	"regexp"
	"strconv"

	"stoa/internal/service"
)

// vary gives a person a house number and numbers of their own, always the same: two people of the demo rarely have an address or a
// company in common. Some keep what the worked examples say, so that something stands out here and there.
func vary(questions []*service.Question, answers map[string]any, email string) {
	h := numberOf(email)
	if h%3 == 0 {
		return
	}
	for _, q := range questions {
		if q.Parent != nil {
			continue
		}
		switch a := answers[q.ID].(type) {
		case string:
			if q.Type == "identifier" {
				answers[q.ID] = otherDigits(a, h)
			}
		case map[string]any:
			line, ok := a["line1"].(string)
			if q.Type != "address" || !ok {
				continue
			}
			other := maps.Clone(a)
			other["line1"] = houseNumber.ReplaceAllString(line, strconv.FormatUint(1+h%190, 10))
			answers[q.ID] = other
		}
	}
}

var houseNumber = regexp.MustCompile(`^[0-9]+`)

// otherDigits is a number of the same form.
func otherDigits(text string, h uint64) string {
	all := []byte(text)
	for i, c := range all {
		if c >= '0' && c <= '9' {
			all[i] = '0' + byte((uint64(c-'0')+h)%10)
			h /= 10
		}
	}
	return string(all)
}

func numberOf(text string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(text))
	return h.Sum64()
}
