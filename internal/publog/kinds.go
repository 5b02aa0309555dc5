package publog

// The kinds of leaves, as use cases log them and pages name them. A kind keeps its name and the names of its fields for
// ever: readers filter by them. internal/flow/testdata/leaves.golden lists them.
const (
	EntryPosted         = "ledger.entry"
	PaymentReceived     = "payment.received"
	CaseDecided         = "case.decided"
	LicenceIssued       = "licence.issued"
	LicenceSuspended    = "licence.suspended"
	LicenceRevoked      = "licence.revoked"
	LicenceSurrendered  = "licence.surrendered"
	LicenceChanged      = "licence.changed"
	CredentialIssued    = "credential.issued"
	ExtractIssued       = "extract.issued"
	RecordChanged       = "register.changed"
	RecordSealed        = "register.sealed" // and unsealed
	RegisterImported    = "register.imported"
	ReleaseInForce      = "release.in-force"
	SettingsInForce     = "settings.in-force"
	RoleGranted         = "staff.granted"
	RoleWithdrawn       = "staff.withdrawn"
	RoleConfirmed       = "staff.confirmed"  // a supervisor looked whether it is still needed
	EmergencyOpened     = "emergency.opened" // something that whoever opened it does not see otherwise
	ContractAwarded     = "contract.awarded"
	GrantAwarded        = "grant.awarded"
	InvoiceApproved     = "invoice.approved"
	PaymentMade         = "payment.made"
	PaymentReturned     = "payment.returned"
	InvoiceTakenBack    = "invoice.taken-back"
	DatasetPublished    = "dataset.published"
	DatasetWithdrawn    = "dataset.withdrawn"
	DisclosurePublished = "disclosure.published"
	DisclosureWithdrawn = "disclosure.withdrawn"
	StudyPublished      = "study.published"
	DataDeleted         = "data.deleted"
)
