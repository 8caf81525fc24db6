-- hearth: loses values of column public.users.email | select count(*) from "users" where "email" is not null
ALTER TABLE "users" DROP CONSTRAINT "users_email_unique";
--> statement-breakpoint
ALTER TABLE "users" DROP COLUMN "email";
