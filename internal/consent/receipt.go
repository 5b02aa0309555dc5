package consent

// Receipt is what a person gets for an agreement: the fields of a consent record of ISO/IEC TS 27560:2023, as they are
// published in the W3C community group's guide to it, as JSON.
type Receipt struct {
	Schema     string       `json:"schema_version"`
	RecordID   string       `json:"record_id"`
	Principal  string       `json:"pii_principal_id"`
	Processing []Processing `json:"pii_processing"`
	Parties    []Party      `json:"party_identification"`
	Events     []Event      `json:"event"`
}

// Schema names the form of receipts.
const Schema = "ISO/IEC TS 27560:2023"

// Processing is what is agreed to.
type Processing struct {
	Notice       string    `json:"privacy_notice"`
	Language     string    `json:"language"`
	Purposes     []Purpose `json:"purposes"`
	PII          []PII     `json:"pii_information"`
	Controllers  []string  `json:"pii_controllers"`
	Collection   string    `json:"collection_method"`
	Method       string    `json:"processing_method"`
	Storage      []string  `json:"storage_locations"`
	Retention    string    `json:"retention_period"`
	Jurisdiction []string  `json:"jurisdictions"`
	Recipients   []string  `json:"recipient_third_parties"`
	Withdrawal   string    `json:"withdrawal_method"`
	Rights       []string  `json:"privacy_rights"`
	Conduct      []string  `json:"codes_of_conduct"`
	Impact       string    `json:"impact_assessment"`
	Authority    string    `json:"authority_party"`
}

// Purpose is what for, and on what basis.
type Purpose struct {
	Purpose string `json:"purpose"`
	Type    string `json:"purpose_type"`
	Basis   string `json:"lawful_basis"`
}

// PII is which data.
type PII struct {
	Type     string `json:"pii_type"`
	Optional bool   `json:"pii_optional"`
}

// Party is who is meant by an id above.
type Party struct {
	ID      string `json:"party_id"`
	Name    string `json:"party_name"`
	Role    string `json:"party_role"`
	URL     string `json:"party_url,omitempty"`
	Email   string `json:"party_email,omitempty"`
	Phone   string `json:"party_phone,omitempty"`
	Address string `json:"party_address,omitempty"`
}

// Event is something that happened to the agreement.
type Event struct {
	Time   string `json:"event_time"`
	Type   string `json:"event_type"`
	State  string `json:"event_state"`
	Entity string `json:"entity_id"`
	Until  string `json:"validity_duration,omitempty"` // the last day on which it holds
}
