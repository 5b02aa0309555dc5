package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"stoa/internal/flow"
	"stoa/internal/job"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/view"
)

// RegisterImport is a file for a register, from the command line.
type RegisterImport struct {
	Folder, Register, File string
	As                     string // email address of the member of staff whose rights count, and whose name it is done in
	AllOrNone, Carry       bool
	Wrong                  io.Writer // where what is wrong with rows goes; nil: nowhere
}

// RegisterPreview is what an import would do, or did.
type RegisterPreview = view.ImportPage

// RegisterCarried is the state of an import that was carried out.
const RegisterCarried = view.ImportCarried

// ImportRegister brings a file in and gives its preview, carried out where that was asked for and the register wants no
// second person. It may run beside the server.
func ImportRegister(ctx context.Context, c Config, in RegisterImport) (p RegisterPreview, err error) {
	err = withRegisters(ctx, c, in.Folder, in.As, func(a *App, r view.Reader) error {
		f, err := os.Open(in.File)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()  // only read
		key, err := a.Flow.People.Token() // as a form has one: this is done once
		if err != nil {
			return err
		}
		id, err := a.Flow.Registers().Import(ctx, r.Actor, flow.ImportRecords{Register: in.Register, Name: filepath.Base(in.File), AllOrNone: in.AllOrNone, Key: key[:20], File: f})
		if err != nil {
			return err
		}
		files := a.View.RegisterFiles()
		if p, err = a.finishImport(ctx, r, id); err != nil {
			return err
		}
		if in.Wrong != nil && len(p.Wrong) > 0 {
			write, err := files.ImportWrongs(ctx, r, id)
			if err != nil {
				return err
			}
			if err := write(in.Wrong); err != nil {
				return err
			}
		}
		if !in.Carry || !p.CanCarry {
			return nil
		}
		if err := a.Flow.Registers().CarryOutImport(ctx, r.Actor, flow.ActOnImport{Import: id, Version: p.Version, Key: key[1:21]}); err != nil {
			return err
		}
		p, err = a.finishImport(ctx, r, id)
		return err
	})
	return p, err
}

// finishImport works until nothing more follows by itself; where a server is at it too, that goes on with the rest.
func (a *App) finishImport(ctx context.Context, r view.Reader, id string) (RegisterPreview, error) {
	runner := job.NewRunner(a.DB, a.Log)
	runner.HandleTx(flow.RegisterImportJob, a.Flow.Registers().WorkImport)
	if _, err := runner.RunDue(ctx); err != nil {
		return RegisterPreview{}, err
	}
	return a.View.RegisterFiles().Import(ctx, r, id)
}

// RegisterExport says what of a register is wanted.
type RegisterExport struct{ Folder, As, Register, Format, Day string }

// ExportRegister writes a register with the fields that the member of staff sees.
func ExportRegister(ctx context.Context, c Config, in RegisterExport, out io.Writer) error {
	return withRegisters(ctx, c, in.Folder, in.As, func(a *App, r view.Reader) error {
		f, err := a.View.RegisterFiles().DeskFile(ctx, r, view.ExportAsk{Register: in.Register, Format: in.Format, Day: in.Day})
		if err != nil {
			return err
		}
		return f.Write(out)
	})
}

// withRegisters opens the installation with the files of a folder in force, for a member of staff.
func withRegisters(ctx context.Context, c Config, folder, as string, do func(*App, view.Reader) error) error {
	a, err := Open(ctx, c, false, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	problems, err := a.Publish(ctx, os.DirFS(folder))
	if err == nil && len(problems) > 0 {
		err = fmt.Errorf("the files have problems: run stoa check %s", folder)
	}
	r := view.Reader{P: a.words.For("en")}
	if err == nil {
		err = a.DB.Read(ctx, "app.staff", func(ctx context.Context, tx *store.Tx) error {
			who, err := a.Flow.People.ByEmail(ctx, tx, as)
			if errors.Is(err, store.ErrNotFound) || err == nil && len(who.Grants) == 0 {
				return fmt.Errorf("%q is no member of staff: name one with --as", as)
			}
			r.Actor = policy.Actor{Person: who.ID, Name: who.Name, Grants: who.Grants}
			return err
		})
	}
	if err == nil {
		err = do(a, r)
	}
	return errors.Join(err, a.Close())
}
