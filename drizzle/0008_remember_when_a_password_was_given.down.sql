-- hearth: loses values of column public.sessions.confirmed_at | select count(*) from "sessions" where "confirmed_at" is not null
ALTER TABLE "sessions" DROP COLUMN "confirmed_at";
