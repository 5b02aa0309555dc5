package flow

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"stoa/internal/bank"
	"stoa/internal/bankfile"
	"stoa/internal/fault"
	"stoa/internal/job"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// ImportStatement is a file that the bank gave: camt.053, or CSV in the format that bankfile.DefaultFormat describes.
type ImportStatement struct {
	Name  string
	Bytes []byte
}

// mostOfLine is the largest amount of a line, as of a move on a bill: sums of them stay far from the end of 64 bits.
const mostOfLine = 1 << 50

// ImportStatement stores a bank's file whole or refuses it with the line and the reason; its lines are then matched by a job.
// The same file again gives what it gave first, and of statements that overlap each line is there once.
func (f Banking) ImportStatement(ctx context.Context, actor policy.Actor, in ImportStatement) (got bank.Imported, err error) {
	book, err := f.book()
	if err != nil {
		return got, err
	}
	if err := policy.Can(actor, policy.MoneyWork, moneyThing(book, "statement")); err != nil {
		return got, err
	}
	if len(bytes.TrimSpace(in.Bytes)) == 0 {
		return got, fault.NewInvalid("The file is empty. Choose the file that the bank gave you")
	}
	up := bank.Upload{Name: in.Name, Size: int64(len(in.Bytes)), Hash: sha256.Sum256(in.Bytes)}
	err = f.DB.Read(ctx, "flow.ImportStatement known", func(ctx context.Context, tx *store.Tx) error {
		got, err = f.Money.Bank.Known(ctx, tx, book.Organisation, up.Hash)
		return err
	})
	if err == nil || !errors.Is(err, store.ErrNotFound) {
		return got, err
	}
	all, err := f.readStatements(in.Bytes, book.Currency)
	if err != nil {
		return got, err
	}
	err = f.DB.Write(ctx, "flow.ImportStatement", func(ctx context.Context, tx *store.Tx) error {
		got, err = f.Money.Bank.Import(ctx, tx, book.Organisation, up, all, actor.Person)
		if err != nil || got.Again || got.New == 0 {
			return err
		}
		payload, err := json.Marshal(struct{ Organisation, File string }{book.Organisation, got.ID})
		if err != nil {
			return fmt.Errorf("writing a job: %w", err)
		}
		return job.Enqueue(ctx, tx, job.New{Kind: BankMatchJob, Key: got.ID, Payload: payload})
	})
	return got, err
}

// readStatements reads a file outside any transaction: it may be large.
func (f *Flow) readStatements(file []byte, currency string) (all []bankfile.Statement, err error) {
	ours := f.Docket.Releases.Current().Money.Bank
	if isXML(file) {
		all, err = bankfile.ReadCamt(bytes.NewReader(file))
	} else {
		all, err = bankfile.ReadCSV(bytes.NewReader(file), bankfile.DefaultFormat, ours.IBAN, currency)
	}
	if err != nil {
		return nil, err
	}
	return all, ofOurAccount(all, ours)
}

// isXML tells the two formats apart: a table does not begin with "<", and UTF-16 is refused by the reader of XML.
func isXML(file []byte) bool {
	for _, mark := range []string{"\xff\xfe", "\xfe\xff"} {
		if bytes.HasPrefix(file, []byte(mark)) {
			return true
		}
	}
	return bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))), []byte("<"))
}

// ofOurAccount refuses statements of somebody else's account: booked, they would be money that we do not have.
func ofOurAccount(all []bankfile.Statement, ours service.BankFile) error {
	account, err := bankfile.ParseIBAN(ours.IBAN)
	if err != nil {
		return fmt.Errorf("the bank account in money.yaml: %w", err)
	}
	for _, s := range all {
		if s.Account != string(account) {
			return fault.NewInvalid("Statement {number} is of the account {account}. The books are kept for {ours}",
				"number", s.ID, "account", s.Account, "ours", account.Printed())
		}
		for _, l := range s.Lines {
			if l.Amount.Minor > mostOfLine || l.Amount.Minor < -mostOfLine {
				return fault.NewInvalid("Line {line}: {amount} is larger than we can keep books of", "line", l.At, "amount", l.Amount)
			}
		}
	}
	return nil
}

// orders is the way to what we tell the bank.
func (f *Flow) orders() *bank.Orders { return &bank.Orders{Vault: f.Money.Bank.Vault} }
