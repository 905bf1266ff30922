-- What the reconciler of a service remembers, for PostgreSQL from 11 on: its checks, and what they found. May be run again: a
-- table that is there is left alone. Every time is UTC and comes from the service's clock.
create table if not exists reconciliation_check
(
    check_name   varchar(64) collate "C" not null,
    -- Who looks at it now, and until when others leave it to them. Whoever has lost it may write nothing of what was found.
    leased_by    varchar(80) collate "C",
    leased_until timestamp(3),
    -- The last look, and the last one that could look at everything.
    run_at       timestamp(3),
    completed_at timestamp(3),
    outcome      varchar(16) collate "C",
    error        varchar(500),
    millis       bigint                  not null,
    looked       bigint                  not null,
    -- Where the next look goes on, if one look cannot see everything.
    cursor_at    varchar(255)            not null,
    -- Lines of name=number: what the check measured by the way.
    figures      varchar(2000)           not null,
    constraint reconciliation_check_pk primary key (check_name),
    constraint reconciliation_check_outcome check (outcome in ('COMPLETED', 'NOT_COMPLETED', 'FAILED')),
    constraint reconciliation_check_lease check ((leased_by is null) = (leased_until is null)),
    constraint reconciliation_check_ran check ((run_at is null) = (outcome is null))
);

create table if not exists reconciliation_finding
(
    check_name varchar(64) collate "C"  not null,
    subject    varchar(190) collate "C" not null,
    -- SUSPECTED was seen once, OPEN in two looks one after the other, CLOSED is over.
    state      varchar(10) collate "C"  not null,
    detail     varchar(1000)            not null,
    first_seen timestamp(3)             not null,
    last_seen  timestamp(3)             not null,
    times_seen integer                  not null,
    mended_at  timestamp(3),
    mend       varchar(1000),
    closed_at  timestamp(3),
    constraint reconciliation_finding_pk primary key (check_name, subject),
    constraint reconciliation_finding_state check (state in ('SUSPECTED', 'OPEN', 'CLOSED')),
    constraint reconciliation_finding_closed check ((state = 'CLOSED') = (closed_at is not null)),
    constraint reconciliation_finding_mended check ((mended_at is null) = (mend is null))
);

-- For people, the oldest first; and for forgetting what is over.
create index if not exists reconciliation_finding_by_state on reconciliation_finding (state, first_seen);
