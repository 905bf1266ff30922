-- Which schema this is, for PostgreSQL from 11 on: beside the fence table, in the database of every service with TCC
-- actions. May be run again, by several one after the other too: the identity that is there stays.
--
-- It travels in the context of every branch. The coordinator sends phase two to any instance with the application id of the
-- one that tried, and two teams' test installations may have the same: whoever finds another identity than its own refuses,
-- before it touches the fence. A dump that is restored elsewhere bears the identity of where it comes from: there, delete
-- the row before the service starts, and the service makes a new one.
create table if not exists tcc_schema_identity
(
    only_row  smallint                not null default 1,
    schema_id varchar(16) collate "C" not null,
    made_at   timestamp(3)            not null,
    constraint tcc_schema_identity_pk primary key (only_row),
    constraint tcc_schema_identity_only_row check (only_row = 1),
    constraint tcc_schema_identity_length check (char_length(schema_id) = 16)
);

insert into tcc_schema_identity (only_row, schema_id, made_at)
values (1, left(md5(random()::text || clock_timestamp()::text || pg_backend_pid()::text || random()::text), 16),
        clock_timestamp() at time zone 'UTC')
on conflict do nothing;
