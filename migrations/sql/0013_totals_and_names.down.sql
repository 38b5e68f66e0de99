DROP INDEX flow_resume_handles_by_status;
DROP TRIGGER async_tasks_changed ON async_tasks;
DROP TRIGGER async_tasks_new ON async_tasks;
DROP FUNCTION count_changed_tasks(), count_new_tasks();
DROP TABLE task_totals;
