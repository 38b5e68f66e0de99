DROP TABLE session_models;
DROP TABLE model_connections;
