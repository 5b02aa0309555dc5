package store_test

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

	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// counting is the obvious model of a counter: whoever takes gets the next number, whoever gives back or looks changes nothing.
var counting = porcupine.Model{
	Init: func() any { return int64(0) },
	Step: func(state, in, out any) (bool, any) {
		n, got := state.(int64), out.(int64)
		switch in.(string) {
		case "take":
			return got == n+1, n + 1
		case "give back": // what it saw before it gave it back is nobody's
			return got == n+1, n
		}
		return got == n, n
	},
	DescribeOperation: func(in, out any) string { return fmt.Sprintf("%v: %v", in, out) },
}

var errGivenBack = errors.New("given back")

// TestNumbersAreLinearizable: what many at once take, give back and see of a counter, while the clock jumps, could have happened one
// after the other in an order that agrees with the time.
func TestNumbersAreLinearizable(t *testing.T) {
	storetest.Each(t, nil, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		history := concurrently(8, 40, func(client, i int) (in, out any) {
			dice := rand.New(rand.NewPCG(uint64(client), uint64(i)))
			clock.Advance(time.Duration(dice.IntN(7200)-3600) * time.Second)
			do, got := []string{"take", "take", "give back", "look"}[dice.IntN(4)], int64(0)
			if do == "look" {
				err := db.Read(t.Context(), do, func(ctx context.Context, tx *store.Tx) error {
					return tx.QueryRow(ctx, `SELECT COALESCE(MAX(value), 0) FROM counter WHERE name = 'number'`).Scan(&got)
				})
				if err != nil {
					t.Error(err)
				}
				return do, got
			}
			err := db.Write(t.Context(), do, func(ctx context.Context, tx *store.Tx) (err error) {
				if got, err = tx.Next(ctx, "number"); err == nil && do == "give back" {
					err = errGivenBack
				}
				return err
			})
			if err != nil && !(do == "give back" && errors.Is(err, errGivenBack)) {
				t.Error(err)
			}
			return do, got
		})
		if !porcupine.CheckOperations(counting, history) {
			t.Error("the history has no order")
		}
		if broken := spoil(history); porcupine.CheckOperations(counting, broken) {
			t.Error("a history in which a number was given twice passes")
		}
	})
}

// concurrently lets clients do something so many times each, and gives what was asked and answered, and when.
func concurrently(clients, times int, do func(client, i int) (in, out any)) []porcupine.Operation {
	var mu sync.Mutex
	var all []porcupine.Operation
	var clock atomic.Int64 // an order is all that a history needs
	var wait sync.WaitGroup
	for client := range clients {
		wait.Go(func() {
			for i := range times {
				begun := clock.Add(1)
				in, out := do(client, i)
				ended := clock.Add(1)
				mu.Lock()
				all = append(all, porcupine.Operation{ClientId: client, Input: in, Output: out, Call: begun, Return: ended})
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	return all
}

// spoil gives the last number that was taken twice.
func spoil(history []porcupine.Operation) []porcupine.Operation {
	broken := append([]porcupine.Operation(nil), history...)
	last := -1
	for i, o := range broken {
		if o.Input == "take" && (last < 0 || o.Output.(int64) > broken[last].Output.(int64)) {
			last = i
		}
	}
	end := int64(0)
	for _, o := range broken {
		end = max(end, o.Return)
	}
	return append(broken, porcupine.Operation{ClientId: 99, Input: "take", Output: broken[last].Output, Call: end + 1, Return: end + 2})
}
