package service

import "slices"

// MoneyFile is money.yaml: which organisation keeps the books, the chart of accounts, the bank account that payers
// transfer to, and what follows when somebody pays late. Without it fees are computed and shown, and nobody can pay here.
type MoneyFile struct {
	Pos      Pos
	Treasury string        `yaml:"treasury" must:"required"` // the organisation that keeps the books, takes money and pays it out
	Bank     BankFile      `yaml:"bank"`
	Funds    []FundFile    `yaml:"funds"`
	Accounts []AccountFile `yaml:"accounts" must:"required"`
	// Order is what a part payment pays first: costs, penalty, interest, principal unless the file says otherwise.
	Order    []string              `yaml:"order" must:"one:costs|penalty|interest|principal"`
	Law      map[string]SourceFile `yaml:"law" must:"word"` // sources by id; `law:` below names one
	Late     []LateFile            `yaml:"late"`            // what follows on bills for fees that stay unpaid; a tax has steps of its own
	Interest *InterestFile         `yaml:"interest"`        // on bills for fees; a tax has its own
}

// BankFile is the account that payers transfer to and that refunds leave from.
type BankFile struct {
	Pos  Pos
	Name string `yaml:"name" must:"required"` // of the holder, as the bank knows it
	IBAN string `yaml:"iban" must:"required"` // ISO 13616
	BIC  string `yaml:"bic"`                  // ISO 9362
	// Cards and Cash are words by which a line of the bank's statement is known as what the card provider pays out, and as
	// cash that was paid in: a part of the text or of the payer's name.
	Cards []string `yaml:"cards"`
	Cash  []string `yaml:"cash"`
}

// FundFile is a fund: money that is kept apart by law.
type FundFile struct {
	Pos   Pos
	ID    string `yaml:"id" must:"required id"`
	Title Text   `yaml:"title" must:"required"`
	Law   string `yaml:"law"` // act and section, in words
}

// AccountFile is an account of the chart.
type AccountFile struct {
	Pos   Pos
	Code  string `yaml:"code" must:"required"` // as the chart numbers it: "4110"
	Title Text   `yaml:"title" must:"required"`
	Kind  string `yaml:"kind" must:"required one:asset|liability|income|expense|equity"`
	Fund  string `yaml:"fund"` // one of funds:
	For   string `yaml:"for"`  // the organisation whose income or expense it is
	// Use is what Stoa itself posts to the account for: bank (money at the bank), card (taken by the card provider, not yet
	// paid out), cash (in the tills), receivable (owed by payers), suspense (received, purpose not known), refund (owed to
	// payers), disputed (taken back by a card holder's bank), written_off, waived, difference (of a till). Each is there once.
	// With a budget two more are: payable (owed to suppliers), reserve (what remained from before; of kind equity).
	Use string `yaml:"use" must:"one:bank|card|cash|receivable|suspense|refund|disputed|written_off|waived|difference|payable|reserve"`
}

// The uses of accounts.
const (
	UseBank       = "bank"
	UseCard       = "card"
	UseCash       = "cash"
	UseReceivable = "receivable"
	UseSuspense   = "suspense"
	UseRefund     = "refund"
	UseDisputed   = "disputed"
	UseWrittenOff = "written_off"
	UseWaived     = "waived"
	UseDifference = "difference"
	UsePayable    = "payable"
	UseReserve    = "reserve"
)

// useKinds says what kind of account a use needs.
var useKinds = map[string]string{
	UseBank: "asset", UseCard: "asset", UseCash: "asset", UseReceivable: "asset", UseDisputed: "asset",
	UseSuspense: "liability", UseRefund: "liability",
	UseWrittenOff: "expense", UseWaived: "expense", UseDifference: "expense",
	UsePayable: "liability", UseReserve: "equity",
}

// optional reports whether an account for the use is there only where money is spent by a budget.
func optional(use string) bool { return use == UsePayable || use == UseReserve }

// EitherSide reports whether the account may stand on either side: all that Stoa posts to by itself while others post to
// it too, so that no posting waits for another (internal/ledger/DESIGN.md).
func (a AccountFile) EitherSide() bool {
	return a.Use != "" && a.Use != UseWrittenOff && a.Use != UseWaived
}

// Account finds an account of the chart by its code; nil if there is none.
func (m *MoneyFile) Account(code string) *AccountFile {
	i := slices.IndexFunc(m.Accounts, func(a AccountFile) bool { return a.Code == code })
	if i < 0 {
		return nil
	}
	return &m.Accounts[i]
}

// Code is the code of the account for a use; every use that is not optional has one once the file is checked.
func (m *MoneyFile) Code(use string) string {
	i := slices.IndexFunc(m.Accounts, func(a AccountFile) bool { return a.Use == use })
	if i < 0 {
		return ""
	}
	return m.Accounts[i].Code
}

// PaymentFile is how the fee of a service is paid. Without it the fee is only computed and shown.
type PaymentFile struct {
	Pos     Pos
	Account string       `yaml:"account" must:"required"` // of the chart in money.yaml, for every item of the fee
	Waits   string       `yaml:"waits"`                   // the state in which a case stands until its fee is paid; without it the case goes on meanwhile
	Days    int          `yaml:"days"`                    // the bill is due so many days after its day; default: at once
	Refunds []RefundFile `yaml:"refunds"`
}

// RefundFile is what a payer gets back when the case ends, or does not have to pay any more.
type RefundFile struct {
	Pos   Pos
	On    []string `yaml:"on" must:"required one:granted|refused|withdrawn|lapsed|closed"` // endings
	From  []string `yaml:"from"`                                                           // only where the case ends from one of these states
	Share int      `yaml:"share"`                                                          // per cent of the fee; default 100
	Law   string   `yaml:"law"`
}
