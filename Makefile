# Stoa needs Go, Node and make; no C compiler. `make help` lists what there is.

export CGO_ENABLED := 0
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

TOOL := go tool -modfile=tools/go.mod
# A checkout that git does not trust (another owner's, in a container) must build all the same.
VCS := $(shell git rev-parse HEAD >/dev/null 2>&1 && echo auto || echo false)

FUZZTIME ?= 10s
BENCHTIME ?= 1s
CRASH_SECONDS ?= 60
CRASH_MODE ?= kill
NODES_SECONDS ?= 20
NODES_MODE ?= roll,kill,postgres,failover,network,silence,clock,disk,replica,past,patroni
PKG ?= ./...
DATA ?= ../shared/data/forecast
STANDARDS ?= ../shared/data/standards

##: Use

.PHONY: run
run: build ## set everything up, then serve the sample district
	bin/stoa demo --jurisdiction jurisdictions/greenvale

.PHONY: build
build: assets ## bin/stoa, with its style sheets
	go build -buildvcs=$(VCS) -trimpath -o bin/stoa ./cmd/stoa

.PHONY: test
test: assets ## set everything up, then every test that needs no browser, on SQLite and PostgreSQL
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || \
		echo "PostgreSQL is not installed: the tests run on SQLite only (Debian: apt-get install postgresql-15)"
	@[ -x /usr/sbin/clamd ] || command -v clamd >/dev/null || \
		echo "ClamAV is not installed: virus scanning is tested without its daemon (Debian: apt-get install clamav-daemon)"
	@objects=; (cd test/objects && go tool -n versitygw) >/dev/null 2>&1 || { objects=none; \
		echo "an S3 server could not be built in test/objects (it comes from the module proxy): object stores are not tried"; }; \
	STOA_TEST_OBJECTS=$$objects go run ./internal/store/storetest/pg go test -timeout 30m $(PKG)

.PHONY: e2e
e2e: build ## journeys in a browser (Chromium)
	cd test/e2e && { [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --ignore-scripts; } && node run.mjs

.PHONY: wallet
wallet: build ## wallets of others fetch credentials, see them revoked, and show them
	cd test/wallet && { [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --ignore-scripts; } && node run.mjs

.PHONY: oidc
oidc: build ## people sign in with identity schemes of others, which run beside it
	cd test/oidc && { [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --ignore-scripts; } && node run.mjs

.PHONY: standards
standards: build ## what is published, held against published standards (STANDARDS) by validators of others
	cd test/standards && { [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --ignore-scripts; } && node run.mjs $(abspath $(STANDARDS))

.PHONY: crash
crash: build ## kills the program under load for CRASH_SECONDS (60), or fills its disk (CRASH_MODE=disk); CRASH_SEED repeats one; nothing may be lost or doubled
	go run ./test/crash -mode $(CRASH_MODE) -seconds $(CRASH_SECONDS) $(if $(CRASH_SEED),-seed $(CRASH_SEED))

.PHONY: nodes
nodes: build ## two nodes on one PostgreSQL roll, are killed, fail over and meet bad luck under load (NODES_MODE, NODES_SECONDS, NODES_SEED; NODES_FROM=COMMIT rolls from there)
	go run ./test/nodes -mode $(NODES_MODE) -seconds $(NODES_SECONDS) $(if $(NODES_SEED),-seed $(NODES_SEED)) $(if $(NODES_FROM),-from $(NODES_FROM))

##: Measure and search

.PHONY: bench
bench: assets ## figures of the whole beside bare limits (BENCHFLAGS=-full); docs/benchmarks.md says how to read them
	go run ./test/bench $(BENCHFLAGS)

.PHONY: bench-peers
bench-peers: assets ## submissions beside PocketBase at the same durability, in one run (BENCHFLAGS=-full); downloads it
	go run ./test/bench -only peers $(BENCHFLAGS)

.PHONY: bench-forecast
bench-forecast: ## forecasts and anomalies on series of others (DATA), held against the targets
	go run ./test/bench-forecast -data $(DATA)

.PHONY: bench-allocate
bench-allocate: ## plans for instances of others (DATA), held against the targets
	go run ./test/bench-allocate -data $(DATA)

.PHONY: bench-assist
bench-assist: ## the assistant on documents that it has not learned from (DATA), in folds; some minutes
	go run ./internal/assist/train -data $(DATA)

.PHONY: train-assist
train-assist: ## make the assistant's models from conversations (DATA), after the same figures
	go run ./internal/assist/train -data $(DATA) -out internal/assist/model.bin

.PHONY: bench-packages
bench-packages: ## benchmarks of every package
	go test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) $(PKG)

.PHONY: fuzz
fuzz: ## every fuzz target, each for FUZZTIME (10s)
	@grep -rlE '^func Fuzz' --include='*_test.go' internal cmd | while read -r file; do \
		for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$$file"); do \
			echo "$$(dirname "$$file") $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "./$$(dirname "$$file")" || exit 1; \
		done; done

##: Keep in order

.PHONY: vet
vet: ## formatting, go vet, staticcheck
	@wrong=$$(gofmt -l cmd internal jurisdictions schema test tools); [ -z "$$wrong" ] || { echo "not formatted (gofmt -w):"; echo "$$wrong"; exit 1; }
	go vet ./...
	$(TOOL) staticcheck ./...

# Not asked of gosec: G104 (closing rows and writing to buffers), G115 (lengths bounded elsewhere), G124 (Secure
# follows the site's own address), G301 G302 G306 (files meant for others to read), G304 (an operator's own paths),
# G404 (pauses, and a demo that repeats).
.PHONY: lint
lint: vet ## vet, and gosec on what the product runs
	$(TOOL) gosec -quiet -exclude-generated -exclude=G104,G115,G124,G301,G302,G304,G306,G404 \
		-exclude-dir=internal/arch -exclude-dir=internal/store/storetest -exclude-dir=internal/i18n/po \
		-exclude-dir=internal/i18n/texts -exclude-dir=internal/web/page/gallery -exclude-dir=test ./...

.PHONY: vuln
vuln: ## known vulnerabilities of what is linked (asks the Go vulnerability database)
	@$(TOOL) govulncheck ./... || { echo "make vuln: nothing was shown to be sound; if the database could not be reached, run it where it can"; exit 1; }

.PHONY: sbom
sbom: ## bin/stoa.cdx.json: what is linked into the program, with versions, hashes and licences (CycloneDX)
	@mkdir -p bin
	$(TOOL) cyclonedx-gomod app -json -licenses -main cmd/stoa -output bin/stoa.cdx.json .

.PHONY: verify
verify: ## what is generated is current; the documentation names only what there is; licences
	go run ./test/verify

.PHONY: generate
generate: ## write again what is generated: templates, schemas, tables of the guide
	@for dir in $$(find internal -name '*.templ' -exec dirname {} + | sort -u); do \
		(cd "$$dir" && go tool -modfile="$(CURDIR)/tools/go.mod" templ generate) || exit 1; done
	go test ./internal/service -run 'Schema|Guide' -update

.PHONY: golden
golden: ## rewrite the golden files; then read the diff
	go test $$(grep -rlE 'flag\.Bool\("update"' --include='*_test.go' internal cmd | xargs -n1 dirname | sort -u | sed 's|^|./|') -update

.PHONY: texts
texts: ## put new words of the interface into the catalogues, and say what is missing
	go run ./internal/i18n/po extract
	go run ./internal/i18n/po check

.PHONY: clean
clean: ## take away what was built
	rm -rf bin web/made web/node_modules test/e2e/node_modules test/standards/node_modules test/wallet/node_modules test/oidc/node_modules
	find internal/web/asset/dist -type f ! -name .placeholder -delete

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^##: / {print "\n" substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Set-up: what npm brings for the style sheets, once for each lock file; the style sheets, when a source changed.
ASSETS := internal/web/asset/dist/manifest.json

.PHONY: assets
assets: $(ASSETS)

web/node_modules/.stamp: web/package-lock.json web/package.json
	cd web && npm ci --ignore-scripts
	@touch $@

# What verifies proofs in a visitor's own browser: package proof as WebAssembly, and Go's own script that starts it.
web/made/verifier.wasm: go.mod $(shell find internal/proof internal/web/asset/verifier -maxdepth 1 -name '*.go' ! -name '*_test.go')
	@mkdir -p web/made
	cp "$$(go env GOROOT)/lib/wasm/wasm_exec.js" web/made/
	GOOS=js GOARCH=wasm go build -buildvcs=false -trimpath -ldflags='-s -w' -o $@ ./internal/web/asset/verifier

$(ASSETS): web/node_modules/.stamp web/made/verifier.wasm web/build.js $(shell find web/src -type f)
	cd web && node build.js
