package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"time"

	"stoa/internal/flow"
	"stoa/internal/policy"
)

// AddStaff gives a role from the command line: the first administrator, for instance. It returns the link by which they set up
// how they sign in, if they have nothing to sign in with; again makes one also if they have, in place of it.
func AddStaff(ctx context.Context, c Config, name, email string, g policy.Grant, again bool) (link string, err error) {
	if !slices.Contains(policy.Roles(), g.Role) {
		return "", fmt.Errorf("there is no role %q; there are %v", g.Role, policy.Roles())
	}
	a, err := Open(ctx, c, false, slog.New(slog.DiscardHandler))
	if err != nil {
		return "", err
	}
	id, err := a.Flow.AddStaff(ctx, System, flow.AddStaff{Name: name, Email: email, Language: "en", Grants: []policy.Grant{g}})
	if err == nil {
		link, _, err = a.Flow.Identity().Invite(ctx, System, flow.Invite{Person: id, Again: again})
	}
	if link != "" {
		link = c.URL + link
	}
	return link, errors.Join(err, a.Close())
}

// TryMail says whether the mail server answers.
func TryMail(ctx context.Context, c Config) error {
	d := net.Dialer{Timeout: 5 * time.Second}
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(c.Mail.Host, strconv.Itoa(c.Mail.Port)))
	if err != nil {
		return fmt.Errorf("the mail server does not answer: %w", err)
	}
	return conn.Close()
}
