-- hearth: loses rows of table public.known_places | select count(*) from "known_places"
DROP TABLE "known_places";
--> statement-breakpoint
DROP INDEX "sessions_expires_at_index";
