package disclosure_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"

	"stoa/internal/calendar"
	"stoa/internal/disclosure"
	"stoa/internal/fault"
	"stoa/internal/redact"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
)

func each(t *testing.T, test func(t *testing.T, s *disclosure.Store, write func(func(context.Context, *store.Tx) error) error)) {
	sets := []fs.FS{vault.Migrations(), disclosure.Migrations()}
	storetest.Each(t, sets, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		keys, err := vault.Open(vault.Config{KeyFile: filepath.Join(t.TempDir(), "keys"), Rand: rand.Reader})
		if err != nil {
			t.Fatal(err)
		}
		test(t, &disclosure.Store{Vault: keys}, func(do func(context.Context, *store.Tx) error) error {
			return db.Write(context.Background(), "test", do)
		})
	})
}

// Passages are sealed, come back as they were, and a stale copy changes nothing.
func TestADocumentComesBackAndIsSealed(t *testing.T) {
	each(t, func(t *testing.T, s *disclosure.Store, write func(func(context.Context, *store.Tx) error) error) {
		err := write(func(ctx context.Context, tx *store.Tx) error {
			subject, err := s.Vault.NewSubject(ctx, tx)
			if err != nil {
				return err
			}
			d := &disclosure.Document{Case: "c1", Organisation: "o", Subject: subject, Source: disclosure.Request, Kind: redact.Text,
				Body: disclosure.Body{Name: "a.txt", Text: "Marlowe", Marks: []redact.Mark{{From: 0, To: 7, Reason: "personal"}}}}
			if err := s.Add(ctx, tx, d); err != nil {
				return err
			}
			var sealed []byte
			if err := tx.QueryRow(ctx, `SELECT sealed FROM disclosure_document WHERE id = $1`, d.ID).Scan(&sealed); err != nil || bytes.Contains(sealed, []byte("Marlowe")) {
				t.Errorf("%v, or the text lies open", err)
			}
			stale := *d
			d.State = disclosure.Proposed
			if err := s.Save(ctx, tx, d); err != nil {
				return err
			}
			if err := s.Save(ctx, tx, &stale); fault.KindOf(err) != fault.Conflict {
				t.Errorf("a stale copy was stored: %v", err)
			}
			got, err := s.Document(ctx, tx, d.ID)
			if err != nil {
				return err
			}
			if got.Text != "Marlowe" || len(got.Marks) != 1 || got.Marks[0] != d.Marks[0] || got.State != disclosure.Proposed || got.Version != 2 || got.Seq != 1 {
				t.Errorf("%+v", got)
			}
			waiting, err := s.Waiting(ctx, tx, "o", disclosure.Proposed, 9)
			if len(waiting) != 1 {
				t.Errorf("%d wait", len(waiting))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func entry(i int) *disclosure.Entry {
	day := calendar.MustDate("2026-06-01")
	return &disclosure.Entry{Number: fmt.Sprintf("FOI-%d", i), Case: fmt.Sprintf("c%d", i), Service: "s", Organisation: "o", Topic: []string{"a", "b"}[i%2], Outcome: []string{"answered", "refused", "answered"}[i%3],
		Ending: "granted", Language: "en", Received: day, Answered: day, Took: i, Title: "T", Request: "R", Answer: "A", Exemptions: [][]string{nil, {"x"}, {"x", "y"}, nil}[i%4]}
}

// Pages of the log agree with all of it, and so do the numbers beside the choices.
func TestTheLogIsPagedAndCounted(t *testing.T) {
	each(t, func(t *testing.T, s *disclosure.Store, write func(func(context.Context, *store.Tx) error) error) {
		const n = 12
		big := bytes.Repeat([]byte("0123456789"), 60_000) // more than one part
		err := write(func(ctx context.Context, tx *store.Tx) error {
			for i := range n {
				if err := s.Publish(ctx, tx, entry(i), []disclosure.PublishedFile{{Name: "f", Kind: redact.Text, Data: big}}, []string{"all", fmt.Sprintf("n%d", i%5)}); err != nil {
					return err
				}
			}
			if err := s.Publish(ctx, tx, entry(3), nil, nil); fault.KindOf(err) != fault.Conflict {
				t.Errorf("published twice: %v", err)
			}
			for _, q := range []disclosure.Query{{}, {Topic: "a"}, {Outcome: "answered"}, {Exemption: "x"}, {Exemption: "y", Topic: "a"}, {Terms: []string{"all", "n2"}}, {Terms: []string{"none"}}} {
				want, seen := 0, map[string]bool{}
				for i := range n {
					e := entry(i)
					fits := (q.Topic == "" || q.Topic == e.Topic) && (q.Outcome == "" || q.Outcome == e.Outcome) && (len(q.Terms) == 0 || q.Terms[0] == "all" && i%5 == 2)
					for _, x := range []string{q.Exemption} {
						fits = fits && (x == "" || fmt.Sprint(e.Exemptions) == "[x]" && x == "x" || fmt.Sprint(e.Exemptions) == "[x y]")
					}
					if fits {
						want++
					}
				}
				for q.Limit = 5; ; {
					page, err := s.List(ctx, tx, q)
					if err != nil {
						return err
					}
					for _, e := range page {
						seen[e.Number] = true
					}
					if len(page) < q.Limit {
						break
					}
					last := page[len(page)-1]
					q.Before, q.BeforeID = last.Published, last.ID
				}
				if len(seen) != want {
					t.Errorf("%+v: %d, want %d", q, len(seen), want)
				}
				q.Before, q.BeforeID = entry(0).Published, ""
				counts, err := s.Facets(ctx, tx, q, "outcome")
				if err != nil {
					return err
				}
				if q.Outcome == "" && counts["answered"]+counts["refused"] != int64(want) {
					t.Errorf("%+v: %v, want %d in all", q, counts, want)
				}
			}
			e, err := s.Entry(ctx, tx, "FOI-4")
			if err != nil {
				return err
			}
			files, err := s.Files(ctx, tx, e.ID)
			if err != nil {
				return err
			}
			if err := s.Bytes(ctx, tx, &files[0]); err != nil || !bytes.Equal(files[0].Data, big) {
				t.Errorf("the bytes do not come back: %v", err)
			}
			if _, err := tx.Exec(ctx, `UPDATE disclosure_part SET bytes = $1 WHERE file_id = $2 AND n = 0`, []byte("changed"), files[0].ID); err != nil {
				return err
			}
			if err := s.Bytes(ctx, tx, &files[0]); err == nil {
				t.Error("changed bytes are taken for those that were published")
			}
			_, err = s.Entry(ctx, tx, "FOI-99")
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
