package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"stoa/internal/credential"
	"stoa/internal/credential/keys"
	"stoa/internal/flow"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/vault"
	"stoa/internal/view"
)

// CredentialConfig is how credentials for wallets are signed.
type CredentialConfig struct {
	Keys    string `yaml:"keys"`    // file of the keys that sign them; default DATA/credential.keys
	Name    string `yaml:"name"`    // of who issues, in certificates; default the site's host
	Country string `yaml:"country"` // of who issues, as ISO 3166 has it: GB; default ZZ, which is none

	Wallets []WalletConfig `yaml:"wallets"` // who may ask for credentials in the holder's browser; offers on the holder's page are for any wallet
}

// WalletConfig is a wallet that is known, and one address where its holder is sent back.
type WalletConfig struct {
	Client   string `yaml:"client"`
	Redirect string `yaml:"redirect"`
}

// readWallets reads CLIENT ADDRESS, CLIENT ADDRESS.
func readWallets(text string) ([]WalletConfig, error) {
	var all []WalletConfig
	for _, one := range strings.Split(text, ",") {
		words := strings.Fields(one)
		if len(words) != 2 {
			return nil, fmt.Errorf("%q is no wallet: write its client id and the address where holders are sent back, like wallet.example https://wallet.example/back", one)
		}
		all = append(all, WalletConfig{words[0], words[1]})
	}
	return all, nil
}

// knows compares letter by letter.
func (c CredentialConfig) knows(client, redirect string) bool {
	return slices.Contains(c.Wallets, WalletConfig{client, redirect})
}

func (c Config) credentialKeys() keys.Config {
	k := keys.Config{File: c.Credentials.Keys, Name: c.Credentials.Name, Country: c.Credentials.Country, URL: c.URL}
	if k.File == "" {
		k.File = filepath.Join(c.Data, "credential.keys")
	}
	if u, err := url.Parse(c.URL); k.Name == "" && err == nil {
		k.Name = "Credentials of " + u.Hostname()
	}
	if k.Country == "" {
		k.Country = "ZZ"
	}
	return k
}

// wallets wires credentials.
func (a *App) wallets(v *vault.Vault) {
	k := keys.Open(a.Config.credentialKeys())
	s := &credential.Store{Vault: v, Rand: rand.Reader}
	a.Flow.Wallets = &flow.Wallets{Store: s, Keys: k, Known: a.Config.Credentials.knows}
	if a.Demo {
		a.Flow.Wallets.Known = func(string, string) bool { return true } // whoever tries it out brings a wallet of theirs
	}
	a.View.Wallets = &view.Wallets{Store: s, Keys: k, Words: a.words}
}

// credentialKeys makes the keys that sign credentials when they are first needed. Where credentials were issued, a missing
// file means that it was lost or that the wrong place was named.
func (a *App) credentialKeys(ctx context.Context) error {
	k := a.Flow.Wallets.Keys
	if !k.There() {
		used := false
		err := a.DB.Read(ctx, "app.credentialKeys", func(ctx context.Context, tx *store.Tx) (err error) {
			used, err = credential.Used(ctx, tx)
			return err
		})
		if err != nil {
			return err
		}
		if used {
			return fmt.Errorf("%s is missing, and its keys have signed credentials: put it back from its copy, or name its place (credentials.keys, STOA_CREDENTIALS_KEYS)",
				a.Config.credentialKeys().File)
		}
	}
	return k.Make(a.Clock.Now())
}

// keepCredentials lets old offers go, and makes a new key when it is time.
func (a *App) keepCredentials(ctx context.Context) {
	if err := a.Flow.Credentials().Keep(ctx, System); err != nil && ctx.Err() == nil {
		a.Log.Error("keeping credentials", "err", err)
	}
}

// examineCredentials reads the keys that sign credentials.
func (a *App) examineCredentials(ctx context.Context, tx *store.Tx, _ *service.Jurisdiction) ([]Examination, error) {
	const what = "credentials"
	used, err := credential.Used(ctx, tx)
	if err != nil {
		return nil, err
	}
	k := a.Flow.Wallets.Keys
	if !k.There() && !used {
		return []Examination{{What: what, Says: "none was issued yet"}}, nil
	}
	all, err := k.Published()
	if err != nil {
		return []Examination{examined(what, "", []string{err.Error()})}, nil
	}
	return []Examination{examined(what, fmt.Sprintf("%d keys published, the newest from %s", len(all), all[0].Cert.NotBefore.Format("2006-01-02")), nil)}, nil
}

// RotateCredentialKey makes a new key, which signs credentials from now on.
func RotateCredentialKey(c Config) (id string, err error) {
	k := keys.Open(c.credentialKeys())
	if !k.There() {
		return "", fmt.Errorf("there are no keys of credentials at %s: they are made when the site is first served", c.credentialKeys().File)
	}
	if err := k.Rotate((&Clock{}).Now()); err != nil {
		return "", err
	}
	s, err := k.Signer()
	return s.ID, err
}
