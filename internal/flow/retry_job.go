package flow

import (
	"context"

	"stoa/internal/job"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// RetryJob makes work that failed too often due again, for administrators.
func (f *Flow) RetryJob(ctx context.Context, actor policy.Actor, id string) error {
	if err := policy.Can(actor, policy.SystemSee, policy.Thing{Kind: "job", ID: id}); err != nil {
		return err
	}
	return missing(f.DB.Write(ctx, "flow.RetryJob", func(ctx context.Context, tx *store.Tx) error {
		return job.Retry(ctx, tx, id)
	}))
}
