package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"stoa/internal/ledger"
	"stoa/internal/store"
)

// asked is what a client does to the bank account: pays in, pays out, or looks.
type asked struct {
	do    string
	pence int64
}

// answered is what came of it.
type answered struct {
	balance int64 // of a look
	refused bool
}

// purse is the obvious model of an account that may not go below nothing.
var purse = porcupine.Model{
	Init: func() any { return int64(0) },
	Step: func(state, in, out any) (bool, any) {
		n, a, got := state.(int64), in.(asked), out.(answered)
		switch a.do {
		case "in":
			return !got.refused, n + a.pence
		case "out":
			if got.refused {
				return n < a.pence, n
			}
			return n >= a.pence, n - a.pence
		}
		return got.balance == n, n
	},
	DescribeOperation: func(in, out any) string { return fmt.Sprintf("%v: %v", in, out) },
}

// TestBalancesAreLinearizable: what many at once pay in, pay out and see of an account that may not go below nothing, while balances
// are folded and the clock jumps, could have happened one after the other in an order that agrees with the time.
func TestBalancesAreLinearizable(t *testing.T) {
	each(t, func(w *world) {
		var mu sync.Mutex
		var history []porcupine.Operation
		var clock atomic.Int64 // an order is all that a history needs
		client := func(c int) error {
			for i := range 25 {
				dice := rand.New(rand.NewPCG(uint64(c), uint64(i)))
				w.clock.Advance(time.Duration(dice.IntN(7200)-3600) * time.Second)
				in, key := asked{[]string{"in", "out", "out", "look"}[dice.IntN(4)], dice.Int64N(90) + 10}, fmt.Sprint(c, "-", i)
				var out answered
				var err error
				begun := clock.Add(1)
				switch in.do {
				case "in":
					_, err = w.post(w.ctx, move(key, "2026-01-05", "bank", "fees", in.pence))
				case "out":
					_, err = w.post(w.ctx, move(key, "2026-01-05", "costs", "bank", in.pence))
					if errors.Is(err, ledger.ErrSide) {
						out.refused, err = true, nil
					}
				default:
					out.balance = w.balance("bank", ledger.As{})
				}
				ended := clock.Add(1)
				if err == nil && i%10 == 9 {
					err = w.db.Write(w.ctx, "fold", func(ctx context.Context, tx *store.Tx) error {
						_, err := w.Fold(ctx, tx, 3, 1)
						return err
					})
				}
				if err != nil {
					return err
				}
				mu.Lock()
				history = append(history, porcupine.Operation{ClientId: c, Input: in, Output: out, Call: begun, Return: ended})
				mu.Unlock()
			}
			return nil
		}
		w.allMust(atOnce(8, client))
		if !porcupine.CheckOperations(purse, history) {
			w.t.Error("the history has no order")
		}
		end := clock.Add(1)
		for what, wrong := range map[string]porcupine.Operation{
			"a balance that never was":    {ClientId: 98, Input: asked{do: "look"}, Output: answered{balance: -1}, Call: end, Return: end + 1},
			"paid out what was not there": {ClientId: 99, Input: asked{"out", 1 << 40}, Output: answered{}, Call: end, Return: end + 1},
		} {
			if porcupine.CheckOperations(purse, append(history[:len(history):len(history)], wrong)) {
				w.t.Errorf("passes: %s", what)
			}
		}
	})
}
