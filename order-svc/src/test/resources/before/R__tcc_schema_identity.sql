-- Which schema this is, for MySQL from 8.0.16 on and MariaDB from 10.6 on: beside the fence table, in the database of every
-- service with TCC actions. May be run again, by several at once too: the identity that is there stays.
--
-- It travels in the context of every branch. The coordinator sends phase two to any instance with the application id of the
-- one that tried, and two teams' test installations may have the same: whoever finds another identity than its own refuses,
-- before it touches the fence. A dump that is restored elsewhere bears the identity of where it comes from: there, delete
-- the row before the service starts, and the service makes a new one.
create table if not exists tcc_schema_identity
(
    only_row  tinyint                                           not null default 1,
    schema_id varchar(16) character set ascii collate ascii_bin not null,
    made_at   datetime(3)                                       not null,
    primary key (only_row),
    constraint tcc_schema_identity_only_row check (only_row = 1),
    constraint tcc_schema_identity_length check (char_length(schema_id) = 16)
) engine = InnoDB
  default character set utf8mb4
  collate utf8mb4_bin;

insert ignore into tcc_schema_identity (only_row, schema_id, made_at)
values (1, left(sha2(concat(uuid(), '/', rand(), '/', connection_id()), 256), 16), utc_timestamp(3));
