package publog

// The kinds of leaves, as use cases log them and pages name them. A kind keeps its name and the names of its fields for
// ever: readers filter by them. internal/flow/testdata/leaves.golden lists them.
const (
	EntryPosted        = "ledger.entry"
	PaymentReceived    = "payment.received"
	CaseDecided        = "case.decided"
	LicenceIssued      = "licence.issued"
	LicenceSuspended   = "licence.suspended"
	LicenceRevoked     = "licence.revoked"
	LicenceSurrendered = "licence.surrendered"
	LicenceChanged     = "licence.changed"
	RecordChanged      = "register.changed"
	ReleaseInForce     = "release.in-force"
	RoleGranted        = "staff.granted"
	RoleWithdrawn      = "staff.withdrawn"
)
