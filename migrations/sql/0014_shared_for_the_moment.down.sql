DROP TABLE rate_windows;
DROP TABLE presences;
