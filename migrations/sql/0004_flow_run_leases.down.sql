DROP TABLE flow_run_leases;
