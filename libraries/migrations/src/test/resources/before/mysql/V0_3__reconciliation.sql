-- What the reconciler of a service remembers, for MySQL from 8.0.16 on and MariaDB from 10.5 on: its checks, and what they
-- found. May be run again: a table that is there is left alone. Every time is UTC and comes from the service's clock.
create table if not exists reconciliation_check
(
    check_name   varchar(64) character set ascii collate ascii_bin not null,
    -- Who looks at it now, and until when others leave it to them. Whoever has lost it may write nothing of what was found.
    leased_by    varchar(80) character set ascii collate ascii_bin,
    leased_until datetime(3),
    -- The last look, and the last one that could look at everything.
    run_at       datetime(3),
    completed_at datetime(3),
    outcome      varchar(16) character set ascii collate ascii_bin,
    error        varchar(500),
    millis       bigint        not null,
    looked       bigint        not null,
    -- Where the next look goes on, if one look cannot see everything.
    cursor_at    varchar(255)  not null,
    -- Lines of name=number: what the check measured by the way.
    figures      varchar(2000) not null,
    primary key (check_name),
    constraint reconciliation_check_outcome check (outcome in ('COMPLETED', 'NOT_COMPLETED', 'FAILED')),
    constraint reconciliation_check_lease check ((leased_by is null) = (leased_until is null)),
    constraint reconciliation_check_ran check ((run_at is null) = (outcome is null))
) engine = InnoDB
  default character set utf8mb4
  collate utf8mb4_bin;

create table if not exists reconciliation_finding
(
    check_name varchar(64) character set ascii collate ascii_bin  not null,
    subject    varchar(190) character set ascii collate ascii_bin not null,
    -- SUSPECTED was seen once, OPEN in two looks one after the other, CLOSED is over.
    state      varchar(10) character set ascii collate ascii_bin  not null,
    detail     varchar(1000) not null,
    first_seen datetime(3)   not null,
    last_seen  datetime(3)   not null,
    times_seen int           not null,
    mended_at  datetime(3),
    mend       varchar(1000),
    closed_at  datetime(3),
    primary key (check_name, subject),
    -- For people, the oldest first; and for forgetting what is over.
    index reconciliation_finding_by_state (state, first_seen),
    constraint reconciliation_finding_state check (state in ('SUSPECTED', 'OPEN', 'CLOSED')),
    constraint reconciliation_finding_closed check ((state = 'CLOSED') = (closed_at is not null)),
    constraint reconciliation_finding_mended check ((mended_at is null) = (mend is null))
) engine = InnoDB
  default character set utf8mb4
  collate utf8mb4_bin;
