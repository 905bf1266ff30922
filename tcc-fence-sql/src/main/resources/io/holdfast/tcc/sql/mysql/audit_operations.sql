-- The operations that tcc_audit takes, for MySQL from 8.0.19 on and MariaDB from 10.6 on: what people did, and what a
-- service decided by itself about branches whose end nobody had asked for. May be run again.
alter table tcc_audit
    drop constraint tcc_audit_operation,
    add constraint tcc_audit_operation check (operation in
        ('RETRY', 'RESOLVE', 'PAUSE', 'RESUME', 'ORPHAN_CONFIRM', 'ORPHAN_CANCEL', 'ORPHAN_LEFT'));
