-- All text here is ids and codes, so it is compared byte by byte and indexed at one byte a character.

-- What every charge is now. The card token is not kept, here or anywhere.
create table charge (
    id          varchar(40) not null primary key,
    reference   varchar(64) not null,
    amount      bigint      not null,
    currency    char(3)     not null,
    status      varchar(16) not null,
    declined_as varchar(32) null,
    created_at  datetime(3) not null,
    changed_at  datetime(3) not null,
    key charge_of_reference (reference, created_at),
    constraint charge_amount_positive check (amount > 0),
    constraint charge_status_known check (status in ('AUTHORIZED', 'CAPTURED', 'VOIDED', 'REFUNDED', 'DECLINED')),
    constraint charge_declined_for_a_reason check ((status = 'DECLINED') = (declined_as is not null))
) engine = InnoDB default character set ascii collate ascii_bin;

-- How it came to that: one entry for each request that was decided, written in the same transaction as its effect. It is also
-- the memory of the idempotency keys: what a key was answered with is read from its entry.
create table ledger_entry (
    entry_no        bigint      not null auto_increment primary key,
    idempotency_key varchar(64) not null,
    -- SHA-256 of what was asked, so that a key that comes with another request is noticed.
    fingerprint     char(64)    not null,
    charge_id       varchar(40) not null,
    reference       varchar(64) not null,
    operation       varchar(16) not null,
    amount          bigint      not null,
    currency        char(3)     not null,
    effect          varchar(16) not null,
    refusal         varchar(32) null,
    -- What the charge was after this entry.
    charge_status   varchar(16) not null,
    created_at      datetime(3) not null,
    effect_once     varchar(16) generated always as (nullif(effect, 'NONE')) stored,
    unique key ledger_one_entry_per_key (idempotency_key),
    -- A charge is captured, voided and refunded once at most, whatever the program believes.
    unique key ledger_one_effect_of_a_kind (charge_id, effect_once),
    key ledger_of_reference (reference, entry_no),
    constraint ledger_amount_positive check (amount > 0),
    constraint ledger_effect_of_its_operation check (effect = 'NONE'
        or (operation = 'AUTHORIZE' and effect = 'AUTHORIZED')
        or (operation = 'CAPTURE' and effect = 'CAPTURED')
        or (operation = 'VOID' and effect = 'VOIDED')
        or (operation = 'REFUND' and effect = 'REFUNDED')),
    constraint ledger_operation_known check (operation in ('AUTHORIZE', 'CAPTURE', 'VOID', 'REFUND')),
    constraint ledger_effect_or_refusal check ((effect = 'NONE') = (refusal is not null)),
    constraint ledger_status_is_the_effect check (effect = 'NONE' or charge_status = effect)
) engine = InnoDB default character set ascii collate ascii_bin;

create trigger ledger_entry_is_not_changed before update on ledger_entry for each row
    signal sqlstate '45000' set message_text = 'the ledger is append-only';

create trigger ledger_entry_is_not_deleted before delete on ledger_entry for each row
    signal sqlstate '45000' set message_text = 'the ledger is append-only';
