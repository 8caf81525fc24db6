# Everything a developer does here; `make` alone lists it. A target fetches what its command needs; the command itself stands
# in package.json under the same name, so `bun run test` does for people without make.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Bun runs everything: an installed one of the right version, else the project's own, which npm can bring.
BUN_VERSION := $(shell sed -n 's/.*"bun": "\(.*\)".*/\1/p' package.json)
OWN_BUN := node_modules/.bin/bun
BUN := $(shell [ "$$(bun --version 2>/dev/null)" = "$(BUN_VERSION)" ] && echo bun || echo $(OWN_BUN))
BIN := node_modules/.bin
DO := @$(BUN) run --silent

##@ Run
.PHONY: run
run: node_modules/.run ## start the API on http://localhost:3000 with an embedded Postgres; reloads on change
	$(DO) run

# A shell may have a USERNAME of its own.
ON_USER = @$(if $(findstring command,$(origin USERNAME)),,USERNAME=) $(BUN) run --silent

.PHONY: admin
admin: node_modules/.run ## make a user an admin, or create one: USERNAME=alice [PASSWORD=...]
	$(ON_USER) admin

.PHONY: password
password: node_modules/.run ## set a user's password and end all of its sessions: USERNAME=alice [PASSWORD=...]
	$(ON_USER) password

.PHONY: sweep
sweep: node_modules/.run ## delete expired sessions, places and limits, as a server does every hour
	$(DO) sweep

##@ Test
.PHONY: test
test: node_modules/.dev ## run the tests on the embedded Postgres, in four processes: [WORKERS=1]
	$(DO) test $(if $(WORKERS),--parallel=$(WORKERS))

.PHONY: fuzz-migrations
fuzz-migrations: node_modules/.dev ## take random changes of models there and back: [PAIRS=300] [SEED=1]
	$(DO) fuzz-migrations

.PHONY: test-conversions
test-conversions: node_modules/.dev ## take values of 31 types through every change of type and back
	$(DO) test-conversions

.PHONY: test-runtimes
test-runtimes: node_modules/.dev ## run the whole contract on Bun, Deno and workerd: [RUNTIMES="bun deno workerd"]
	$(DO) test-runtimes $(RUNTIMES)

.PHONY: chaos
chaos: node_modules/.dev ## break a running app's database and network in 13 ways, and say what its callers saw: [ONLY="silent"]
	$(DO) chaos $(ONLY)

.PHONY: hostile
hostile: node_modules/.dev ## send hostile requests to a running server: URL=http://localhost:3000 [ADMIN_USERNAME=... ADMIN_PASSWORD=...]
	@URL="$(URL)" $(BUN) run --silent hostile

.PHONY: flood
flood: node_modules/.dev ## flood a server, and count how often an owner gets in: [RUNTIMES="bun deno workerd"] or [URL=... CLIENT_IP_HEADER=...]
	@URL="$(URL)" RUNTIMES="$(or $(RUNTIMES),bun)" $(BUN) run --silent flood

.PHONY: test-drivers
test-drivers: node_modules/.dev ## run the tests over each driver: [TEST_DRIVER=bun-sql|postgres-js|neon-ws|neon-http]
	@set -e; for driver in $(or $(TEST_DRIVER),bun-sql postgres-js neon-ws neon-http); do \
	  echo "Over $$driver:"; TEST_DRIVER=$$driver $(BUN) run --silent test; \
	done

.PHONY: test-branch
test-branch: node_modules/.dev ## run the tests on a Neon branch made for them: NEON_API_KEY=... NEON_PROJECT_ID=... [WORKERS=4]
	@TEST_DRIVER=$(or $(TEST_DRIVER),postgres-js) exec $(BUN) tools/neon-branch/cli.ts $(BUN) test --parallel=$(or $(WORKERS),4) # not by `bun run`, which keeps signals to itself

.PHONY: check
check: node_modules/.dev ## format, lint, types, structure, migrations, and the Worker's bundle
	$(DO) check

.PHONY: client
client: node_modules/.dev ## write the types of the app's operations into packages/client
	$(DO) client

.PHONY: format
format: node_modules/.dev ## let Biome mend what it can
	$(DO) format

##@ Database
.PHONY: db-url
db-url: node_modules/.run ## print the development database's connection string
	$(DO) db-url

.PHONY: db-shell
db-shell: node_modules/.run ## open psql on the development database
	$(DO) db-shell

.PHONY: seed
seed: node_modules/.run ## create users for development, with a known password: [COUNT=1000]
	$(DO) seed

.PHONY: db-stop
db-stop: node_modules/.run ## stop the embedded Postgres; its data is kept
	$(DO) db-stop

.PHONY: db-reset
db-reset: node_modules/.run ## delete the embedded databases
	$(DO) db-reset

.PHONY: neon
neon: node_modules/.dev ## serve Neon's protocol on http://localhost:4444 in front of the embedded Postgres: [PORT=...] [SHOW_PASSWORD=1]
	$(DO) neon $(if $(findstring command,$(origin PORT)),--port $(PORT)) $(if $(SHOW_PASSWORD),--show-password)

##@ Edge
.PHONY: worker
worker: node_modules/.dev ## run the Worker on http://localhost:8787 with a local Neon and the development database: [PORT=...]
	$(DO) worker $(if $(findstring command,$(origin PORT)),--port $(PORT))

.PHONY: deno
deno: node_modules/.run ## run the API on Deno, with the development database
	$(DO) deno

STAGE ?= production
.PHONY: deploy
deploy: node_modules/.dev ## check, migrate up, then deploy the Worker: [STAGE=staging] DATABASE_URL=...
	$(DO) ready-to-deploy $(STAGE)
	@env -u DATABASE_URL $(MAKE) check
	@$(MAKE) migrate-up
	$(DO) wrangler deploy --env $(STAGE)

.PHONY: deploy-dry
deploy-dry: node_modules/.dev ## bundle the Worker as for a deployment; print its size and start-up time
	$(DO) deploy-dry

.PHONY: wrangler
wrangler: node_modules/.run ## run wrangler: ARGS="login", ARGS="secret put DATABASE_URL --env production"
	$(DO) wrangler $(ARGS)

.PHONY: worker-types
worker-types: node_modules/.run ## write the types of wrangler.toml's variables and secrets
	$(DO) worker-types

##@ Migrations
# A variable that was given becomes an option; the shell reads it from the environment, so that no value is taken for code.
# The tool's sentences then name variables, not options.
MIGRATE := @HEARTH_MIGRATE_SPEAKS=make $(BUN) run --silent migrate
given = $(if $($1),--$2 "$$$1")

.PHONY: migrate-create
migrate-create: node_modules/.dev ## write the next migration and its down migration: MSG="add email" [RENAME=users.name:username] [DROP=users.name] [NO_RENAME=1] [EMPTY=1] [NO_PROOF=1]
	$(MIGRATE) create $(call given,MSG,message) $(call given,RENAME,rename) $(call given,DROP,drop) $(if $(NO_RENAME),--no-rename) $(if $(EMPTY),--empty) $(if $(NO_PROOF),--no-proof)

.PHONY: migrate-up
migrate-up: node_modules/.run ## apply the pending migrations; asks where data would go: [TO=0003 or STEPS=1] [YES=1] [LOCK_TIMEOUT=seconds]
	$(MIGRATE) up $(call given,TO,to) $(call given,STEPS,steps) $(if $(YES),--yes) $(call given,LOCK_TIMEOUT,lock-timeout) $(call given,RESUME,resume)

.PHONY: migrate-down
migrate-down: node_modules/.run ## take back the last migration: [STEPS=2 or TO=0001] [YES=1]
	$(MIGRATE) down $(call given,TO,to) $(call given,STEPS,steps) $(if $(YES),--yes) $(call given,LOCK_TIMEOUT,lock-timeout) $(call given,RESUME,resume)

.PHONY: migrate-current
migrate-current: node_modules/.run ## say at which migration the database is
	$(MIGRATE) current

.PHONY: migrate-history
migrate-history: node_modules/.run ## list the migrations: applied when, pending, edited, unknown
	$(MIGRATE) history

.PHONY: migrate-check
migrate-check: node_modules/.dev ## compare models, migrations and database, and say which moved
	$(MIGRATE) check

.PHONY: migrate-plan
migrate-plan: node_modules/.run ## print the SQL that would run, without running it: [TO=0003] [FROM=0001]
	$(MIGRATE) plan $(call given,TO,to) $(call given,FROM,from)

.PHONY: migrate-stamp
migrate-stamp: node_modules/.run ## record that the database is at a migration, without running it: REV=0003
	$(MIGRATE) stamp $(call given,REV,rev)

.PHONY: migrate-drop
migrate-drop: node_modules/.run ## delete the last migration, which must not be applied
	$(MIGRATE) drop

##@ Measure
.PHONY: bench-tests
bench-tests: node_modules/.dev ## measure what isolating a test costs, by sandbox, TRUNCATE and template
	$(DO) bench-tests

.PHONY: bench-sandbox
bench-sandbox: node_modules/.dev ## measure what the end of a test costs with 3, 50 and 300 tables
	$(DO) bench-sandbox

.PHONY: bench-edge
bench-edge: node_modules/.dev ## measure the Worker's round trips to a database that is 30 ms away
	$(DO) bench-edge

.PHONY: bench-neon
bench-neon: node_modules/.dev ## the local Neon against the same queries over TCP
	$(DO) bench-neon

.PHONY: stress-neon
stress-neon: node_modules/.dev ## the local Neon under 200 queries and 50 transactions at once, with clients that vanish
	$(DO) stress-neon

.PHONY: bench-migrate
bench-migrate: node_modules/.dev ## 500 migrations from empty, beside drizzle-kit on the same files
	$(DO) bench-migrate

.PHONY: bench-create
bench-create: node_modules/.dev ## what a proved migration takes at 25, 67 and 132 tables
	$(DO) bench-create

.PHONY: stress-migrations
stress-migrations: node_modules/.dev ## kill -9 the migration tool at 50 random moments
	$(DO) stress-migrations

##@ Set-up
.PHONY: install
install: node_modules/.dev ## fetch everything that development needs (the other targets do it when needed)

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

.PHONY: help
help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' Makefile
