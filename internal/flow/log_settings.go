package flow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"stoa/internal/policy"
	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/store"
)

// Setting is one thing that the operator has set, as far as the public may know it.
type Setting struct{ Name, Value string }

// NoteSettings tells the public log how the installation is set, where that differs from what was logged last: who takes
// payments, who witnesses the log, whether files are scanned. Secrets, addresses of machines and people are no part of it.
func (f *Flow) NoteSettings(ctx context.Context, actor policy.Actor, all []Setting) error {
	j := f.Docket.Releases.Current()
	if f.Log == nil || j == nil {
		return nil
	}
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "settings"}); err != nil {
		return err
	}
	var b strings.Builder
	e := publog.Event{Kind: publog.SettingsInForce, Organisation: j.File.Jurisdiction}
	for _, s := range all {
		fmt.Fprintf(&b, "%q %q\n", s.Name, s.Value)
		e.Fields = append(e.Fields, proof.Field{Name: s.Name, Value: s.Value})
	}
	sum := sha256.Sum256([]byte(b.String()))
	hash := hex.EncodeToString(sum[:])
	return f.DB.Write(ctx, "flow.NoteSettings", func(ctx context.Context, tx *store.Tx) error {
		last, err := f.Log.Latest(ctx, tx, e.Organisation, e.Kind)
		if err != nil {
			return err
		}
		if _, was, _ := strings.Cut(last, "."); was == hash {
			return nil
		}
		e.ID = tx.NewID() + "." + hash
		return f.log(ctx, tx, e)
	})
}
