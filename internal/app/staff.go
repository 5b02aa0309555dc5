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

// AddStaff gives a role from the command line: the first administrator, for instance.
func AddStaff(ctx context.Context, c Config, name, email string, g policy.Grant) error {
	if !slices.Contains(policy.Roles(), g.Role) {
		return fmt.Errorf("there is no role %q; there are %v", g.Role, policy.Roles())
	}
	a, err := Open(ctx, c, false, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	_, err = a.Flow.AddStaff(ctx, System, flow.AddStaff{Name: name, Email: email, Language: "en", Grants: []policy.Grant{g}})
	return errors.Join(err, a.Close())
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
