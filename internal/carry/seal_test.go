package carry

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestSealedForItsIdentityAlone(t *testing.T) {
	mine, recipient, err := NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	other, second, err := NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	stranger, _, err := NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("every row ", 20_000)
	var b bytes.Buffer
	w, err := Seal(&b, []string{recipient, second})
	if err == nil {
		_, err = io.WriteString(w, text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil || bytes.Contains(b.Bytes(), []byte("every row")) {
		t.Fatalf("%v", err)
	}
	open := func(data []byte, identity string) (string, error) {
		r, err := Unseal(bytes.NewReader(data), []byte(identity))
		if err != nil {
			return "", err
		}
		all, err := io.ReadAll(r)
		return string(all), err
	}
	for _, identity := range []string{mine, other} {
		if got, err := open(b.Bytes(), identity); err != nil || got != text {
			t.Errorf("its identity does not open it: %v", err)
		}
	}
	if _, err := open(b.Bytes(), stranger); err == nil {
		t.Error("a stranger's identity opens it")
	}
	if _, err := open(b.Bytes(), ""); !errors.Is(err, ErrSealed) {
		t.Errorf("without one: %v", err)
	}
	if _, err := open(b.Bytes(), "AGE-SECRET-KEY-NONE"); err == nil {
		t.Error("a broken identity opens it")
	}
	if _, err := open(b.Bytes()[:b.Len()-20], mine); err == nil {
		t.Error("what is cut off is taken for whole")
	}
	if got, err := open([]byte("plain"), ""); err != nil || got != "plain" {
		t.Errorf("what is not encrypted: %q, %v", got, err)
	}
	if _, err := Seal(io.Discard, []string{"age1nobody"}); err == nil {
		t.Error("a recipient that is none was taken")
	}
}
