DROP INDEX sent_parts_created;
DROP SCHEMA IF EXISTS analytics CASCADE;
DROP TABLE analytics_roles;
UPDATE users SET role = 'writer' WHERE role = 'analyst';
ALTER TABLE users DROP CONSTRAINT users_role_check,
    ADD CONSTRAINT users_role_check CHECK (role IN ('owner', 'writer'));
