# Everything a developer does here. The commands are the scripts of package.json, which `bun run NAME` runs for people without
# make; `make NAME` fetches first what NAME needs. `make` alone lists what one usually wants.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

define HELP
Run
  make run               start the API on http://localhost:3000 with an embedded Postgres; reloads on change
  make admin             make a user an admin, or create one: USERNAME=alice [PASSWORD=...]
  make password          set a user's password and end all of its sessions: USERNAME=alice [PASSWORD=...]
  make seed              create users for development, with a known password: [COUNT=1000]
  make db-shell          psql on the development database; also db-url, db-stop, db-reset

Test
  make test              the tests on the embedded Postgres, in four processes: [WORKERS=1]
  make check             format, lint, types, layers, OpenAPI, migrations, the Worker's bundle; make format fixes
  make test-runtimes     the contract on Bun, Deno and workerd: [RUNTIMES="bun deno workerd"]
  make test-drivers      the tests over each driver: [TEST_DRIVER=bun-sql|postgres-js|neon-ws|neon-http]
  make test-branch       the tests on a Neon branch made for them: NEON_API_KEY=... NEON_PROJECT_ID=...
  make client            write the types of the app's operations into packages/client
  make chaos             break a running app in 13 ways, and say what its callers saw: [ONLY="silent"]
  make hostile           attack a running server: URL=http://localhost:3000 [ADMIN_USERNAME=... ADMIN_PASSWORD=...]
  make flood             flood a server, and count how often an owner gets in: [RUNTIMES="bun deno workerd"] or [URL=...]

Migrate the development database, or the one that DATABASE_URL names
  make migrate-create    write the next migration and its down migration: MSG="add email" [RENAME=users.name:username]
  make migrate-up        apply the pending migrations: [TO=0003 or STEPS=1] [YES=1]
  make migrate-down      roll back the last migration: [STEPS=2 or TO=0001] [YES=1]
  make migrate-current   say at which migration the database is
  make migrate-check     tell which of models, migrations and database has drifted
                         also migrate-history, -plan [TO FROM], -stamp REV=0003, -drop; docs/migrations.md

At the edge
  make worker            the Worker on http://localhost:8787 with a local Neon: [PORT=...]
  make deno              the API on Deno, with the least permissions
  make neon              Neon's protocol on http://localhost:4444 in front of the embedded Postgres: [PORT=...]
  make deploy            check, migrate up, deploy the Worker: [STAGE=staging] DATABASE_URL=...
  make wrangler          wrangler itself: ARGS="secret put DATABASE_URL --env production"

Measure
  make bench-tests, -sandbox, -edge, -neon, -migrate, -create; stress-neon, stress-migrations; fuzz-migrations; test-conversions
endef
export HELP

# Bun runs everything: an installed one of the right version, else the project's own, which npm can bring.
BUN_VERSION := $(shell sed -n 's/.*"bun": "\(.*\)".*/\1/p' package.json)
OWN_BUN := node_modules/.bin/bun
BUN := $(shell [ "$$(bun --version 2>/dev/null)" = "$(BUN_VERSION)" ] && echo bun || echo $(OWN_BUN))
BIN := node_modules/.bin
DO := @$(BUN) run --silent

SCRIPTS := $(shell sed -n '/"scripts"/,/^  }/s/^ *"\([a-z-]*\)": .*/\1/p' package.json)
# These need only what running needs; all others need the development tools.
LEAN := run admin password sweep seed db-url db-shell db-stop db-reset deno wrangler worker-types

# A variable that was given becomes an option; the shell reads it from the environment, so that no value is taken for code.
given = $(if $($1),--$2 "$$$1")
# The same for variables that a shell may have anyway: only make's own command line counts.
typed = $(findstring command,$(origin $1))

.PHONY: help
help:
	@echo "$$HELP"

.PHONY: $(SCRIPTS)
$(filter $(LEAN),$(SCRIPTS)): node_modules/.run
$(filter-out $(LEAN),$(SCRIPTS)): node_modules/.dev
$(SCRIPTS):
	$(DO) $@ $(OPTIONS)

admin password: export USERNAME := $(if $(call typed,USERNAME),$(USERNAME))
test: OPTIONS = $(if $(WORKERS),--parallel=$(WORKERS))
test-runtimes: OPTIONS = $(RUNTIMES)
chaos: OPTIONS = $(ONLY)
hostile flood: export URL := $(URL)
flood: export RUNTIMES := $(or $(RUNTIMES),bun)
wrangler: OPTIONS = $(ARGS)
worker neon: OPTIONS = $(if $(call typed,PORT),--port $(PORT)) $(if $(SHOW_PASSWORD),--show-password)

.PHONY: test-drivers
test-drivers: node_modules/.dev
	@set -e; for driver in $(or $(TEST_DRIVER),bun-sql postgres-js neon-ws neon-http); do \
	  echo "Over $$driver:"; TEST_DRIVER=$$driver $(BUN) run --silent test ./tests; \
	done

.PHONY: test-branch
test-branch: node_modules/.dev
	@TEST_DRIVER=$(or $(TEST_DRIVER),postgres-js) exec $(BUN) tools/neon-branch/cli.ts $(BUN) test --parallel=$(or $(WORKERS),4) # not by `bun run`, which keeps signals to itself

STAGE ?= production
.PHONY: deploy
deploy: node_modules/.dev
	$(DO) ready-to-deploy $(STAGE)
	@env -u DATABASE_URL $(MAKE) check
	@$(MAKE) migrate-up
	$(DO) wrangler deploy --env $(STAGE)

# The migration tool speaks of variables where make calls it. Creating and checking need drizzle-kit.
MIGRATE_OPTIONS = $(call given,MSG,message) $(call given,RENAME,rename) $(call given,DROP,drop) $(if $(NO_RENAME),--no-rename) \
  $(if $(EMPTY),--empty) $(if $(NO_PROOF),--no-proof) $(call given,TO,to) $(call given,FROM,from) $(call given,STEPS,steps) \
  $(call given,REV,rev) $(if $(YES),--yes) $(call given,LOCK_TIMEOUT,lock-timeout) $(call given,RESUME,resume)
migrate-create migrate-check: node_modules/.dev
migrate-%: node_modules/.run
	@HEARTH_MIGRATE_SPEAKS=make $(BUN) run --silent migrate $* $(MIGRATE_OPTIONS)

.PHONY: install
install: node_modules/.dev

# `run` fetches only what running needs; the tools for tests and checks come when they are first used.
node_modules/.run: package.json packages/*/package.json bun.lock | bun
	@echo "Fetching the packages that running needs …"
	@$(BUN) install --frozen-lockfile --production --omit=peer --silent
	@touch $@

node_modules/.dev: package.json packages/*/package.json bun.lock | bun
	@echo "Fetching the development tools …"
	@$(BUN) install --frozen-lockfile --silent
	@touch node_modules/.run $@

# With a prefix, npm looks below it for the machine's settings (a company's registry, its certificates), unless it is told.
# npm puts Bun where `bun install` will look for it, so that it is fetched once. Where npm runs no install scripts, we run Bun's.
BOOTSTRAP := node_modules/.bootstrap
.PHONY: bun
bun:
	@if [ "$(BUN)" = "$(OWN_BUN)" ] && [ "$$($(OWN_BUN) --version 2>/dev/null)" != "$(BUN_VERSION)" ]; then \
	  echo "Fetching Bun $(BUN_VERSION) through npm …" && \
	  rm -rf $(BOOTSTRAP) node_modules/bun node_modules/@oven && mkdir -p $(BOOTSTRAP) $(BIN) && \
	  npm install --prefix $(BOOTSTRAP) --globalconfig "$$(npm config get globalconfig)" --no-save --no-audit --no-fund --no-update-notifier --loglevel=error "bun@$(BUN_VERSION)" >/dev/null && \
	  { $(BOOTSTRAP)/$(OWN_BUN) --version >/dev/null 2>&1 || (cd $(BOOTSTRAP)/node_modules/bun && node install.js); } && \
	  mv $(BOOTSTRAP)/node_modules/bun $(BOOTSTRAP)/node_modules/@oven node_modules/ && rm -rf $(BOOTSTRAP) && \
	  ln -sf ../bun/bin/bun.exe $(OWN_BUN) && $(OWN_BUN) --version >/dev/null; \
	fi
