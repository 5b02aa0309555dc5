package flow

import (
	"time"

	"stoa/internal/process"
)

// Everything is data.json of a copy. Its form is documented in docs/guides/privacy.md; what is added gets a new key, and
// nothing changes its meaning.
type Everything struct {
	Form         string              `json:"form"` // "stoa everything 1"
	Made         time.Time           `json:"made"`
	By           string              `json:"by"` // the jurisdiction
	Account      CopiedAccount       `json:"account"`
	Sessions     []CopiedSession     `json:"sessions"`
	SignIn       CopiedSignIn        `json:"ways_to_sign_in"`
	Drafts       []CopiedDraft       `json:"applications_not_sent"`
	Cases        []CopiedCase        `json:"cases"`
	Records      []CopiedRecord      `json:"licences_and_records"`
	Bills        []CopiedBill        `json:"bills"`
	Payments     []CopiedPayment     `json:"payments"`
	Taxes        []CopiedTax         `json:"tax_accounts"`
	Supplies     []CopiedSupplier    `json:"supplying"`
	Copies       []CopiedOrder       `json:"copies_ordered"`
	Consents     []CopiedConsent     `json:"consents"`
	Mandates     []CopiedMandate     `json:"acting_for_others"`
	Appointments []CopiedAppointment `json:"appointments"`
	Looks        []CopiedLook        `json:"who_looked"`
	Questions    []CopiedQuestion    `json:"questions_about_data"`
	Follows      []CopiedFollow      `json:"data_followed"`
	Erasures     []CopiedErasure     `json:"wishes_to_be_erased"`
	Requests     []time.Time         `json:"copies_of_data_asked_for"`
}

// The parts of Everything.
type (
	CopiedAccount struct {
		ID       string `json:"id"`
		Name     string `json:"name"`
		Email    string `json:"email"`
		Phone    string `json:"phone"`
		Language string `json:"language"`
		Roles    []any  `json:"roles,omitempty"`
	}
	CopiedSupplier struct {
		Name        string         `json:"name"`
		Identifier  string         `json:"identifier,omitempty"`
		Account     string         `json:"bank_account,omitempty"`
		Address     string         `json:"address,omitempty"`
		Email       string         `json:"email,omitempty"`
		Since       time.Time      `json:"since"`
		Commitments []CopiedSupply `json:"contracts_and_grants"`
		Invoices    []CopiedSupply `json:"invoices"`
		Payments    []CopiedSupply `json:"payments"`
	}
	CopiedSupply struct {
		Number   string `json:"number"`
		Own      string `json:"suppliers_number,omitempty"`
		Title    string `json:"title,omitempty"`
		About    string `json:"about,omitempty"`
		Office   string `json:"office"`
		State    string `json:"state,omitempty"`
		Reason   string `json:"reason,omitempty"`
		Day      string `json:"day"`
		Currency string `json:"currency"`
		Amount   int64  `json:"amount_minor_units"`
	}
	CopiedSession struct {
		Begun    time.Time `json:"begun"`
		LastUsed time.Time `json:"last_used"`
		Device   string    `json:"device"`
	}
	CopiedSignIn struct {
		Passkeys      []time.Time `json:"passkeys_made"`
		Authenticator bool        `json:"authenticator_app"`
		Schemes       []string    `json:"schemes"`
	}
	CopiedAnswer struct {
		Question string   `json:"question"`
		Asked    string   `json:"asked"`
		Typed    []string `json:"typed"`
		In       string   `json:"in,omitempty"` // the item of a group
	}
	CopiedDraft struct {
		Service string         `json:"service"`
		Saved   time.Time      `json:"saved"`
		Answers []CopiedAnswer `json:"answers"`
	}
	CopiedEvent struct {
		At     time.Time `json:"at"`
		What   string    `json:"what"`
		Action string    `json:"action,omitempty"`
		Name   string    `json:"name,omitempty"`
		Text   string    `json:"text,omitempty"`
	}
	CopiedMessage struct {
		At    time.Time `json:"at"`
		Own   bool      `json:"written_by_you"`
		From  string    `json:"from"`
		Text  string    `json:"text"`
		Files []string  `json:"files,omitempty"`
	}
	CopiedLetter struct {
		At    time.Time `json:"at"`
		Title string    `json:"title"`
		Text  string    `json:"text"`
		File  string    `json:"file"`
	}
	CopiedHints struct {
		Compared []string     `json:"compared_by,omitempty"` // kinds of what is kept as keyed hashes, to compare cases of others with
		Flags    []CopiedFlag `json:"flags,omitempty"`
	}
	// CopiedFlag is what a computer pointed out to officers. Whose the other cases are is another person's.
	CopiedFlag struct {
		At       time.Time  `json:"sent"`
		Kind     string     `json:"kind"`
		Question string     `json:"question"`
		Others   int        `json:"in_other_cases,omitempty"`
		Said     float64    `json:"said,omitempty"`
		Low      float64    `json:"half_of_others_from,omitempty"`
		High     float64    `json:"half_of_others_to,omitempty"`
		Cleared  *time.Time `json:"no_problem_since,omitempty"`
		Why      string     `json:"why_no_problem,omitempty"`
	}
	CopiedCase struct {
		Number     string            `json:"number"`
		Service    string            `json:"service"`
		Office     string            `json:"organisation"`
		State      string            `json:"state"`
		Ending     string            `json:"ending,omitempty"`
		Sent       time.Time         `json:"sent"`
		KeptUntil  string            `json:"kept_until,omitempty"`
		Law        string            `json:"kept_by_law,omitempty"`
		Deleted    bool              `json:"deleted,omitempty"`
		Answers    []CopiedAnswer    `json:"answers"`
		Registers  map[string]any    `json:"what_registers_said,omitempty"`
		Decision   *process.Decision `json:"decision,omitempty"`
		PointedOut *CopiedHints      `json:"pointed_out,omitempty"`
		Timeline   []CopiedEvent     `json:"timeline"`
		Messages   []CopiedMessage   `json:"messages"`
		Letters    []CopiedLetter    `json:"letters"`
		Asked      []CopiedEvent     `json:"what_others_said"`
	}
	CopiedRecord struct {
		Register string            `json:"register"`
		Number   string            `json:"number"`
		State    string            `json:"state"`
		From     string            `json:"from"`
		Until    string            `json:"until,omitempty"`
		Fields   map[string]string `json:"fields"`
		Wallets  []time.Time       `json:"put_into_wallets,omitempty"`
	}
	CopiedBill struct {
		Number   string   `json:"number"`
		For      string   `json:"for"`
		Day      string   `json:"day"`
		Currency string   `json:"currency"`
		Balance  int64    `json:"balance_minor_units"`
		Name     string   `json:"name"`
		Email    string   `json:"email,omitempty"`
		Address  []string `json:"address,omitempty"`
	}
	CopiedPayment struct {
		Receipt  string    `json:"receipt,omitempty"`
		Method   string    `json:"method"`
		State    string    `json:"state"`
		At       time.Time `json:"at"`
		Currency string    `json:"currency"`
		Asked    int64     `json:"asked_minor_units"`
		Received int64     `json:"received_minor_units"`
		Name     string    `json:"name,omitempty"`
	}
	CopiedTax struct {
		Number      string           `json:"number"`
		Tax         string           `json:"tax"`
		Object      string           `json:"object"`
		Name        string           `json:"name"`
		Email       string           `json:"email,omitempty"`
		Address     []string         `json:"address,omitempty"`
		From        string           `json:"from"`
		Until       string           `json:"until,omitempty"`
		Known       []map[string]any `json:"known"`
		Assessments []map[string]any `json:"assessments"`
		Returns     []map[string]any `json:"declarations"`
		Requests    []map[string]any `json:"claims_and_objections"`
	}
	CopiedOrder struct {
		Number  string    `json:"number"`
		State   string    `json:"state"`
		Ordered time.Time `json:"ordered"`
		Asked   any       `json:"asked"`
	}
	CopiedConsent struct {
		Purpose   string     `json:"purpose"`
		Given     time.Time  `json:"given"`
		Until     string     `json:"until"`
		Withdrawn *time.Time `json:"withdrawn,omitempty"`
		Receipt   any        `json:"receipt"`
	}
	CopiedMandate struct {
		Of       string       `json:"of"` // the one for whom somebody acts
		To       string       `json:"to"`
		Kind     string       `json:"kind"`
		Scope    []string     `json:"scope"` // empty: all that the kind may do
		From     string       `json:"from"`
		Until    string       `json:"until"`
		State    string       `json:"state"`
		Messages string       `json:"who_gets_messages"`
		Written  string       `json:"what_was_written_down,omitempty"`
		Ended    *time.Time   `json:"ended,omitempty"`
		Done     []CopiedOnce `json:"what_was_done"`
	}
	CopiedAppointment struct {
		Kind   string    `json:"kind"`
		What   string    `json:"what_for"`
		Office string    `json:"office"`
		People int       `json:"people"`
		From   time.Time `json:"from"`
		Until  time.Time `json:"until"`
		State  string    `json:"state"`
		Made   time.Time `json:"made"`
		By     string    `json:"booked_by,omitempty"` // somebody who acts for you
		Name   string    `json:"name"`
		Email  string    `json:"email,omitempty"`
		Phone  string    `json:"phone,omitempty"`
	}
	CopiedOnce struct {
		At     time.Time `json:"at"`
		What   string    `json:"what"`
		Title  string    `json:"title"`
		Number string    `json:"number,omitempty"`
		By     string    `json:"by"`
	}
	CopiedLook struct {
		At       time.Time `json:"at"`
		Who      string    `json:"who"`
		Office   string    `json:"organisation"`
		What     string    `json:"what"`
		Number   string    `json:"number"`
		Why      string    `json:"right_used"`
		Reason   string    `json:"reason,omitempty"` // of what was opened in an emergency
		Service  string    `json:"service,omitempty"`
		Question string    `json:"your_question,omitempty"`
		Answer   string    `json:"answer,omitempty"`
	}
	CopiedQuestion struct {
		Dataset string    `json:"dataset"`
		Asked   time.Time `json:"asked"`
		Text    string    `json:"text"`
		Answer  string    `json:"answer,omitempty"`
	}
	CopiedFollow struct {
		Dataset string    `json:"dataset"`
		How     string    `json:"how"`
		Since   time.Time `json:"since"`
	}
	CopiedErasure struct {
		Asked time.Time `json:"asked"`
		State string    `json:"state"`
	}
)
