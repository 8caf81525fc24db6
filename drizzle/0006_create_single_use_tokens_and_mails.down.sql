-- hearth: loses rows of table public.one_time_tokens | select count(*) from "one_time_tokens"
-- hearth: loses rows of table public.mails | select count(*) from "mails"
-- hearth: loses values of column public.users.email_verified | select count(*) from "users" where "email_verified" is not null
-- hearth: blocked-by rows of public.users that repeat ("email") | select count(*) from "users" where ctid in (select unnest((array_agg(ctid order by ctid))[2:]) from "users" where "email" is not null group by "email")
ALTER TABLE "known_places" DROP CONSTRAINT "known_places_user_id_users_id_fk";
--> statement-breakpoint
ALTER TABLE "sessions" DROP CONSTRAINT "sessions_user_id_users_id_fk";
--> statement-breakpoint
DROP TABLE "one_time_tokens";
--> statement-breakpoint
DROP TABLE "mails";
--> statement-breakpoint
DROP INDEX "users_verified_email_unique";
--> statement-breakpoint
DROP INDEX "users_email_index";
--> statement-breakpoint
ALTER TABLE "users" DROP COLUMN "email_verified";
--> statement-breakpoint
DROP TYPE "token_purpose";
--> statement-breakpoint
DROP TYPE "mail_kind";
--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_email_unique" UNIQUE ("email");
--> statement-breakpoint
ALTER TABLE "known_places" ADD CONSTRAINT "known_places_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users" ("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users" ("id") ON DELETE cascade ON UPDATE no action;
