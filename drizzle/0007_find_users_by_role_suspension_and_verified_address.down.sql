DROP INDEX "users_verified_email_prefix_index";
--> statement-breakpoint
DROP INDEX "users_role_index";
--> statement-breakpoint
DROP INDEX "users_suspended_index";
