package elsewhere

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// The headers of the X-Road Message Protocol for REST (PR-REST 1.0.4, section 4.3) that a client of it meets.
const (
	headerClient  = "X-Road-Client"
	headerID      = "X-Road-Id"
	headerIssue   = "X-Road-Issue"
	headerService = "X-Road-Service"
	headerError   = "X-Road-Error"
)

// identifier encodes the parts of an identifier, each by itself (section 4.2).
func identifier(parts string) string {
	list := strings.Split(parts, "/")
	for i := range list {
		list[i] = url.PathEscape(list[i])
	}
	return strings.Join(list, "/")
}

// overXRoad asks through our security server. X-Road-UserId is left out: it would give the other side a number of the person that
// it does not need.
func (r *Registers) overXRoad(ctx context.Context, q Question) (*http.Request, error) {
	source := q.Of.XRoad
	if r.c.Security == "" {
		return nil, errors.New("no security server is set")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.c.Security+"/r1/"+identifier(source.Service)+fill(source.Path, q.By), http.NoBody)
	if err != nil {
		return nil, errors.New("its address cannot be made")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set(headerClient, identifier(source.Client))
	req.Header.Set(headerID, r.c.ID())
	if q.Issue != "" {
		req.Header.Set(headerIssue, q.Issue)
	}
	return req, nil
}

// roadError is the body of an error that comes from X-Road itself (section 4.6).
type roadError struct {
	Type    string `json:"type"`
	Message string `json:"message"`
	Detail  string `json:"detail"`
}

// overRoad judges an answer. X-Road-Error says that it is no answer of the register but one of a security server on the way; those
// that begin with Client are ours and stay as they are. An answer to another question than ours is none.
func overRoad(req *http.Request, res *http.Response, body []byte) (found, again bool, err error) {
	if kind := res.Header.Get(headerError); kind != "" {
		var e roadError
		if json.Unmarshal(body, &e) != nil {
			e = roadError{}
		}
		return false, strings.HasPrefix(kind, "Server."), fmt.Errorf("X-Road says %s (its reference: %s)", kind, e.Detail)
	}
	asked := strings.TrimPrefix(req.URL.EscapedPath(), "/r1/")
	switch id, service := res.Header.Get(headerID), res.Header.Get(headerService); {
	case id != "" && id != req.Header.Get(headerID):
		return false, false, errors.New("the answer is to another message")
	case service != "" && asked != service && !strings.HasPrefix(asked, service+"/"):
		return false, false, errors.New("the answer is another service's")
	}
	return plainly(req, res, body)
}
