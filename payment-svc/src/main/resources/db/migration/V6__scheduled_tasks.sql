-- What db-scheduler has to do, and when. Voids and refunds: the task's instance is the charge_key of void_or_refund, which stays the
-- record of what is owed. Times are UTC. A row of void_or_refund that is due and has no task gets one when the service has started.
-- void_or_refund.due_at is only read by instances of the version before, as long as there are any.

create table scheduled_tasks (
    task_name            varchar(100) not null,
    task_instance        varchar(100) not null,
    task_data            blob         null,
    execution_time       datetime(6)  not null,
    picked               boolean      not null,
    picked_by            varchar(50)  null,
    last_success         datetime(6)  null,
    last_failure         datetime(6)  null,
    consecutive_failures int          null,
    last_heartbeat       datetime(6)  null,
    version              bigint       not null,
    priority             smallint     null,
    primary key (task_name, task_instance),
    key scheduled_tasks_due (execution_time),
    key scheduled_tasks_heartbeat (last_heartbeat)
) engine = InnoDB default character set ascii collate ascii_bin;
