package io.holdfast.tcc.sql;

import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import java.util.List;

class PostgresScriptsTest extends SqlScriptsTest {

    @Override
    TestDatabase database() {
        return TestDatabase.postgres();
    }

    @Override
    String tableOfSeata() {
        return """
                create table tcc_fence_log (
                    xid varchar(128) not null,
                    branch_id bigint not null,
                    action_name varchar(64) not null,
                    status smallint not null,
                    gmt_create timestamp(3) not null,
                    gmt_modified timestamp(3) not null,
                    constraint pk_tcc_fence_log primary key (xid, branch_id)
                );
                create index idx_gmt_modified on tcc_fence_log (gmt_modified);
                create index idx_status on tcc_fence_log (status);
                """;
    }

    @Override
    List<String> structureOfFenceTable() {
        return List.of("""
                select ordinal_position, column_name, data_type, character_maximum_length, datetime_precision,
                    is_nullable, column_default, collation_name
                from information_schema.columns where table_name like 'tcc%' order by table_name, ordinal_position
                """, """
                select indexdef, indisvalid from pg_indexes join pg_index on indexrelid = indexname::regclass
                where tablename like 'tcc%' order by indexname
                """, """
                select conname, pg_get_constraintdef(oid), convalidated from pg_constraint
                where conrelid in ('tcc_fence_log'::regclass, to_regclass('tcc_audit'), to_regclass('tcc_paused_action'),
                    to_regclass('tcc_attempt'))
                order by conname
                """);
    }
}
