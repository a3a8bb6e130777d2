# Everything one does with this repository. `make` alone lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

tool := go tool -modfile=tools/go.mod
pnpm := npx --yes pnpm@12.21.0 --pm-on-fail=ignore --dir web
export NEXT_TELEMETRY_DISABLED := 1
# Leaves out a way to Google Cloud Storage that we do not use, and 13 MB with it.
lean := -tags=disable_grpc_modules
# The binary says which commit it is of, where git can tell.
stamp := -buildvcs=$(shell git rev-parse --verify --quiet HEAD >/dev/null 2>&1 && echo auto || echo false)

.PHONY: help
help: ## List what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

## Using it

.PHONY: build
build: ## Build bin/leadlake; needs Go and a C compiler, nothing else
	@scripts/setup go
	CGO_ENABLED=1 go build $(lean) $(stamp) -trimpath -ldflags='-s -w' -o bin/leadlake ./cmd/leadlake

.PHONY: run
run: build ## Build it and start it (demo data where no Notion is configured)
	./bin/leadlake serve $(ARGS)

## Working on it

.PHONY: setup
setup: ## Install what the tests need, and the git hooks
	@scripts/setup go web browser
	@$(MAKE) --no-print-directory hooks

.PHONY: hooks
hooks: ## Check format and lint before every commit
	git config core.hooksPath .githooks

.PHONY: test
test: test-go test-web ## Run every test: Go, web, browser

.PHONY: test-go
test-go: ## Run the Go tests, with the race detector, in random order
	@scripts/setup go
	$(tool) gotestsum --format standard-quiet -- -race -shuffle=on -timeout=25m ./...

.PHONY: test-web
test-web: build ## Run the tests of the page, also in a browser against the binary
	@scripts/setup web browser
	$(pnpm) run unit
	@$(MAKE) --no-print-directory web/out/fr/index.html
	$(pnpm) run budget
	$(pnpm) run e2e

.PHONY: check
check: ## Check everything that is not a test: lint, format, what is generated
	@scripts/setup go web
	$(tool) golangci-lint config verify
	$(tool) golangci-lint run ./...
	$(tool) golangci-lint fmt --diff ./...
	$(pnpm) run typecheck
	$(pnpm) run lint
	scripts/unchanged web/openapi.json web/src/lib/api/schema.gen.ts docs/configuration.md docs/leadlake.schema.json docs/observe.md -- $(MAKE) --no-print-directory generate
	scripts/unchanged internal/webui/dist -- $(MAKE) --no-print-directory web

.PHONY: format
format: ## Format the code, Go and web
	$(tool) golangci-lint fmt ./...
	@scripts/setup web
	$(pnpm) run format

.PHONY: dead
dead: ## List code that nothing reaches
	$(tool) deadcode -test ./...

## Making what is committed but not written by hand

.PHONY: generate
generate: ## Write the OpenAPI document, the page's types and the page on settings
	@scripts/setup go web
	go test ./internal/config -run '^TestGenerated$$' -count=1 -update
	go test ./internal/httpapi -run '^TestOpenAPIDocument$$' -count=1 -update
	go test ./internal/telemetry -run '^TestTheTableOfMetrics$$' -count=1 -update
	$(pnpm) run generate

.PHONY: web
web: ## Build the page into internal/webui/dist, which the binary embeds
	@scripts/setup web
	$(pnpm) run export

web/out/fr/index.html: $(shell find web -path web/node_modules -prune -o -path web/out -prune -o -path web/.next -prune -o -type f -print 2>/dev/null)
	$(pnpm) run build

## Proving it

.PHONY: bench
bench: build ## Measure it against the promises and the original
	go run ./internal/bench $(ARGS)

.PHONY: bench-lake
bench-lake: ## Measure the lake: upserts, syncs, long logs, beside deltalake
	go run ./internal/bench -lake $(ARGS)

.PHONY: interop
interop: build ## Share tables with delta-rs and DuckDB: they read ours, we rewrite theirs
	scripts/interop $(LAKE)

.PHONY: interop-spark
interop-spark: build ## The same with Spark as a third judge, and Trino
	SPARK=1 scripts/interop $(LAKE)

.PHONY: containers
containers: ## Build the images with Debian's podman, run them, and look at what they promise
	@scripts/container-test

.PHONY: reproducible
reproducible: ## Build twice, and compare byte for byte
	@scripts/reproducible

.PHONY: otelcol
otelcol: ## Send logs, traces and metrics to OpenTelemetry's own collector
	@scripts/setup go
	cd tools/otelcol && go build -trimpath -o ../../bin/otelcol .
	go test ./internal/app -run '^TestOpenTelemetrysOwnCollector$$' -count=1 -v -otelcol "$(CURDIR)/bin/otelcol"

prove := go test -count=1 -timeout=0 -v

.PHONY: fuzz
fuzz: ## Look for bytes that the lake cannot bear, FUZZTIME=1m for each target
	@scripts/setup go
	@for package in ./internal/delta ./internal/duck ./internal/parquet ./internal/tabular; do \
	  for target in $$(go test -list '^Fuzz' $$package | grep ^Fuzz); do \
	    GOMEMLIMIT=512MiB go test $$package -run '^$$' -fuzz "^$$target\$$" -fuzztime $(or $(FUZZTIME),1m) -fuzzminimizetime 1x; \
	  done; \
	done

.PHONY: torture
torture: ## Prove, for an hour or more, that nothing is lost: see CONTRIBUTING.md
	@scripts/setup go
	$(prove) ./internal/delta -run '^TestFaults$$' -seeds 10000
	$(prove) ./internal/delta -run '^TestHistories$$' -histories 1000
	$(prove) ./internal/blob/local -run '^TestPowerFailure$$' -cuts 500
	$(prove) ./internal/blob/gcs -run '^Test(Racers|Chaos)$$' -rounds 1000
	$(prove) ./internal/delta -run '^Test(ReplayHasNoMemory|ConflictsAreFair|PathsComeBack|StatisticsAreBounds|WhereLeavesNoRowOut)$$' -rapid.checks 100000
	$(prove) ./internal/duck -run '^TestPredicates$$' -predicates 2000
	$(prove) ./internal/app -run '^TestDamagedLogs$$' -damaged 10000
	$(prove) ./internal/app -run '^TestTheLakeFollows$$' -rapid.checks 1000
	$(prove) ./internal/cli -run '^TestKilledAtAnyMoment$$' -kills 1000
	go test -count=1 -timeout=0 ./internal/delta ./internal/leadtable ./internal/blob/...
