# Symbolon. `make` alone lists what there is to do.

GO   ?= go
NPM  ?= npm
ARGS ?=

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LINT    := $(GO) tool -modfile=tools/go.mod golangci-lint

# A page is built again only when something under its folder changed.
sources = $(shell find $(1) -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/test/*' 2>/dev/null)
PACKAGES := package.json package-lock.json sdk/web/package.json sdk/node/package.json web/demo/package.json web/check/package.json web/portal/package.json web/account/package.json examples/api-node/package.json e2e/package.json
MODULES  := node_modules/.package-lock.json
SDK      := sdk/web/dist/symbolon.js
DEMO     := web/demo/dist/index.html
CHECK    := web/check/dist/index.html
PORTAL   := web/portal/dist/index.html
ACCOUNT  := web/account/dist/index.html

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## build, then start the service with its demo bank (needs only Go and Node)
	@exec bin/symbolon demo $(ARGS)

.PHONY: build
build: pages ## build bin/symbolon with its pages
	CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags '-X main.version=$(VERSION)' -o bin/symbolon ./cmd/symbolon

.PHONY: pages
pages: $(DEMO) $(CHECK) $(PORTAL) $(ACCOUNT) ## build the web SDK and the binary's pages, where their sources changed

.PHONY: check
check: pages lint generated ## the quick loop: format, vet, lint, unit tests without the race detector
	$(GO) test -short ./...

.PHONY: test
test: setup-test build ## everything, as CI runs it: lint, Go with -race, SDK, browser; both databases
	@build/test.sh

.PHONY: setup-test
setup-test: check-tools ## see to what only the tests need: PostgreSQL, Chromium, a C compiler and more
	@build/setup-test.sh

.PHONY: check-tools
check-tools: ## see that Go and Node are here and new enough
	@build/check-tools.sh

.PHONY: lint
lint: ## format, vet, staticcheck, import bans and sizes, by .golangci.yml
	$(LINT) run

.PHONY: format
format: ## format the Go code
	$(LINT) fmt

.PHONY: generate
generate: ## write spec/openapi.yaml anew from the code
	@mkdir -p out
	$(GO) run ./cmd/symbolon openapi > out/openapi.yaml
	mv out/openapi.yaml spec/openapi.yaml

.PHONY: generated
generated: ## fail where spec/openapi.yaml lags behind the code
	@mkdir -p out
	@$(GO) run ./cmd/symbolon openapi > out/openapi.yaml
	@diff -u spec/openapi.yaml out/openapi.yaml || { echo 'spec/openapi.yaml lags behind the code: run `make generate`' >&2; exit 1; }

.PHONY: screenshots
screenshots: build setup-test ## take pictures of every screen, light and dark, wide and narrow, into out/screenshots
	@. build/find.sh && CHROMIUM=$$(chromium_path) $(NPM) run screenshots --workspace e2e

.PHONY: bench
bench: ## run the Go benchmarks and bench/decide
	$(GO) test -run '^$$' -bench . -benchmem ./...
	$(GO) run ./bench/decide $(ARGS)

.PHONY: release
release: pages ## build what a release consists of into out/release: programs, packages, SBOM, checksums (on Linux)
	@VERSION=$(VERSION) build/release.sh

.PHONY: clean
clean: ## remove what was built; data stays
	rm -rf bin out node_modules sdk/web/node_modules sdk/node/node_modules web/demo/node_modules web/check/node_modules web/portal/node_modules e2e/node_modules sdk/web/dist sdk/node/dist
	find web/demo/dist web/check/dist web/portal/dist -mindepth 1 -not -name .gitkeep -delete

$(MODULES): $(PACKAGES) | check-tools
	$(NPM) ci
	@touch $@

$(SDK): $(MODULES) $(call sources,sdk/web) tsconfig.base.json
	$(NPM) run build --workspace sdk/web
	@touch -c $@

# A bundler may empty the folder; git keeps the .gitkeep, so it is put back.
$(PORTAL): $(SDK) $(call sources,web/portal) spec/openapi.yaml
	$(NPM) run build --workspace web/portal
	@touch web/portal/dist/.gitkeep

$(DEMO): $(SDK) $(call sources,web/demo)
	$(NPM) run build --workspace web/demo
	@touch -c $@
	@touch web/demo/dist/.gitkeep

$(ACCOUNT): $(SDK) $(call sources,web/account)
	$(NPM) run build --workspace web/account
	@touch -c $@
	@touch web/account/dist/.gitkeep

$(CHECK): $(SDK) $(call sources,web/check)
	$(NPM) run build --workspace web/check
	@touch -c $@
	@touch web/check/dist/.gitkeep
