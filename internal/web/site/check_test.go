package site_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"rsc.io/qr"

	"stoa/internal/flow"
	"stoa/internal/process"
	"stoa/internal/proof"
	"stoa/internal/scan"
)

// drawn is the pages of a PDF as pictures, drawn by poppler.
func drawn(t *testing.T, pdf string) (pages [][]byte) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.pdf"), []byte(pdf), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "pdftoppm", "-r", "200", "-png", filepath.Join(dir, "a.pdf"), filepath.Join(dir, "page")).CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm (Debian's poppler-utils) draws the paper: %v %s", err, out)
	}
	files, err := filepath.Glob(filepath.Join(dir, "page*.png"))
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, b)
	}
	return pages
}

// TestPaperProvesItself: what is printed on a licence is scanned from a picture of the page, proves the licence with the
// log's key alone, opens nothing that the paper does not say, and a changed character is refused. With the register at hand
// the same page says how the licence stands today.
func TestPaperProvesItself(t *testing.T) {
	tn, publish := logging(t, true)
	b := tn.browser()
	draft := b.food()
	b.follow(draft+"/submit", v("declared", "yes"))
	b.signIn("asha@example.org")
	path := regexp.MustCompile(`/account/cases/[0-9a-z]+`).FindString(b.get("/account").body)
	b.act(tn.officer(), path, flow.ActOnCase{Action: "register", Decision: process.Decision{}})
	publish()
	licence := regexp.MustCompile(`/account/licences/[0-9a-z]+`).FindString(b.get("/account").body)
	paper, page := "", []byte(nil)
	for _, page = range drawn(t, b.get(licence+"/pdf").body) {
		texts, err := scan.Codes(t.Context(), page)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			if proof.IsPaper([]byte(text)) {
				paper = text
			}
		}
		if paper != "" {
			break
		}
	}
	if paper == "" {
		t.Fatal("no page has a code with a proof that can be read")
	}
	keys, err := tn.view.Log.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := proof.Verify([]byte(paper), proof.Trust{Logs: keys})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range p.Opened {
		if o.Name == "reason" || o.Value == "" {
			t.Errorf("the code opens %s: %q, which the paper does not say", o.Name, o.Value)
		}
	}
	t.Logf("%d characters, %d details opened of %d", len(paper), len(p.Opened), len(p.Leaf.Hidden))

	stranger := tn.browser()
	sees := func(says string, a answer) {
		t.Helper()
		if a.status != 200 || !strings.Contains(a.body, says) {
			t.Errorf("a stranger does not see %q: %d %s", says, a.status, text(a.body))
		}
	}
	sees("Genuine, and in force today", stranger.upload("/verify", "file", "photo.png", page))
	sees("Asha’s Kitchen", stranger.upload("/verify", "other", "", nil, "text", paper))
	sees("Genuine, and in force today", stranger.upload("/verify", "file", "licence.pdf", []byte(b.get(licence+"/pdf").body)))
	changed := []byte(paper)
	changed[len(changed)/2] ^= 1
	sees("The proof does not hold", stranger.upload("/verify", "other", "", nil, "text", string(changed)))
	b.follow(licence+"/do/close", v("version", "1", "form-key", "close key", "text", "Sold"))
	sees("given up by its holder", stranger.upload("/verify", "file", "photo.png", page))
	sees("The register was changed after this proof was made", stranger.upload("/verify", "other", "", nil, "text", paper))
}

// TestWhatIsNotOursIsSaid: codes that lead elsewhere, pictures without a code, and what is nothing at all.
func TestWhatIsNotOursIsSaid(t *testing.T) {
	b := logged(t).browser()
	code := func(text string) []byte {
		c, err := qr.Encode(text, qr.M)
		if err != nil {
			t.Fatal(err)
		}
		c.Scale = 6
		return c.PNG()
	}
	var blank bytes.Buffer
	if err := png.Encode(&blank, image.NewGray(image.Rect(0, 0, 400, 300))); err != nil {
		t.Fatal(err)
	}
	bomb := bytes.Clone(blank.Bytes())
	copy(bomb[16:], []byte{0, 1, 0, 0, 0, 1, 0, 0})
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	for name, c := range map[string]struct {
		file   []byte
		text   string
		status int
		says   string
	}{
		"another site's code":     {code("https://greenvale.example.com/verify/1"), "", 200, "This is not from us"},
		"a text":                  {code("Licence 17, valid"), "", 200, "This is not from us"},
		"another site's address":  {nil, "https://test.example/verify/1", 200, "This is not from us"},
		"no code":                 {blank.Bytes(), "", 422, "We find no code on this picture"},
		"a bomb":                  {bomb, "", 422, "This picture is too large"},
		"a picture with anything": {append(code("x"), "a.b.c~"...), "", 200, "This is not from us"},
		"half a picture":          {code("x")[:90], "", 422, "cannot be read"},
		"nothing":                 {nil, " ", 422, "Choose a file or a photo"},
		"words":                   {nil, "Is this licence valid?", 422, "This is nothing that we can check"},
		"half a proof":            {nil, "STOA1:ABC", 200, "The proof does not hold"},
	} {
		a := b.upload("/verify", "file", "x", c.file, "text", c.text)
		if a.status != c.status || !strings.Contains(a.body, c.says) {
			t.Errorf("%s: %d %s", name, a.status, text(a.body))
		}
	}
	if a := b.upload("/verify", "file", "x", code("http://test/verify/abc")); a.to != "/verify/abc" {
		t.Errorf("our own address leads to %q", a.to)
	}
	if at := b.get("/verify").header.Get("Permissions-Policy"); !strings.Contains(at, "camera=(self)") {
		t.Errorf("the page that scans may not use the camera: %s", at)
	}
	if at := b.get("/log").header.Get("Permissions-Policy"); !strings.Contains(at, "camera=()") {
		t.Errorf("a page that does not scan may use the camera: %s", at)
	}
}
