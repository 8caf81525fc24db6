ALTER TABLE "sign_in_throttles" RENAME TO "rate_limits";
--> statement-breakpoint
ALTER TABLE "sessions" RENAME COLUMN "password_version" TO "epoch";
--> statement-breakpoint
ALTER TABLE "users" RENAME COLUMN "password_version" TO "session_epoch";
--> statement-breakpoint
ALTER TABLE "rate_limits" RENAME CONSTRAINT "sign_in_throttles_pkey" TO "rate_limits_pkey";
--> statement-breakpoint
ALTER INDEX "sign_in_throttles_spent_until_index" RENAME TO "rate_limits_spent_until_index";
--> statement-breakpoint
-- From Postgres 18 on, NOT NULL is a constraint with a name.
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_constraint WHERE conrelid = '"sessions"'::regclass AND conname = 'sessions_password_version_not_null') THEN
    ALTER TABLE "sessions" RENAME CONSTRAINT "sessions_password_version_not_null" TO "sessions_epoch_not_null";
  END IF;
END $$;
--> statement-breakpoint
-- From Postgres 18 on, NOT NULL is a constraint with a name.
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_constraint WHERE conrelid = '"users"'::regclass AND conname = 'users_password_version_not_null') THEN
    ALTER TABLE "users" RENAME CONSTRAINT "users_password_version_not_null" TO "users_session_epoch_not_null";
  END IF;
END $$;
--> statement-breakpoint
-- From Postgres 18 on, NOT NULL is a constraint with a name.
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_constraint WHERE conrelid = '"rate_limits"'::regclass AND conname = 'sign_in_throttles_key_not_null') THEN
    ALTER TABLE "rate_limits" RENAME CONSTRAINT "sign_in_throttles_key_not_null" TO "rate_limits_key_not_null";
  END IF;
  IF EXISTS (SELECT FROM pg_constraint WHERE conrelid = '"rate_limits"'::regclass AND conname = 'sign_in_throttles_spent_until_not_null') THEN
    ALTER TABLE "rate_limits" RENAME CONSTRAINT "sign_in_throttles_spent_until_not_null" TO "rate_limits_spent_until_not_null";
  END IF;
END $$;
