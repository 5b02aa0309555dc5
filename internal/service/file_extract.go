package service

// ExtractFile is a copy that a register gives of its records: an extract, or a certified copy.
type ExtractFile struct {
	Pos      Pos
	ID       string         `yaml:"id" must:"required id"`
	Title    Text           `yaml:"title" must:"required"` // on the copy: "Birth certificate"
	Summary  Text           `yaml:"summary"`
	Kind     string         `yaml:"kind" must:"required one:extract|certified"` // extract: some of the fields; certified: an organisation certifies what the register says
	For      []EntitledFile `yaml:"for" must:"required"`                        // who may have it; any one suffices
	Shows    []string       `yaml:"shows" must:"required"`                      // fields of the register, in the order of the copy
	Says     Text           `yaml:"says"`                                       // on the copy, below the fields
	Reason   string         `yaml:"reason" must:"one:none|optional|required"`   // why somebody asks; default none. Who is entitled by a role always says it
	Fee      string         `yaml:"fee"`                                        // parameter of type money; left out: free
	Account  string         `yaml:"account"`                                    // of the books, for the fee
	Pay      int            `yaml:"pay"`                                        // days in which the fee is paid, else the order lapses; default 14
	Keep     int            `yaml:"keep"`                                       // days in which the copy can be downloaded; default 90
	Delivery []string       `yaml:"delivery" must:"one:download|counter"`       // default both
	Law      SourceFile     `yaml:"law"`
}

// EntitledFile is one way in which somebody is entitled to a copy: exactly one of field, role, holder and anyone.
type EntitledFile struct {
	Pos          Pos
	As           string `yaml:"as" must:"required id"`          // self, parent, heir, professional …: what the log and the person concerned read
	Title        Text   `yaml:"title" must:"required"`          // "A parent who is named in the entry"
	Field        string `yaml:"field"`                          // key field that holds the e-mail address of who is entitled
	Role         string `yaml:"role" must:"one:reader|officer"` // somebody with this role, or a higher one, in the organisation
	Organisation string `yaml:"organisation"`                   // of the role
	Holder       bool   `yaml:"holder"`                         // whoever holds the record, as of a licence
	Anyone       bool   `yaml:"anyone"`                         // everybody; of public registers, and with public fields only
}

// RegisterCredentialFile is what the wallet of somebody whom a record names is given of it: credential: {for: [email], claims: [name]}.
// The number, who keeps the register and since when are always among it.
type RegisterCredentialFile struct {
	Pos     Pos
	For     []string `yaml:"for" must:"required"`            // key fields that hold the e-mail address of who may have it
	Claims  []string `yaml:"claims" must:"required"`         // fields of the register
	Formats []string `yaml:"formats" must:"one:sd_jwt|mdoc"` // default both
	Type    string   `yaml:"type"`                           // vct; default SITE/credentials/types/REGISTER, which describes it
	DocType string   `yaml:"doctype"`                        // of the mdoc; default stoa.JURISDICTION.REGISTER.1
}
