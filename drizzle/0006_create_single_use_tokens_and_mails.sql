ALTER TABLE "known_places" DROP CONSTRAINT "known_places_user_id_users_id_fk";
--> statement-breakpoint
ALTER TABLE "sessions" DROP CONSTRAINT "sessions_user_id_users_id_fk";
--> statement-breakpoint
ALTER TABLE "users" DROP CONSTRAINT "users_email_unique";
--> statement-breakpoint
CREATE TYPE "token_purpose" AS ENUM ('password_reset', 'email_verification');
--> statement-breakpoint
CREATE TYPE "mail_kind" AS ENUM ('password_reset', 'email_verification', 'email_changed');
--> statement-breakpoint
CREATE TABLE "one_time_tokens" (
	"user_id" integer NOT NULL,
	"purpose" "token_purpose" NOT NULL,
	"digest" varchar(43) NOT NULL,
	"sent_to" varchar(254),
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "one_time_tokens_user_id_purpose_pk" PRIMARY KEY ("user_id", "purpose"),
	CONSTRAINT "one_time_tokens_digest_unique" UNIQUE ("digest")
);
--> statement-breakpoint
CREATE TABLE "mails" (
	"id" integer NOT NULL GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME "mails_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"user_id" integer NOT NULL,
	"kind" "mail_kind" NOT NULL,
	"address" varchar(254) NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp (3) with time zone DEFAULT now(),
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "mails_pkey" PRIMARY KEY ("id")
);
--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "email_verified" boolean DEFAULT false NOT NULL;
--> statement-breakpoint
CREATE UNIQUE INDEX "users_verified_email_unique" ON "users" USING btree ("email") WHERE "users"."email_verified";
--> statement-breakpoint
CREATE INDEX "users_email_index" ON "users" USING btree ("email");
--> statement-breakpoint
CREATE INDEX "mails_due_at_index" ON "mails" USING btree ("due_at");
--> statement-breakpoint
CREATE INDEX "mails_address_index" ON "mails" USING btree ("address", "created_at");
--> statement-breakpoint
CREATE INDEX "mails_created_at_index" ON "mails" USING btree ("created_at");
--> statement-breakpoint
CREATE INDEX "mails_user_id_index" ON "mails" USING btree ("user_id");
--> statement-breakpoint
ALTER TABLE "known_places" ADD CONSTRAINT "known_places_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users" ("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users" ("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "one_time_tokens" ADD CONSTRAINT "one_time_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users" ("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "mails" ADD CONSTRAINT "mails_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users" ("id") ON DELETE cascade ON UPDATE no action;
