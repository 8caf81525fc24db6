-- hearth: loses rows of table public.sessions | select count(*) from "sessions"
-- hearth: loses rows of table public.sign_in_throttles | select count(*) from "sign_in_throttles"
ALTER TABLE "sessions" DROP CONSTRAINT "sessions_user_id_users_id_fk";
--> statement-breakpoint
DROP TABLE "sessions";
--> statement-breakpoint
DROP TABLE "sign_in_throttles";
