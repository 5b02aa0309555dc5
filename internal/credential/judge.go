package credential

import (
	"context"
	"crypto/ecdsa"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"stoa/internal/credential/envelope"
	"stoa/internal/credential/keys"
	"stoa/internal/credential/mdoc"
	"stoa/internal/credential/sdjwt"
	"stoa/internal/credential/status"
	"stoa/internal/service"
	"stoa/internal/store"
)

// What a credential turns out to be.
const (
	Good      = "valid"
	Suspended = "suspended"
	Revoked   = "revoked"
	Expired   = "expired"
	Early     = "future"
	Forged    = "forged"   // it is not what was signed here, or was not signed here
	Unproven  = "unbound"  // it is genuine, and not shown by its holder, or not to us, or not now
	Declined  = "declined" // its holder does not show it
)

// Verdict is what is found out about a credential that somebody shows.
type Verdict struct {
	State   string            `json:"state"`
	Service string            `json:"service,omitempty"`
	Format  string            `json:"format,omitempty"`
	Claims  map[string]string `json:"claims,omitempty"` // as texts; yes and no for true and false
	Until   time.Time         `json:"until,omitzero"`
	Bound   bool              `json:"bound"` // its holder has shown it, to us and now
	Why     string            `json:"why,omitempty"`
}

// Judge finds out what credentials are.
type Judge struct {
	Store *Store
	Keys  *keys.Keys
	Site  string
	Place *service.Jurisdiction
}

// Session is the question that a credential answers; nil where it is just shown.
type Session struct {
	ClientID, Nonce, ResponseURI string
}

// Spans within which a holder's proof must have been made.
const (
	boundBefore = 5 * time.Minute
	boundAfter  = time.Minute
)

func forged(why string, args ...any) Verdict {
	return Verdict{State: Forged, Why: fmt.Sprintf(why, args...)}
}

// SDJWT judges an SD-JWT VC.
func (j Judge) SDJWT(ctx context.Context, tx *store.Tx, text string, in *Session) (Verdict, error) {
	t, err := sdjwt.Parse(strings.TrimSpace(text))
	if err != nil {
		return forged("%v", err), nil
	}
	h, claims, err := t.Open(func(h envelope.Head) (*ecdsa.PublicKey, error) { return j.Keys.ByID(h.KeyID, nil) })
	switch {
	case err != nil:
		return forged("%v", err), nil
	case h.Typ != TypeSDJWT && h.Typ != "vc+sd-jwt", claims["iss"] != j.Site:
		return forged("it is no credential of ours"), nil
	}
	v := Verdict{Format: service.FormatSDJWT, Claims: map[string]string{}}
	for _, s := range j.Place.Offered() {
		if VCT(j.Site, s) == claims["vct"] {
			v.Service = s.Service
			for name, x := range claims {
				v.claim(s, name, x)
			}
		}
	}
	from, fromErr := sdjwt.Instant(claims["nbf"])
	until, untilErr := sdjwt.Instant(claims["exp"])
	where, _ := claims["status"].(map[string]any)
	list, _ := where["status_list"].(map[string]any)
	uri, _ := list["uri"].(string)
	idx, _ := list["idx"].(json.Number)
	place, idxErr := idx.Int64()
	if err := errors.Join(fromErr, untilErr, idxErr); err != nil {
		return forged("it is no credential of ours"), nil
	}
	if in != nil {
		if err := t.Bound(claims, sdjwt.Expect{Audience: in.ClientID, Nonce: in.Nonce, Now: tx.Now(), Before: boundBefore, After: boundAfter}); err != nil {
			return Verdict{State: Unproven, Service: v.Service, Format: v.Format, Why: err.Error()}, nil
		}
		v.Bound = true
	}
	return j.stands(ctx, tx, v, from, until, uri, place)
}

// claim adds what is said of a field. Nothing but what the service's file names is shown to anybody.
func (v *Verdict) claim(s *service.Service, name string, x any) {
	switch name {
	case ClaimNumber, ClaimTitle, ClaimIssuer, ClaimFrom, ClaimUntil:
	default:
		known := false
		for _, f := range s.Issue.Credential.Fields {
			known = known || f.ID == name
		}
		if !known {
			return
		}
	}
	switch x := x.(type) {
	case bool:
		v.Claims[name] = map[bool]string{true: "yes", false: "no"}[x]
	case map[string]any, []any:
	default:
		v.Claims[name] = fmt.Sprint(x)
	}
}

// IssuerSigned judges an mdoc as it lies in a wallet.
func (j Judge) IssuerSigned(ctx context.Context, tx *store.Tx, raw []byte) (Verdict, error) {
	d, err := mdoc.Open(raw, j.find)
	if err != nil {
		return forged("%v", err), nil
	}
	return j.document(ctx, tx, d, false)
}

// DeviceResponse judges an mdoc that a wallet shows.
func (j Judge) DeviceResponse(ctx context.Context, tx *store.Tx, raw []byte, in Session) (Verdict, error) {
	transcript, err := mdoc.Transcript(in.ClientID, in.Nonce, nil, in.ResponseURI)
	if err != nil {
		return Verdict{}, err
	}
	docs, err := mdoc.OpenResponse(raw, transcript, j.find)
	switch {
	case errors.Is(err, mdoc.ErrHolder):
		return Verdict{State: Unproven, Format: service.FormatMdoc, Why: err.Error()}, nil
	case err != nil:
		return forged("%v", err), nil
	case len(docs) != 1:
		return forged("one document is shown, not %d", len(docs)), nil
	}
	return j.document(ctx, tx, docs[0], true)
}

func (j Judge) find(h envelope.COSEHead) (*ecdsa.PublicKey, error) {
	return j.Keys.ByID(h.KeyID, h.Chain)
}

func (j Judge) document(ctx context.Context, tx *store.Tx, d mdoc.Document, bound bool) (Verdict, error) {
	v := Verdict{Format: service.FormatMdoc, Claims: map[string]string{}, Bound: bound}
	for _, s := range j.Place.Offered() {
		if s.Issue.Credential.DocType == d.DocType {
			v.Service = s.Service
			for name, x := range maps.All(d.Elements[d.DocType]) {
				v.claim(s, name, x)
			}
		}
	}
	if d.Status == nil {
		return forged("it is no credential of ours"), nil
	}
	return j.stands(ctx, tx, v, d.From, d.Until, d.Status.URI, int64(d.Status.Index))
}

// stands says how a genuine credential stands today.
func (j Judge) stands(ctx context.Context, tx *store.Tx, v Verdict, from, until time.Time, uri string, place int64) (Verdict, error) {
	list, ours := listOf(j.Site, uri)
	if v.Service == "" || !ours {
		return forged("it is no credential of ours"), nil
	}
	c, err := j.Store.At(ctx, tx, list, place)
	if errors.Is(err, store.ErrNotFound) {
		return forged("it was never issued"), nil // signed with our key, and by nobody who works here
	}
	if err != nil {
		return Verdict{}, err
	}
	v.Until = until
	switch {
	case c.Service != v.Service || c.Format != v.Format:
		return forged("another credential has its place"), nil
	case c.Status == status.Invalid:
		v.State = Revoked
	case !until.After(tx.Now()):
		v.State = Expired
	case c.Status == status.Suspended:
		v.State = Suspended
	case from.After(tx.Now()):
		v.State = Early
	default:
		v.State = Good
	}
	return v, nil
}

// Text judges what somebody has pasted or uploaded: an SD-JWT VC, or an mdoc as bytes, base64 or hexadecimal. ok is false
// where it is neither.
func (j Judge) Text(ctx context.Context, tx *store.Tx, given []byte) (v Verdict, ok bool, err error) {
	text := strings.Join(strings.Fields(string(given)), "")
	if strings.Count(text, ".") >= 2 && strings.Contains(text, "~") {
		v, err = j.SDJWT(ctx, tx, text, nil)
		return v, true, err
	}
	for _, raw := range readings(given, text) {
		if mdoc.Looks(raw) {
			v, err = j.IssuerSigned(ctx, tx, raw)
			return v, true, err
		}
	}
	return Verdict{}, false, nil
}
