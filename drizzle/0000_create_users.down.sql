-- hearth: loses rows of table public.users | select count(*) from "users"
DROP TABLE "users";
--> statement-breakpoint
DROP TYPE "user_role";
