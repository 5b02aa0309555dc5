package publog

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"stoa/internal/proof"
	"stoa/internal/publog/signet"
	"stoa/internal/store"
)

// KindAcknowledged is the kind of the leaf by which a break is made public.
const KindAcknowledged = "log.acknowledged"

// Acknowledge lets the log go on from the tree that the database has, although more or other entries were signed. Who
// did so and why becomes a leaf. It is for an operator who has read what it means: checkpoints that people and witnesses
// keep no longer fit, and the better way, where the entries cannot be brought back, is a log of another name.
func (l *Log) Acknowledge(ctx context.Context, db *store.DB, keys *signet.Signet, organisation, by, reason string) error {
	if by == "" || reason == "" {
		return errors.New("going back needs a name and a reason")
	}
	signed, _, err := keys.Last()
	if err != nil && !errors.Is(err, signet.ErrMemory) {
		return err
	}
	err = db.Write(ctx, "publog.acknowledge", func(ctx context.Context, tx *store.Tx) error {
		t, err := l.tree(ctx, tx)
		if err != nil {
			return err
		}
		// The leaf comes first: should the file not follow, the log only stays closed.
		err = l.Append(ctx, tx, Event{Kind: KindAcknowledged, ID: tx.NewID(), Organisation: organisation, Fields: []proof.Field{
			{Name: "by", Value: by}, {Name: "reason", Value: reason},
			{Name: "signed.size", Value: strconv.FormatInt(signed.Size, 10)}, {Name: "signed.root", Value: signed.Root.String()},
			{Name: "tree.size", Value: strconv.FormatInt(t.size, 10)}, {Name: "tree.root", Value: t.root.String()},
		}})
		if err != nil {
			return err
		}
		// States that the tree no longer has are not to be shown as its own.
		if err = tx.Put(ctx, `DELETE FROM publog_checkpoint WHERE log = $1 AND size > $2`, l.name, t.size); err != nil {
			return err
		}
		err = tx.Put(ctx, `UPDATE publog_tree SET published = -1 WHERE log = $1 AND published > $2`, l.name, t.size)
		return err
	})
	if err != nil {
		return fmt.Errorf("acknowledge: %w", err)
	}
	err = db.Read(ctx, "publog.acknowledged", func(ctx context.Context, tx *store.Tx) error {
		t, err := l.tree(ctx, tx)
		if err != nil {
			return err
		}
		return keys.Acknowledge(proof.Checkpoint{Origin: keys.Origin(), Size: t.size, Root: t.root}, by, reason, tx.Now())
	})
	if err != nil {
		return fmt.Errorf("acknowledge: %w", err)
	}
	return nil
}
