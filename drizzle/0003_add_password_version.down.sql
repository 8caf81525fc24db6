-- hearth: loses values of column public.sessions.password_version | select count(*) from "sessions" where "password_version" is not null
-- hearth: loses values of column public.users.password_version | select count(*) from "users" where "password_version" is not null
ALTER TABLE "sessions" DROP COLUMN "password_version";
--> statement-breakpoint
ALTER TABLE "users" DROP COLUMN "password_version";
