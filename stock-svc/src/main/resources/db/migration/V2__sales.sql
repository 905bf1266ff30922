-- What is set apart for a sale is a SKU of its own, <sku>@<sale>, with a row in stock like any other.

alter table stock modify sku varchar(101) not null;
alter table reservation modify sku varchar(101) not null;

create table sale_quota (
    sale_id      varchar(36) not null primary key,
    sku          varchar(64) not null,
    quota        bigint      not null,
    -- SET_APART: the sale may sell it. RETURNED: what the sale has not sold, and what comes back to it later, is normal stock.
    status       varchar(16) not null,
    set_apart_at datetime(3) not null,
    returned_at  datetime(3) null,
    constraint sale_quota_positive check (quota > 0),
    constraint sale_quota_status_known check (status in ('SET_APART', 'RETURNED')),
    constraint sale_quota_returned check ((status = 'RETURNED') = (returned_at is not null))
) engine = InnoDB default character set ascii collate ascii_bin;
