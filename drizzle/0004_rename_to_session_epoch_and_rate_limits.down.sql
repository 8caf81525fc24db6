ALTER TABLE "users" RENAME COLUMN "session_epoch" TO "password_version";
--> statement-breakpoint
ALTER TABLE "sessions" RENAME COLUMN "epoch" TO "password_version";
--> statement-breakpoint
ALTER TABLE "rate_limits" RENAME TO "sign_in_throttles";
--> statement-breakpoint
ALTER TABLE "sign_in_throttles" RENAME CONSTRAINT "rate_limits_pkey" TO "sign_in_throttles_pkey";
--> statement-breakpoint
ALTER INDEX "rate_limits_spent_until_index" RENAME TO "sign_in_throttles_spent_until_index";
--> statement-breakpoint
-- From Postgres 18 on, NOT NULL is a constraint with a name.
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_constraint WHERE conrelid = '"sessions"'::regclass AND conname = 'sessions_epoch_not_null') THEN
    ALTER TABLE "sessions" RENAME CONSTRAINT "sessions_epoch_not_null" TO "sessions_password_version_not_null";
  END IF;
END $$;
--> statement-breakpoint
-- From Postgres 18 on, NOT NULL is a constraint with a name.
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_constraint WHERE conrelid = '"users"'::regclass AND conname = 'users_session_epoch_not_null') THEN
    ALTER TABLE "users" RENAME CONSTRAINT "users_session_epoch_not_null" TO "users_password_version_not_null";
  END IF;
END $$;
--> statement-breakpoint
-- From Postgres 18 on, NOT NULL is a constraint with a name.
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_constraint WHERE conrelid = '"sign_in_throttles"'::regclass AND conname = 'rate_limits_key_not_null') THEN
    ALTER TABLE "sign_in_throttles" RENAME CONSTRAINT "rate_limits_key_not_null" TO "sign_in_throttles_key_not_null";
  END IF;
  IF EXISTS (SELECT FROM pg_constraint WHERE conrelid = '"sign_in_throttles"'::regclass AND conname = 'rate_limits_spent_until_not_null') THEN
    ALTER TABLE "sign_in_throttles" RENAME CONSTRAINT "rate_limits_spent_until_not_null" TO "sign_in_throttles_spent_until_not_null";
  END IF;
END $$;
