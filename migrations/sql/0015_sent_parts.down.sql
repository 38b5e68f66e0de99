DROP TABLE sent_parts;
