package store

import (
	"context"
	"errors"
)

// Outside is the error of a transaction's function that needs something which lies outside the database and is not in ctx.
// The transaction is left without an effect; Fetch gets the thing while no connection is held and nobody waits for a turn;
// then the function runs again from its beginning, with the context that Fetch gave.
type Outside interface {
	error
	Fetch(ctx context.Context) (context.Context, error)
}

// fetchMost ends what would fetch for ever: a function may need one thing after the other.
const fetchMost = 1000

// fetching runs a transaction, and again after each thing that it needed from outside.
func fetching(ctx context.Context, run func(context.Context) error) error {
	for range fetchMost {
		err := run(ctx)
		var need Outside
		if !errors.As(err, &need) {
			return err
		}
		if ctx, err = need.Fetch(ctx); err != nil {
			return err
		}
	}
	return errors.New("a transaction asked for too much from outside the database")
}
