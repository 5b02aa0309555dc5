package flow_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/job"
	"stoa/internal/policy"
	"stoa/internal/publog"
	"stoa/internal/record"
	"stoa/internal/store"
)

// clerk is a world with somebody who imports, and the runner of the jobs that this owes.
type clerk struct {
	*world
	runner *job.Runner
}

func newClerk(w *world) *clerk {
	c := &clerk{w, job.NewRunner(w.DB, slog.New(slog.NewTextHandler(io.Discard, nil)))}
	c.runner.HandleTx(flow.RegisterImportJob, w.Registers().WorkImport)
	return c
}

// sent is a file that has been received and judged.
func (c *clerk) sent(register, file string, allOrNone bool) *record.Import {
	c.t.Helper()
	id, err := c.Registers().Import(c.ctx, c.officer, flow.ImportRecords{Register: register, Name: "file.csv", AllOrNone: allOrNone, Key: c.key(), File: strings.NewReader(file)})
	c.must(err)
	c.work()
	return c.imported(id)
}

func (c *clerk) work() {
	c.t.Helper()
	_, err := c.runner.RunDue(c.ctx)
	c.must(err)
}

func (c *clerk) imported(id string) (i *record.Import) {
	c.t.Helper()
	c.must(c.DB.Read(c.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		i, err = c.Docket.Records.Imports().Get(ctx, tx, id)
		return err
	}))
	return i
}

func (c *clerk) carry(by policy.Actor, i *record.Import) error {
	return c.Registers().CarryOutImport(c.ctx, by, flow.ActOnImport{Import: i.ID, Version: i.Version, Key: c.key()})
}

// says is all of a register as one text.
func (c *clerk) says(register string) string {
	c.t.Helper()
	var all []string
	c.must(c.DB.Read(c.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		all = nil
		list, err := c.Docket.Records.Page(ctx, tx, register, "", 10_000)
		for _, r := range list {
			all = append(all, fmt.Sprintf("%s.%d %v", r.Number, r.Version, r.Fields))
		}
		return err
	}))
	return strings.Join(all, "; ")
}

func (c *clerk) bad(i *record.Import) string {
	c.t.Helper()
	var all []string
	c.must(c.DB.Read(c.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		all = nil
		list, err := c.Docket.Records.Imports().BadRows(ctx, tx, i.ID, 0, "", 100)
		for _, w := range list {
			all = append(all, fmt.Sprint(w.Line, " ", w.Field))
		}
		return err
	}))
	return strings.Join(all, ", ")
}

// TestAFileIsPreviewedAndItsGoodRowsAreTaken: each row is judged, nothing changes before somebody says so, what is the same
// makes no version, and the public log has one leaf for the batch.
func TestAFileIsPreviewedAndItsGoodRowsAreTaken(t *testing.T) {
	each(t, func(w *world) {
		c := newClerk(w)
		before := c.says("places")
		i := c.sent("places", "number,name,rate\nP1,Market Square,1\nP2,North Street,2\nP3,New Place,abc\nP4,Fourth,1.50\nP4,Again,1\n,None,1\n", false)
		if i.State != record.Judged || i.Fresh != 1 || i.Changed != 1 || i.Same != 1 || i.Bad != 3 {
			t.Fatalf("%+v", i)
		}
		if got := c.bad(i); got != "4 rate, 6 number, 7 number" {
			t.Errorf("bad: %s", got)
		}
		if c.says("places") != before {
			t.Error("the preview changed the register")
		}
		leaves := c.kinds()
		c.must(c.carry(c.officer, i))
		c.work()
		i = c.imported(i.ID)
		if i.State != record.Carried || i.Taken != 2 || i.Left != 0 {
			t.Errorf("%+v", i)
		}
		if got, want := c.says("places"), "P1.1 map[name:Market Square rate:1]; P2.2 map[name:North Street rate:2]; P4.1 map[name:Fourth rate:1.5]"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if n := c.kinds(); n[publog.RegisterImported] != 1 || n[publog.RecordChanged] != leaves[publog.RecordChanged] {
			t.Errorf("leaves: %v", n)
		}
		err := c.DB.Read(c.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			_, _, err := c.Docket.Records.Imports().Chunk(ctx, tx, i, 0)
			return err
		})
		if err == nil {
			t.Error("what the rows said can still be read")
		}
		if err := c.carry(c.officer, i); fault.KindOf(err) != fault.Conflict {
			t.Errorf("carried out again: %v", err)
		}
	})
}

// TestNothingIsTakenIfAnyRowIsBad where that was asked for.
func TestNothingIsTakenIfAnyRowIsBad(t *testing.T) {
	each(t, func(w *world) {
		c := newClerk(w)
		before := c.says("places")
		i := c.sent("places", "number,rate\nP1,7\nP2,x\n", true)
		if err := c.carry(c.officer, i); fault.KindOf(err) != fault.Conflict || c.says("places") != before {
			t.Errorf("%v", err)
		}
		c.must(c.Registers().DropImport(c.ctx, c.officer, flow.ActOnImport{Import: i.ID, Version: i.Version, Key: c.key()}))
		c.work()
		if i = c.imported(i.ID); i.State != record.Dropped || c.says("places") != before {
			t.Errorf("%+v", i)
		}
	})
}

// TestWhatChangedAfterThePreviewIsNotOverwritten: the good rows are taken without it; all or nothing looks again.
func TestWhatChangedAfterThePreviewIsNotOverwritten(t *testing.T) {
	each(t, func(w *world) {
		c := newClerk(w)
		some := c.sent("places", "number,rate\nP1,7\nP2,8\n", false)
		all := c.sent("places", "number,rate\nP1,17\nP2,18\n", true)
		other := c.sent("places", "number,name\nP2,Changed meanwhile\n", false)
		c.must(c.carry(c.officer, other))
		c.work()
		c.must(c.carry(c.officer, all))
		c.work()
		if all = c.imported(all.ID); all.State != record.Judged || all.Taken != 0 || strings.Contains(c.says("places"), "17") {
			t.Errorf("%+v", all)
		}
		c.must(c.carry(c.officer, some))
		c.work()
		if some = c.imported(some.ID); some.Taken != 1 || some.Left != 1 || c.bad(some) != "3 " {
			t.Errorf("%+v %s", some, c.bad(some))
		}
		if got, want := c.says("places"), "P1.2 map[name:Market Square rate:7]; P2.2 map[name:Changed meanwhile rate:1.5]"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	})
}

// TestTwoPersonsImportWhatIsPersonal: whoever sent the file does not carry it out, and no officer does.
func TestTwoPersonsImportWhatIsPersonal(t *testing.T) {
	each(t, func(w *world) {
		c := newClerk(w)
		i := c.sent("stalls", "number,place,holder\nS1,Here,Rana\n", false)
		second := c.staff("Olga Other", policy.Grant{Role: policy.Officer, Organisation: "markets"})
		for _, by := range []policy.Actor{c.officer, second, c.other, {}} {
			if err := c.carry(by, i); err == nil {
				t.Errorf("%s carried it out", by.Name)
			}
		}
		if _, err := c.Registers().Import(c.ctx, c.other, flow.ImportRecords{Register: "stalls", File: strings.NewReader("number\n")}); err == nil {
			t.Error("somebody of another organisation sent a file")
		}
		c.must(c.carry(c.boss, i))
		c.work()
		if got := c.says("stalls"); got != "S1.1 map[holder:Rana place:Here]" {
			t.Error(got)
		}
	})
}

// TestAnImportBrokenAnywhereTakesEachRowOnce: the job is cut off at its first statement, at its second, and so on; what is
// there in the end is what an import in one piece gives.
func TestAnImportBrokenAnywhereTakesEachRowOnce(t *testing.T) {
	each(t, func(w *world) {
		c := newClerk(w)
		var file strings.Builder
		file.WriteString("number,place\n")
		const rows = record.ChunkRows + 20
		for n := range rows {
			fmt.Fprintf(&file, "T%04d,Place %d\n", n, n)
		}
		id, err := c.Registers().Import(c.ctx, c.officer, flow.ImportRecords{Register: "stalls", Name: "f", Key: c.key(), File: strings.NewReader(file.String())})
		c.must(err)
		broken := 0
		step := func() { // one step of the import, broken ever later until it goes through
			i := c.imported(id)
			for at := 1; ; at += 1 + at/3 {
				err := c.DB.Write(breakAt(at), "test", func(ctx context.Context, tx *store.Tx) error {
					return c.Registers().WorkImport(ctx, tx, job.Job{Payload: fmt.Appendf(nil, `{"import":%q}`, id)})
				})
				if err == nil {
					return
				}
				if now := c.imported(id); fmt.Sprint(now) != fmt.Sprint(i) {
					t.Fatalf("a broken step left %+v", now)
				}
				broken++
			}
		}
		for c.imported(id).Working() {
			step()
		}
		if i := c.imported(id); i.Fresh != rows {
			t.Fatalf("%+v", i)
		}
		c.must(c.carry(c.boss, c.imported(id)))
		for c.imported(id).Working() {
			step()
		}
		if i := c.imported(id); i.Taken != rows || i.State != record.Carried || broken < 20 {
			t.Errorf("broken %d times: %+v", broken, i)
		}
		if n := strings.Count(c.says("stalls"), ".1 map"); n != rows {
			t.Errorf("%d records in their first version, want %d", n, rows)
		}
		again, err := c.Registers().Import(c.ctx, c.officer, flow.ImportRecords{Register: "stalls", Name: "f", Key: c.key(), File: strings.NewReader(file.String())})
		c.must(err)
		c.work()
		if i := c.imported(again); i.Same != rows {
			t.Errorf("the same file again: %+v", i)
		}
	})
}
