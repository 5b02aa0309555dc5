package document

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// reading is a PDF of ours read back without any of the code that wrote it:
// what a screen reader would find.
type reading struct {
	objects map[int]string // the text of each object, without stream data
	streams map[int][]byte
	root    int
	text    map[mark]string // by marked-content sequence
	stray   string          // text outside any
}

// mark names a marked-content sequence: the page's object and its MCID.
type mark struct{ page, id int }

var (
	objectRE = regexp.MustCompile(`(?s)(\d+) 0 obj\n(.*?)\nendobj\n`)
	refRE    = regexp.MustCompile(`(\d+) 0 R`)
)

func read(t *testing.T, file []byte) *reading {
	t.Helper()
	r := &reading{objects: map[int]string{}, streams: map[int][]byte{}, text: map[mark]string{}}
	for _, m := range objectRE.FindAllSubmatch(file, -1) {
		n, _ := strconv.Atoi(string(m[1]))
		body := m[2]
		if i := bytes.Index(body, []byte("\nstream\n")); i >= 0 {
			data := bytes.TrimSuffix(body[i+8:], []byte("\nendstream"))
			body = body[:i]
			if bytes.Contains(body, []byte("/FlateDecode")) {
				z, err := zlib.NewReader(bytes.NewReader(data))
				if err != nil {
					t.Fatalf("object %d: %v", n, err)
				}
				if data, err = io.ReadAll(z); err != nil {
					t.Fatalf("object %d: %v", n, err)
				}
			}
			r.streams[n] = data
		}
		r.objects[n] = string(body)
	}
	r.root = r.ref(string(file[bytes.LastIndex(file, []byte("trailer")):]), "Root")
	for _, page := range r.pages() {
		r.readPage(t, page)
	}
	return r
}

// ref is the object that key leads to in dict, or 0.
func (r *reading) ref(dict, key string) int {
	m := regexp.MustCompile(`/` + key + ` (\d+) 0 R`).FindStringSubmatch(dict)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

func (r *reading) pages() []int {
	return numbers(between(r.objects[r.ref(r.objects[r.root], "Pages")], "/Kids [", "]"))
}

func numbers(s string) []int {
	var out []int
	for _, m := range refRE.FindAllStringSubmatch(s, -1) {
		n, _ := strconv.Atoi(m[1])
		out = append(out, n)
	}
	return out
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

var tokenRE = regexp.MustCompile(`<<.*?>>|<[0-9A-Fa-f]*>|\[|\]|/?[^\s\[\]<>]+`)

func (r *reading) readPage(t *testing.T, page int) {
	dict := r.objects[page]
	fonts := map[string]map[string]string{}
	for _, m := range regexp.MustCompile(`/(F\d+) (\d+) 0 R`).FindAllStringSubmatch(dict, -1) {
		n, _ := strconv.Atoi(m[2])
		fonts[m[1]] = r.unicodes(r.objects[n])
	}
	type open struct {
		mark   *mark
		actual string
	}
	var stack []open
	var font map[string]string
	var last []string
	say := func(s string) {
		for i := len(stack) - 1; i >= 0; i-- {
			if stack[i].actual != "" {
				return // said by its /ActualText
			}
			if stack[i].mark != nil {
				r.text[*stack[i].mark] += s
				return
			}
			if i == 0 {
				return // an artifact
			}
		}
		r.stray += s
	}
	for _, tok := range tokenRE.FindAllString(string(r.streams[r.ref(dict, "Contents")]), -1) {
		switch tok {
		case "BDC":
			props := last[len(last)-1]
			var o open
			if id := between(props, "/MCID ", ">>"); id != "" {
				n, _ := strconv.Atoi(id)
				o.mark = &mark{page, n}
				r.text[*o.mark] += ""
			}
			if hexed := between(props, "/ActualText <FEFF", ">"); hexed != "" {
				say(unhex(t, hexed))
				o.actual = hexed
			}
			stack = append(stack, o)
		case "EMC":
			if len(stack) == 0 {
				t.Fatal("EMC without BDC")
			}
			stack = stack[:len(stack)-1]
		case "Tf":
			font = fonts[strings.TrimPrefix(last[len(last)-2], "/")]
		case "TJ":
			for _, g := range last {
				if strings.HasPrefix(g, "<") {
					u, ok := font[strings.ToUpper(g)]
					if !ok || u == "" {
						t.Errorf("page %d: glyph %s stands for no text", page, g)
					}
					say(u)
				}
			}
		case "f", "S":
			if len(stack) == 0 {
				t.Errorf("page %d: painting outside marked content", page)
			}
		default:
			last = append(last, tok)
			continue
		}
		last = nil
	}
	if len(stack) != 0 {
		t.Errorf("page %d: %d marked-content sequences left open", page, len(stack))
	}
}

// unicodes reads a font's ToUnicode.
func (r *reading) unicodes(font string) map[string]string {
	out := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^(<[0-9A-F]{4}>) <([0-9A-F]*)>$`).FindAllStringSubmatch(string(r.streams[r.ref(font, "ToUnicode")]), -1) {
		b, _ := hex.DecodeString(m[2])
		out[m[1]] = utf16Text(b)
	}
	return out
}

func unhex(t *testing.T, s string) string {
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return utf16Text(b)
}

func utf16Text(b []byte) string {
	var u []uint16
	for i := 0; i+1 < len(b); i += 2 {
		u = append(u, uint16(b[i])<<8|uint16(b[i+1]))
	}
	return string(utf16.Decode(u))
}

// spoken is one leaf of the structure tree, as it is read.
type spoken struct {
	kind    string
	attrs   string
	text    string // as stated, otherwise as painted
	painted string
}

// speak walks the structure tree in order. It checks that every piece of
// marked content has its one place in the tree and leads back to it.
func (r *reading) speak(t *testing.T) []spoken {
	t.Helper()
	tree := r.ref(r.objects[r.root], "StructTreeRoot")
	back := r.parentTree(tree)
	seen := map[mark]bool{}
	var out []spoken
	var walk func(n, parent int)
	walk = func(n, parent int) {
		body := r.objects[n]
		if r.ref(body, "P") != parent {
			t.Errorf("element %d names %d as its parent, not %d", n, r.ref(body, "P"), parent)
		}
		head, kids, _ := strings.Cut(body, "/K [")
		at := len(out)
		out = append(out, spoken{kind: between(head, "/S /", " "), attrs: head})
		for _, k := range regexp.MustCompile(`<</Type /MCR /Pg (\d+) 0 R /MCID (\d+)>>|<</Type /OBJR .*?>>|(\d+) 0 R|(\d+)`).FindAllStringSubmatch(kids, -1) {
			switch {
			case strings.HasPrefix(k[0], "<</Type /OBJR"):
				obj := r.objects[numbers(k[0])[0]]
				key, _ := strconv.Atoi(between(obj, "/StructParent ", " "))
				if back[fmt.Sprint(key)] != n {
					t.Errorf("annotation of element %d leads back to %d", n, back[fmt.Sprint(key)])
				}
			case k[3] != "":
				child, _ := strconv.Atoi(k[3])
				walk(child, n)
			default:
				m := mark{page: r.ref(head, "Pg")}
				m.id, _ = strconv.Atoi(k[4])
				if k[1] != "" {
					m.page, _ = strconv.Atoi(k[1])
					m.id, _ = strconv.Atoi(k[2])
				}
				if _, ok := r.text[m]; !ok || seen[m] {
					t.Errorf("element %d: content %v is missing or has two places", n, m)
				}
				seen[m] = true
				struct1, _ := strconv.Atoi(between(r.objects[m.page], "/StructParents ", " "))
				if got := back[fmt.Sprintf("%d/%d", struct1, m.id)]; got != n {
					t.Errorf("content %v leads back to element %d, not %d", m, got, n)
				}
				out[at].painted += r.text[m]
			}
		}
		out[at].text = out[at].painted
		if stated := between(head, "/ActualText <FEFF", ">"); stated != "" {
			out[at].text = unhex(t, stated)
		}
	}
	walk(numbers(between(r.objects[tree], "/K [", "]"))[0], tree)
	for m := range r.text {
		if !seen[m] {
			t.Errorf("content %v has no place in the structure", m)
		}
	}
	return out
}

// parentTree maps "page key/MCID" and an annotation's key to the element.
func (r *reading) parentTree(tree int) map[string]int {
	out := map[string]int{}
	nums := between(r.objects[r.ref(r.objects[tree], "ParentTree")]+"\n", "/Nums [", ">>")
	for _, m := range regexp.MustCompile(`(\d+) \[(.*?)\]|(\d+) (\d+) 0 R`).FindAllStringSubmatch(nums, -1) {
		if m[1] != "" {
			for i, n := range numbers(m[2]) {
				out[m[1]+"/"+strconv.Itoa(i)] = n
			}
			continue
		}
		out[m[3]], _ = strconv.Atoi(m[4])
	}
	return out
}
