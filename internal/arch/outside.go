package arch

import (
	"slices"
	"strings"
)

// only says where a package from outside (another module's, or the standard library's) may be imported.
// in names packages, or rings with a leading "ring ". Another module's package that is not listed is
// denied everywhere; one of the standard library's is allowed everywhere.
type only struct {
	path string
	in   []string
	why  string
}

var onlies = []only{
	{"net/http", []string{"objects", "hook", "telemetry", "openid", "elsewhere", "condense", "vault/transit", "ring parts of pages", "ring edge", "ring payment providers", "ring outsiders", "ring visitors", "ring wiring", "ring drivers", "web/page/gallery"}, "HTTP ends at the edge; who is called by webhook, and who keeps a register of their own, is outside"},
	{"net/http", []string{"objects", "hook", "openid", "elsewhere", "condense", "vault/transit", "ring parts of pages", "ring edge", "ring payment providers", "ring outsiders", "ring wiring", "ring drivers", "web/page/gallery"}, "HTTP ends at the edge; who is called by webhook, and who keeps a register of their own, is outside"},
	{"database/sql", []string{"store", "tabular/lite", "store/storetest", "ring drivers"}, "what differs between databases lives in store; only *store.Tx crosses packages"},
	{"os", []string{"ring tools", "ring outsiders", "ring wiring", "ring command", "ring beside", "ring drivers"}, "files and the environment come in from outside"},
	{"os/exec", []string{"objects/objectstest", "store/storetest", "store/storetest/pg", "test/verify", "ring drivers"}, "the product starts no other program"},
	{"net", []string{"ring tools", "objects/objectstest", "ring edge", "ring visitors", "ring wiring", "ring command", "ring drivers", "web/page/gallery"}, "the domain reaches nothing"},
	{"crypto/rand", []string{"store", "vault", "publog/signet", "credential/keys", "witness", "web", "app"}, "randomness comes in from outside"},
	{"math/rand", nil, "math/rand/v2 can be given its source"},
	{"math/rand/v2", []string{"store", "store/storetest", "app", "assist/train", "allocate", "simulate", "visitor/crowd", "ring drivers"}, "randomness comes in from outside; the demo's seeding, what is trained and what is searched repeat: each is given its seed"},
	{"html/template", nil, "pages are templ components"},
	{"text/template", []string{"service/scaffold"}, "pages are templ components; letters are the file's own; scaffold writes YAML"},

	{"github.com/bojanz/currency", []string{"money", "i18n"}, "minor units and how money is written"},
	{"golang.org/x/text", []string{"i18n", "document", "bankfile", "process", "assist", "cases", "record", "resemble"}, "languages, bidi, folding of words"},
	{"golang.org/x/net/idna", []string{"process"}, "addresses with letters of any script"},
	{"golang.org/x/net/html", []string{"visitor"}, "visitors and tests read pages"},
	{"golang.org/x/net/html", []string{"test/crash"}, "tests read the pages they print"},
	{"github.com/openai/openai-go/v3", []string{"condense"}, "the protocol of language models, where an operator names one"},
	{"github.com/minio/minio-go/v7", []string{"objects"}, "the protocol of S3, where an operator names an object store"},
	{"github.com/go-webauthn/webauthn", []string{"passkey"}, "WebAuthn: what devices say"},
	{"github.com/coreos/go-oidc/v3", []string{"openid"}, "OpenID Connect: discovery and signatures"},
	{"golang.org/x/oauth2", []string{"openid"}, "the code flow and PKCE"},
	{"golang.org/x/time/rate", []string{"web"}, "limits of requests"},
	{"github.com/prometheus/client_golang", []string{"telemetry"}, "figures in the form of Prometheus"},
	{"go.opentelemetry.io/otel", []string{"telemetry"}, "traces over OTLP"},
	{"github.com/prometheus/common", nil, "reads figures as Prometheus does"},
	{"go.opentelemetry.io/proto/otlp", nil, "reads traces as a collector does"},
	{"google.golang.org/protobuf", nil, "reads traces as a collector does"},
	{"github.com/vorlif/spreak", []string{"i18n", "i18n/texts"}, "PO files"},
	{"cel.dev/cel-go", []string{"rule"}, "the grammar of rules; checking and evaluating is ours"},
	{"go.yaml.in/yaml/v3", []string{"service", "service/scaffold", "app"}, "files of a jurisdiction and of settings"},
	{"github.com/santhosh-tekuri/jsonschema/v6", nil, "the schemas are held against a validator in tests"},
	{"github.com/go-jose/go-jose/v4", []string{"credential/envelope"}, "JSON Web Signatures and Keys: what wallets sign, and what is signed for them"},
	{"github.com/fxamacker/cbor/v2", []string{"credential/envelope", "credential/mdoc", "passkey/passkeytest"}, "CBOR, of which mdocs are made, and what devices with passkeys say"},
	{"github.com/jackc/pgx/v5", []string{"store", "store/storetest", "ring drivers"}, "the dialect seam; bare transactions to measure against"},
	{"modernc.org/sqlite", []string{"store", "tabular/lite"}, "the dialect seam; tables of open data as files of their own"},
	{"github.com/pressly/goose/v3", []string{"store"}, "migrations"},
	{"github.com/wneessen/go-mail", []string{"notify"}, "SMTP"},
	{"github.com/emersion/go-smtp", []string{"test/nodes"}, "a mail server for tests"},
	{"github.com/emersion/go-sasl", nil, "a mail server for tests"},
	{"github.com/boxesandglue/textshape", []string{"document"}, "shaping of letters"},
	{"eliasnaur.com/font", []string{"document"}, "the fonts of printed documents"},
	{"rsc.io/qr", []string{"document"}, "QR codes"},
	{"github.com/makiuchi-d/gozxing", []string{"scan"}, "QR codes on photos"},
	{"github.com/ledongthuc/pdf", []string{"redact"}, "the objects and streams of a PDF, whose text is read by ours"},
	{"github.com/a-h/templ", []string{"ring parts of pages", "ring edge", "ring payment providers", "web/page/gallery"}, "templates"},
	{"github.com/andybalholm/brotli", []string{"web"}, "compression of answers"},
	{"filippo.io/age", []string{"carry"}, "encrypted backups"},
	{"golang.org/x/sync", []string{"carry"}, "parts of a backup written side by side"},
	{"github.com/spf13/cobra", []string{"cmd/stoa"}, "commands and their help"},
	{"golang.org/x/mod/sumdb", []string{"proof"}, "the tree of RFC 6962 and signed notes"},
	{"github.com/transparency-dev", nil, "independent readers of the public log: tessera's client, merkle, formats"},
	{"github.com/parquet-go/parquet-go", []string{"dataset"}, "datasets as Parquet"},
	{"github.com/anishathalye/porcupine", nil, "whether a history of many at once has an order"},
	{"pgregory.net/rapid", []string{"tabular/tabulartest"}, "property tests"},
}

func (o only) allows(pkg string) bool {
	if slices.Contains(o.in, pkg) {
		return true
	}
	r := ringOf(pkg)
	return r != nil && slices.Contains(o.in, "ring "+r.name)
}

func onlyFor(path string) *only {
	var best *only // the longest that matches
	for i, o := range onlies {
		if path == o.path || outside(o.path) && within(path, o.path) {
			if best == nil || len(o.path) > len(best.path) {
				best = &onlies[i]
			}
		}
	}
	return best
}

// Outside holds the imports of other modules, and the guarded ones of the standard library, to the list.
// Tests may import what they like of the standard library, and whatever is listed.
func Outside(t *Tree) (problems []string) {
	used := map[string]bool{}
	for _, f := range t.Files {
		for _, i := range f.imports() {
			if _, ours := inside(i.path); ours {
				continue
			}
			o := onlyFor(i.path)
			switch {
			case o != nil:
				used[o.path] = true
				if !f.Test && !o.allows(f.Package) {
					problems = append(problems, t.at(i.pos, "%s may not import %s: %s (only: %s)", f.Package, i.path, o.why, either(strings.Join(o.in, ", "), "tests")))
				}
			case outside(i.path):
				problems = append(problems, t.at(i.pos, "%s is not in internal/arch/outside.go: give it a line with its reason, and one in docs/dependencies.md", i.path))
			}
		}
	}
	for _, o := range onlies {
		if outside(o.path) && o.in != nil && !used[o.path] {
			problems = append(problems, "internal/arch/outside.go: nothing imports "+o.path+" (any more): take it out")
		}
	}
	return problems
}

func either(a, b string) string {
	if a == "" {
		return b
	}
	return a
}
