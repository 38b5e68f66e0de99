DROP TABLE novels;
