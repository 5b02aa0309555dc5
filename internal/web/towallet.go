package web

import (
	"errors"
	"net/http"
	"net/url"

	"stoa/internal/fault"
	"stoa/internal/flow"
)

// ToWallet sends the holder back to a wallet. Where that is was checked by the use case, and the holder was told.
func (r *Request) ToWallet(w http.ResponseWriter, to string) error {
	w.Header().Set("Location", to) // an address that opens a program is none that http.Redirect knows
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// WalletRefused says on a page what is wrong with what a wallet has asked for. It is not sent back there: an address that
// nobody has checked is not to be followed.
func WalletRefused(r *Request, err error) error {
	var no *flow.Refusal
	if errors.As(err, &no) {
		return fault.Wrap(err, fault.Invalid, "Your wallet has asked for this in a way that we do not understand. Go back to it and begin again")
	}
	return err
}

// formTo is the source by which a policy lets a form lead to an address, through a redirection.
func formTo(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Scheme == "":
		return ""
	case u.Scheme == "https" || u.Scheme == "http":
		return u.Scheme + "://" + u.Host
	}
	return u.Scheme + ":"
}
