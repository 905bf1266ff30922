-- What operators did, and why. An entry of a change is written in the transaction of that change.

create table audit_entry (
    id              bigint       not null auto_increment primary key,
    happened_at     datetime(3)  not null,
    who             varchar(255) not null,
    method          varchar(16)  not null,
    -- Path and query as they came, and never cut: what is cut off could be what matters.
    target          text         not null,
    resource        varchar(200) null,
    amount          varchar(200) null,
    idempotency_key varchar(64)  null,
    reason          varchar(200) null,
    effect          varchar(16)  not null,
    trace_id        char(32)     not null,
    constraint audit_entry_effect_known check (effect in ('CHANGED', 'UNCHANGED', 'READ')),
    constraint audit_entry_has_its_reason check (effect = 'READ' or reason is not null),
    key audit_entry_by_time (happened_at),
    key audit_entry_by_who (who, happened_at)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
