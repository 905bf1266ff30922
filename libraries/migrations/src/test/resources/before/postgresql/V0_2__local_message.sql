-- Messages that were decided in a local transaction and are on their way to Kafka, for PostgreSQL from 11 on. A row is
-- written in the same local transaction as the state it speaks of, so neither exists without the other; the sender and the
-- recovery job work on the rows afterwards. May be run again: a table that is there is left alone.
--
--   NEW -- taken by the broker --> SENT -- result received --> CONFIRMED
--   NEW -- taken by the broker --> CONFIRMED, for a message that nobody answers: an event
--   NEW or SENT and due: sent again, later each time; after too many attempts FAILED, for a person to look at.
--
-- Every time is UTC and comes from the service's clock.
create table if not exists local_message
(
    -- Chosen by the sender. Consumers remember it, so it never changes. Made from what the message is about, writing the
    -- same message twice is refused here; otherwise a time-ordered UUID keeps inserts at one end of the index.
    id          varchar(64) collate "C"  not null,
    -- Kafka's own limit for a topic name
    topic       varchar(249) collate "C" not null,
    -- Kafka keeps the order of messages with the same key: the order id.
    message_key varchar(255)             not null,
    -- JSON, bounded to 64 KiB: far below what a broker takes by default, so no message is stuck for its size.
    payload     text                     not null,
    status      varchar(9) collate "C"   not null default 'NEW',
    attempts    integer                  not null default 0,
    -- Whether a consumer answers it on a result topic. What nobody answers is confirmed by the broker itself.
    awaits_result boolean                  not null default false,
    -- When it is to be sent (again) if nothing was heard; null once there is nothing more to do.
    due_at      timestamp(3),
    last_error  varchar(1000),
    created_at  timestamp(3)             not null,
    modified_at timestamp(3)             not null,
    constraint local_message_pk primary key (id),
    constraint local_message_status check (status in ('NEW', 'SENT', 'CONFIRMED', 'FAILED')),
    constraint local_message_attempts check (attempts >= 0),
    constraint local_message_payload check (octet_length(payload) <= 65535),
    -- An unsettled message without a due time would be forgotten for ever.
    constraint local_message_due_while_open check ((status in ('NEW', 'SENT')) = (due_at is not null))
);

-- For the recovery job: what is due, longest overdue first. Settled messages have no due time and are not looked at.
create index if not exists local_message_due on local_message (status, due_at);
-- For deleting settled messages by age. A message does not move in it when it is sent.
create index if not exists local_message_age on local_message (created_at);

-- Messages that this service has taken, written in the same local transaction as their effect: what comes again has none, and
-- gets the same answer. May be run again, too.
create table if not exists processed_message
(
    message_id   varchar(64) collate "C"  not null,
    -- Which of the service's consumers took it; each of them does so once.
    consumer     varchar(100) collate "C" not null,
    result       text                     not null,
    processed_at timestamp(3)             not null,
    constraint processed_message_pk primary key (message_id, consumer)
);

-- For deleting by age. A row must outlive every attempt to send its message again.
create index if not exists processed_message_age on processed_message (processed_at);
