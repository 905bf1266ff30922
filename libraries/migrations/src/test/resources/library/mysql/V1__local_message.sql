-- Messages that were decided in a local transaction and are on their way to Kafka, for MySQL from 8.0.16 on and MariaDB
-- from 10.5 on. A row is written in the same local transaction as the state it speaks of, so neither exists without the
-- other; the sender and the recovery job work on the rows afterwards. May be run again: a table that is there is left alone.
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
    id          varchar(64) character set ascii collate ascii_bin not null,
    -- Kafka's own limit for a topic name
    topic       varchar(249) character set ascii collate ascii_bin not null,
    -- Kafka keeps the order of messages with the same key: the order id.
    message_key varchar(255)  not null,
    -- JSON, bounded to 64 KiB: far below what a broker takes by default, so no message is stuck for its size.
    payload     text          not null,
    status      varchar(9) character set ascii collate ascii_bin not null default 'NEW',
    attempts    int           not null default 0,
    -- Whether a consumer answers it on a result topic. What nobody answers is confirmed by the broker itself.
    awaits_result boolean     not null default false,
    -- When it is to be sent (again) if nothing was heard; null once there is nothing more to do.
    due_at      datetime(3),
    last_error  varchar(1000),
    created_at  datetime(3)   not null,
    modified_at datetime(3)   not null,
    primary key (id),
    -- For the recovery job: what is due, longest overdue first. Settled messages have no due time and are not looked at.
    index local_message_due (status, due_at),
    -- For deleting settled messages by age. A message does not move in it when it is sent.
    index local_message_age (created_at),
    constraint local_message_status check (status in ('NEW', 'SENT', 'CONFIRMED', 'FAILED')),
    constraint local_message_attempts check (attempts >= 0),
    -- An unsettled message without a due time would be forgotten for ever.
    constraint local_message_due_while_open check ((status in ('NEW', 'SENT')) = (due_at is not null))
) engine = InnoDB
  default character set utf8mb4
  collate utf8mb4_bin;

-- Messages that this service has taken, written in the same local transaction as their effect: what comes again has none, and
-- gets the same answer. May be run again, too.
create table if not exists processed_message
(
    message_id   varchar(64) character set ascii collate ascii_bin not null,
    -- Which of the service's consumers took it; each of them does so once.
    consumer     varchar(100) character set ascii collate ascii_bin not null,
    result       text        not null,
    processed_at datetime(3) not null,
    primary key (message_id, consumer),
    -- For deleting by age. A row must outlive every attempt to send its message again.
    index processed_message_age (processed_at)
) engine = InnoDB
  default character set utf8mb4
  collate utf8mb4_bin;
