# Everything a developer does here. `make` alone lists it; package.json has the same names for people without make.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Bun runs everything: an installed one of the right version, else the project's own, which npm can bring.
BUN_VERSION := $(shell sed -n 's/.*"bun": "\(.*\)".*/\1/p' package.json)
OWN_BUN := node_modules/.bin/bun
BUN := $(shell [ "$$(bun --version 2>/dev/null)" = "$(BUN_VERSION)" ] && echo bun || echo $(OWN_BUN))
BIN := node_modules/.bin

##@ Run
.PHONY: run
run: node_modules/.run ## start the API on http://localhost:3000 with an embedded Postgres; reloads on change
	@exec $(BUN) --watch --no-clear-screen tools/dev.ts

.PHONY: admin
admin: node_modules/.run ## make a user an admin, or a new admin: USERNAME=alice [PASSWORD=...]
	@$(if $(findstring command,$(origin USERNAME)),,USERNAME=) $(BUN) tools/admin.ts

##@ Test
.PHONY: test
test: node_modules/.dev ## run the tests on the embedded Postgres: [WORKERS=4]
	@$(BUN) test $(if $(WORKERS),--parallel=$(WORKERS))

.PHONY: test-drivers
test-drivers: node_modules/.dev ## run the tests over each driver: [TEST_DRIVER=bun-sql|postgres-js|neon-ws|neon-http]
	@set -e; for driver in $(or $(TEST_DRIVER),bun-sql postgres-js neon-ws neon-http); do \
	  echo "Over $$driver:"; TEST_DRIVER=$$driver $(BUN) test; \
	done

.PHONY: test-branch
test-branch: node_modules/.dev ## run the tests on a Neon branch made for them: NEON_API_KEY=... NEON_PROJECT_ID=... [WORKERS=4]
	@TEST_DRIVER=$(or $(TEST_DRIVER),postgres-js) exec $(BUN) tools/neon-branch/cli.ts $(BUN) test --parallel=$(or $(WORKERS),4)

.PHONY: bench-tests
bench-tests: node_modules/.dev ## measure what isolating a test costs, by sandbox, TRUNCATE and template
	@$(BUN) bench/tests.ts

.PHONY: check
check: node_modules/.dev ## format, lint, types, structure and migrations
	@$(BIN)/biome check .
	@$(BIN)/tsc --noEmit
	@$(BIN)/drizzle-kit check

.PHONY: format
format: node_modules/.dev ## let Biome mend what it can
	@$(BIN)/biome check --write .

##@ Database
.PHONY: db-url
db-url: node_modules/.run ## print the development database's connection string
	@$(BUN) tools/postgres/cli.ts url

.PHONY: db-stop
db-stop: node_modules/.run ## stop the embedded Postgres; its data is kept
	@$(BUN) tools/postgres/cli.ts stop

.PHONY: db-reset
db-reset: node_modules/.run ## delete the embedded databases
	@$(BUN) tools/postgres/cli.ts reset

.PHONY: neon
neon: node_modules/.dev ## serve Neon's protocol on http://localhost:4444 in front of the embedded Postgres: [PORT=...]
	@exec $(BUN) tools/neon-local/cli.ts $(if $(findstring command,$(origin PORT)),--port $(PORT))

##@ Set-up
.PHONY: install
install: node_modules/.dev ## fetch everything that development needs (the other targets do it when needed)

# `run` fetches only what running needs; the tools for tests and checks come when they are first used.
node_modules/.run: package.json bun.lock | bun
	@$(BUN) install --frozen-lockfile --production --silent
	@touch $@

node_modules/.dev: package.json bun.lock | bun
	@echo "Fetching the development tools …"
	@$(BUN) install --frozen-lockfile --silent
	@touch node_modules/.run $@

# npm puts Bun where `bun install` will look for it, so that it is fetched once.
.PHONY: bun
bun:
	@if [ "$(BUN)" = "$(OWN_BUN)" ] && [ "$$($(OWN_BUN) --version 2>/dev/null)" != "$(BUN_VERSION)" ]; then \
	  echo "Fetching Bun $(BUN_VERSION) through npm, then the app's packages …"; \
	  rm -rf node_modules/.bootstrap node_modules/bun node_modules/@oven && mkdir -p node_modules/.bootstrap && \
	  npm install --prefix node_modules/.bootstrap --no-save --no-audit --no-fund --loglevel=error "bun@$(BUN_VERSION)" >/dev/null && \
	  mv node_modules/.bootstrap/node_modules/bun node_modules/.bootstrap/node_modules/@oven node_modules/ && \
	  (cd node_modules/bun && node install.js) && mkdir -p node_modules/.bin && ln -sf ../bun/bin/bun.exe $(OWN_BUN) && \
	  rm -rf node_modules/.bootstrap && $(OWN_BUN) --version >/dev/null; \
	fi

.PHONY: help
help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' Makefile
