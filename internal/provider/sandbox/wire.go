package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"stoa/internal/money"
	"stoa/internal/pay"
)

// Name is the provider's.
const Name = "sandbox"

// SignatureHeader is the header of a callback: "t=1767603600,v1=…", the HMAC-SHA256 of "t.body".
const SignatureHeader = "Sandbox-Signature"

// tolerance is how old a callback may be; an older one may be somebody's copy of it.
const tolerance = 5 * time.Minute

// The forms in which orders, answers and callbacks travel.
type (
	orderWire struct {
		Key      string    `json:"key"`
		Payment  string    `json:"payment"`
		Amount   int64     `json:"amount"`
		Currency string    `json:"currency"`
		Title    string    `json:"title"`
		Language string    `json:"language"`
		Return   string    `json:"return"`
		Cancel   string    `json:"cancel"`
		Email    string    `json:"email,omitempty"`
		Expires  time.Time `json:"expires"`
	}
	startedWire struct {
		Ref string `json:"ref"`
		URL string `json:"url"`
	}
	refundWire struct {
		Key      string `json:"key"`
		Payment  string `json:"payment"`
		Ref      string `json:"ref"`
		Amount   int64  `json:"amount"`
		Currency string `json:"currency"`
	}
	reportWire struct {
		Payment  string    `json:"payment"`
		Ref      string    `json:"ref"`
		Charge   string    `json:"charge,omitempty"`
		Kind     string    `json:"kind"`
		Key      string    `json:"key,omitempty"`
		Amount   int64     `json:"amount,omitempty"`
		Currency string    `json:"currency,omitempty"`
		At       time.Time `json:"at"`
	}
	eventWire struct {
		ID     string     `json:"id"`
		Report reportWire `json:"report"`
	}
)

func toWire(r pay.Report) reportWire {
	return reportWire{Payment: r.Payment, Ref: r.Ref, Charge: r.Charge, Kind: string(r.Kind), Key: r.Key, Amount: r.Amount.Minor, Currency: r.Amount.Currency, At: r.At}
}

// withAmount tells, of each kind that the sandbox sends, whether it speaks of money.
var withAmount = map[pay.Kind]bool{
	pay.Paid: true, pay.Failed: false, pay.Expired: false, pay.RefundAsked: true, pay.Refunded: true, pay.RefundFailed: true,
	pay.Disputed: true, pay.DisputeWon: true, pay.DisputeLost: true,
}

func fromWire(w reportWire) (pay.Report, error) {
	r := pay.Report{Payment: w.Payment, Ref: w.Ref, Charge: w.Charge, Kind: pay.Kind(w.Kind), Key: w.Key, At: w.At.UTC(),
		Amount: money.Amount{Minor: w.Amount, Currency: w.Currency}}
	speaks, known := withAmount[r.Kind]
	if !known || r.Ref == "" || r.Payment == "" || w.At.Year() < 2000 || w.At.Year() > 9999 {
		return pay.Report{}, pay.ErrCallback
	}
	if !speaks {
		r.Amount = money.Amount{}
		return r, nil
	}
	if _, err := money.MinorDigits(w.Currency); err != nil || w.Amount <= 0 || r.Kind != pay.Paid && r.Key == "" {
		return pay.Report{}, pay.ErrCallback
	}
	return r, nil
}

// sign makes the signature of a callback.
func sign(secret string, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac(secret, t, body))
}

func mac(secret, t string, body []byte) []byte {
	h := hmac.New(sha256.New, []byte("sandbox callback "+secret))
	h.Write([]byte(t + "."))
	h.Write(body)
	return h.Sum(nil)
}

// read verifies a callback and reads it.
func read(secret, header string, body []byte, now time.Time) (pay.Event, error) {
	if !signed(secret, header, body, now) {
		return pay.Event{}, pay.ErrSignature
	}
	var w eventWire
	if err := json.Unmarshal(body, &w); err != nil || w.ID == "" || len(w.ID) > 200 {
		return pay.Event{}, pay.ErrCallback
	}
	r, err := fromWire(w.Report)
	if err != nil {
		return pay.Event{}, err
	}
	return pay.Event{ID: w.ID, Report: r}, nil
}

func signed(secret, header string, body []byte, now time.Time) bool {
	t, given, ok := strings.Cut(header, ",v1=")
	t, timed := strings.CutPrefix(t, "t=")
	seconds, err := strconv.ParseInt(t, 10, 64)
	if !ok || !timed || err != nil || secret == "" {
		return false
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > tolerance || age < -tolerance {
		return false
	}
	sum, err := hex.DecodeString(given)
	return err == nil && hmac.Equal(sum, mac(secret, t, body))
}
