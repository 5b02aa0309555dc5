package record_test

import (
	"context"
	"fmt"
	"testing"

	"stoa/internal/record"
	"stoa/internal/store"
)

// TestPagesGoThroughARegister whole, in the order of numbers, each record once.
func TestPagesGoThroughARegister(t *testing.T) {
	each(t, func(s *registry) {
		s.write(func(ctx context.Context, tx *store.Tx) error {
			for i := range 7 {
				r := &record.Record{Register: "stalls", Number: fmt.Sprintf("S%d", 9-i), State: record.Active, Fields: map[string]string{"holder": fmt.Sprint("Holder ", i)}}
				if err := s.Put(ctx, tx, stalls, r, record.Change{}); err != nil {
					return err
				}
			}
			return nil
		})
		s.read(func(ctx context.Context, tx *store.Tx) error {
			var seen []string
			for after := ""; ; {
				page, err := s.Page(ctx, tx, "stalls", after, 3)
				if err != nil {
					return err
				}
				for _, r := range page {
					if after = r.Number; r.Fields["holder"] == "" {
						t.Errorf("%s came without what is sealed", r.Number)
					}
					seen = append(seen, r.Number)
				}
				if len(page) < 3 {
					break
				}
			}
			if fmt.Sprint(seen) != "[S3 S4 S5 S6 S7 S8 S9]" {
				t.Errorf("seen %v", seen)
			}
			return nil
		})
	})
}
