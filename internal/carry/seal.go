package carry

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// sealed begins a file that is encrypted in the age format.
const sealed = "age-encryption.org/"

// Seal encrypts what is written for whoever has the identity of one of the recipients ("age1…"). Close ends it.
func Seal(to io.Writer, recipients []string) (io.WriteCloser, error) {
	var all []age.Recipient
	for _, one := range recipients {
		r, err := age.ParseX25519Recipient(one)
		if err != nil {
			return nil, fmt.Errorf("%q is no recipient: stoa backup key makes an identity and says its recipient, which begins with age1", one)
		}
		all = append(all, r)
	}
	w, err := age.Encrypt(to, all...)
	if err != nil {
		return nil, fmt.Errorf("encrypting: %w", err)
	}
	return w, nil
}

// NewIdentity makes what opens backups: the text of its file, and its recipient.
func NewIdentity() (text, recipient string, err error) {
	i, err := age.GenerateX25519Identity()
	if err != nil {
		return "", "", err
	}
	recipient = i.Recipient().String()
	return "# Opens backups that were made for " + recipient + "\n# Keep it apart from them: whoever has both and the key file can read everything.\n" + i.String() + "\n", recipient, nil
}

// ErrSealed is an encrypted backup without the identity that opens it.
var ErrSealed = errors.New("the backup is encrypted: name the file of its identity with --identity FILE")

// Unseal reads a stream that may be encrypted; identity is the text of an identity's file, nil for none.
func Unseal(from io.Reader, identity []byte) (io.Reader, error) {
	in := bufio.NewReaderSize(from, 1<<16)
	begin, err := in.Peek(len(sealed))
	if err != nil || string(begin) != sealed {
		return in, nil // Check and Restore say what is wrong with it
	}
	if len(identity) == 0 {
		return nil, ErrSealed
	}
	all, err := age.ParseIdentities(bytes.NewReader(identity))
	if err != nil {
		return nil, fmt.Errorf("the identity cannot be read: it is a file that stoa backup key or age-keygen has made")
	}
	out, err := age.Decrypt(in, all...)
	if err != nil {
		return nil, fmt.Errorf("the identity does not open this backup: %w", err)
	}
	return out, nil
}
