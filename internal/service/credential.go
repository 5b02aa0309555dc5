package service

import (
	"regexp"
	"slices"
)

// Credential is what a wallet is given of what a service issues, compiled.
type Credential struct {
	CredentialFile
	Fields  []RegisterField // of the register, in its order
	DocType string
}

// Formats of credentials.
const (
	FormatSDJWT = "sd_jwt"
	FormatMdoc  = "mdoc"
)

// HasFormat reports whether the credential is given in a form.
func (c *Credential) HasFormat(format string) bool {
	return len(c.Formats) == 0 || slices.Contains(c.Formats, format)
}

// reservedClaims are what a credential says of itself.
var reservedClaims = []string{"iss", "iat", "nbf", "exp", "cnf", "vct", "status", "sub", "aud", "jti", "number", "title",
	"issuing_authority", "issue_date", "expiry_date", "vct_integrity", "kid"}

var docTypeForm = regexp.MustCompile(`^[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*){2,}$`)

func (b *builder) checkCredential(i *IssueFile) {
	c := i.Credential
	reg := b.j.Registers[i.Record]
	if c == nil || reg == nil {
		return
	}
	fields := reg.fieldIDs()
	for n, id := range c.Claims {
		at := b.places.at(c.Pos, "claims")
		b.known(at, "field of the register "+i.Record, id, fields)
		if slices.Contains(c.Claims[:n], id) {
			b.problem(at, "keep one of the two", "the claim %q is there twice", id)
		}
	}
	for _, f := range credentialFields(c, reg) {
		if slices.Contains(reservedClaims, f.ID) {
			b.problem(b.places.at(c.Pos, "claims"), "leave it out of claims:, or give the field of the register another name",
				"a credential says %q of itself, so that no field can be called that", f.ID)
		}
	}
	if c.DocType != "" && !docTypeForm.MatchString(c.DocType) {
		b.problem(b.places.at(c.Pos, "doctype"), "write it like example.greenvale.premises-licence.1", "%q is no document type", c.DocType)
	}
}

// credentialFields are the fields that a credential carries.
func credentialFields(c *CredentialFile, reg *Register) []RegisterField {
	var all []RegisterField
	for _, f := range reg.Fields {
		if slices.Contains(c.Claims, f.ID) || len(c.Claims) == 0 && (f.Public || f.Personal != "") {
			all = append(all, f)
		}
	}
	return all
}

func (b *builder) compileCredential(i *Issue) *Credential {
	f := i.IssueFile.Credential
	if f == nil {
		return nil
	}
	c := &Credential{CredentialFile: *f, Fields: credentialFields(f, i.Register), DocType: f.DocType}
	if c.DocType == "" {
		c.DocType = "stoa." + b.j.File.Jurisdiction + "." + b.s.Service + ".1"
	}
	return c
}

// Credential finds the service, or the register that stands for one, whose records are offered to wallets under an id.
func (j *Jurisdiction) Credential(id string) *Service {
	for _, s := range j.Offered() {
		if s.Service == id {
			return s
		}
	}
	return nil
}
