-- Parts of a large content as they come, with what they have used and the hash of what they were written from: whoever
-- goes on with the work asks only for the rest.
ALTER TABLE async_tasks ADD COLUMN parts JSONB;
