CREATE TABLE "known_places" (
	"user_id" integer NOT NULL,
	"block" varchar(45) NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "known_places_user_id_block_pk" PRIMARY KEY ("user_id", "block")
);
--> statement-breakpoint
CREATE INDEX "sessions_expires_at_index" ON "sessions" USING btree ("expires_at");
--> statement-breakpoint
CREATE INDEX "known_places_expires_at_index" ON "known_places" USING btree ("expires_at");
--> statement-breakpoint
ALTER TABLE "known_places" ADD CONSTRAINT "known_places_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users" ("id") ON DELETE cascade ON UPDATE no action;
