package document

import (
	"bytes"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestPlainText(t *testing.T) {
	for name, d := range samples() {
		got := PlainText(d)
		path := filepath.Join("testdata", name+".txt")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s: the text changed:\n%s", name, got)
		}
		if o, c := strings.Count(got, string(fsi)), strings.Count(got, string(pdi)); o != c || d.Dir == LTR && o > 0 {
			t.Errorf("%s: %d isolates opened, %d closed", name, o, c)
		}
	}
}

// TestQRSVG draws the image on squared paper and compares it with the code.
func TestQRSVG(t *testing.T) {
	const url = "https://port.example/verify/7Q2K-M4XD-91PA?a=1&b=2"
	svg, err := QRSVG(url, `Code for "A" & <B>`)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := QRSVG(url, `Code for "A" & <B>`)
	if !bytes.Equal(svg, again) {
		t.Error("two drawings differ")
	}
	var img struct {
		ViewBox string `xml:"viewBox,attr"`
		Role    string `xml:"role,attr"`
		Title   string `xml:"title"`
		Desc    string `xml:"desc"`
		Paths   []struct {
			D string `xml:"d,attr"`
		} `xml:"path"`
	}
	if err := xml.Unmarshal(svg, &img); err != nil {
		t.Fatal(err)
	}
	if img.Role != "img" || img.Title != `Code for "A" & <B>` || img.Desc != url {
		t.Errorf("read back: %+v", img)
	}
	code, err := encodeQR(url)
	if err != nil {
		t.Fatal(err)
	}
	side := code.Size + 8 // four white modules on each side
	if want := "0 0 " + strconv.Itoa(side) + " " + strconv.Itoa(side); img.ViewBox != want {
		t.Errorf("view box %q, want %q", img.ViewBox, want)
	}
	black := map[[2]int]bool{}
	for _, m := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1`).FindAllStringSubmatch(img.Paths[1].D, -1) {
		x, _ := strconv.Atoi(m[1])
		y, _ := strconv.Atoi(m[2])
		w, _ := strconv.Atoi(m[3])
		for i := range w {
			black[[2]int{x + i, y}] = true
		}
	}
	for y := range side {
		for x := range side {
			if black[[2]int{x, y}] != code.Black(x-4, y-4) {
				t.Fatalf("module %d, %d is wrong", x, y)
			}
		}
	}
	if _, err := QRSVG(strings.Repeat("x", 5000), ""); err == nil {
		t.Error("an address that fits in no code was drawn")
	}
}

// FuzzPDF: whatever people wrote into a form, the letter comes out and reads
// as they wrote it, white space and control characters aside.
func FuzzPDF(f *testing.F) {
	f.Add("Zoë 100% (\\) <</Type>> endstream endobj", true)
	f.Add("مرحبا \u2067abc\u2069 ١٢٣ لَا\u200c\u200d🇪🇺 \u0301", false)
	f.Fuzz(func(t *testing.T, s string, rtl bool) {
		d := Document{Lang: "en", Title: "T", Blocks: []Block{
			Paragraph{Plain(s)}, Facts{[]Fact{{s, Isolate(s)}}}, Heading{2, Plain(s)}, Notice{s, Plain(s)},
		}}
		if rtl {
			d.Dir = RTL
		}
		if len(s) > 2000 {
			return
		}
		read(t, render(t, d, Options{})).speak(t)
		PlainText(d)
	})
}
