CREATE INDEX "users_verified_email_prefix_index" ON "users" USING btree ("email" varchar_pattern_ops) WHERE "users"."email_verified";
--> statement-breakpoint
CREATE INDEX "users_role_index" ON "users" USING btree ("role", "id");
--> statement-breakpoint
CREATE INDEX "users_suspended_index" ON "users" USING btree ("suspended", "id");
