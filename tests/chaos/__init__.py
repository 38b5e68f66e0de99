"""The machine that tries to break the studio, and the auditor who trusts only SQL, the broker and Prefect."""
