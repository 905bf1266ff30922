package io.holdfast.tcc.sql;

import java.util.List;

/** What MariaDB and MySQL have in common. */
abstract class MySqlFamilyScriptsTest extends SqlScriptsTest {

    @Override
    String tableOfSeata() {
        return """
                create table tcc_fence_log (
                    xid varchar(128) not null comment 'global id',
                    branch_id bigint not null comment 'branch id',
                    action_name varchar(64) not null comment 'action name',
                    status tinyint not null comment 'tried 1, committed 2, rollbacked 3, suspended 4',
                    gmt_create datetime(3) not null comment 'create time',
                    gmt_modified datetime(3) not null comment 'update time',
                    primary key (xid, branch_id),
                    key idx_gmt_modified (gmt_modified),
                    key idx_status (status)
                ) engine = InnoDB default charset = utf8mb4;
                """;
    }

    @Override
    List<String> structureOfFenceTable() {
        return List.of("""
                select ordinal_position, column_name, column_type, is_nullable, column_default, character_set_name,
                    collation_name
                from information_schema.columns
                where table_schema = database() and table_name like 'tcc%' order by table_name, ordinal_position
                """, """
                select index_name, seq_in_index, column_name, non_unique from information_schema.statistics
                where table_schema = database() and table_name like 'tcc%' order by table_name, index_name, seq_in_index
                """, """
                select constraint_name, check_clause from information_schema.check_constraints
                where constraint_schema = database() order by constraint_name
                """, """
                select engine, table_collation from information_schema.tables
                where table_schema = database() and table_name like 'tcc%' order by table_name
                """);
    }
}
