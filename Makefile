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
test: node_modules/.dev ## run the tests on the embedded Postgres
	@$(BUN) test

.PHONY: test-runtimes
test-runtimes: node_modules/.dev ## run the whole contract on Bun, Deno and workerd: [RUNTIMES="bun deno workerd"]
	@$(BUN) tests/runtimes/run.ts $(RUNTIMES)

.PHONY: check
check: node_modules/.dev ## format, lint, types, structure, migrations, and the Worker's bundle
	@$(BIN)/biome check .
	@$(BIN)/tsc --noEmit
	@$(BIN)/drizzle-kit check
	@$(BUN) tools/edge/wrangler.ts types --check
	@$(BUN) tools/edge/deploy-dry.ts

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

##@ Edge
.PHONY: worker
worker: node_modules/.dev ## run the Worker on http://localhost:8787 with a local Neon and the development database
	@exec $(BUN) tools/edge/worker.ts

.PHONY: deno
deno: node_modules/.run ## run the API on Deno, with the development database
	@exec $(BUN) tools/edge/deno.ts

TO ?= production
.PHONY: deploy
deploy: node_modules/.dev ## check, migrate up, then deploy the Worker: [TO=staging] DATABASE_URL=...
	@$(BUN) tools/edge/ready-to-deploy.ts $(TO)
	@env -u DATABASE_URL $(MAKE) check
	@$(MAKE) migrate-up
	@$(BUN) tools/edge/wrangler.ts deploy --env $(TO)

.PHONY: bench-edge
bench-edge: node_modules/.dev ## measure the Worker's round trips to a database that is 30 ms away
	@$(BUN) bench/edge.ts

.PHONY: deploy-dry
deploy-dry: node_modules/.dev ## bundle the Worker as for a deployment; print its size and start-up time
	@$(BUN) tools/edge/deploy-dry.ts

.PHONY: wrangler
wrangler: node_modules/.run ## run wrangler: ARGS="login", ARGS="secret put DATABASE_URL --env production"
	@$(BUN) tools/edge/wrangler.ts $(ARGS)

.PHONY: worker-types
worker-types: node_modules/.run ## write the types of wrangler.toml's variables and secrets
	@$(BUN) tools/edge/wrangler.ts types --include-runtime=false --strict-vars=false

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
