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

.PHONY: check
check: node_modules/.dev ## format, lint, types, structure and migrations
	@$(BIN)/biome check .
	@$(BIN)/tsc --noEmit
	@$(BIN)/drizzle-kit check
	@$(MIGRATE) check --no-database

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

##@ Migrations
# A variable that was given becomes an option; the shell reads it from the environment, so that no value is taken for code.
MIGRATE := $(BUN) tools/migrate/cli.ts
given = $(if $($1),--$2 "$$$1")

.PHONY: migrate-create
migrate-create: node_modules/.dev ## write the next migration and its way back: MSG="add email" [RENAME=users.name:username] [DROP=users.name] [NO_RENAME=1] [EMPTY=1]
	@$(MIGRATE) create $(call given,MSG,message) $(call given,RENAME,rename) $(call given,DROP,drop) $(if $(NO_RENAME),--no-rename) $(if $(EMPTY),--empty)

.PHONY: migrate-up
migrate-up: node_modules/.run ## apply the pending migrations: [TO=0003] [LOCK_TIMEOUT=seconds]
	@$(MIGRATE) up $(call given,TO,to) $(call given,LOCK_TIMEOUT,lock-timeout) $(call given,RESUME,resume)

.PHONY: migrate-down
migrate-down: node_modules/.run ## take back the last migration: [STEPS=2 or TO=0001] [YES=1]
	@$(MIGRATE) down $(call given,TO,to) $(call given,STEPS,steps) $(if $(YES),--yes) $(call given,LOCK_TIMEOUT,lock-timeout) $(call given,RESUME,resume)

.PHONY: migrate-current
migrate-current: node_modules/.run ## say at which migration the database is
	@$(MIGRATE) current

.PHONY: migrate-history
migrate-history: node_modules/.run ## list the migrations: applied when, pending, edited, unknown
	@$(MIGRATE) history

.PHONY: migrate-check
migrate-check: node_modules/.dev ## compare models, migrations and database, and say which moved
	@$(MIGRATE) check

.PHONY: migrate-plan
migrate-plan: node_modules/.run ## print the SQL that would run, without running it: [TO=0003] [FROM=0001]
	@$(MIGRATE) plan $(call given,TO,to) $(call given,FROM,from)

.PHONY: migrate-stamp
migrate-stamp: node_modules/.run ## record that the database is at a migration, without running it: REV=0003
	@$(MIGRATE) stamp $(call given,REV,rev)

.PHONY: migrate-drop
migrate-drop: node_modules/.run ## delete the last migration, which must not be applied
	@$(MIGRATE) drop

##@ Measure
.PHONY: bench-migrate
bench-migrate: node_modules/.dev ## 500 migrations from empty, beside drizzle-kit on the same files
	@$(BUN) bench/migrate.ts

.PHONY: stress-migrations
stress-migrations: node_modules/.dev ## kill -9 the migration tool at 50 random moments
	@KILLS=50 $(BUN) test tests/migrate/killed.test.ts

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
