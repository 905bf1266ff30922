-- What was refused for a sale stays refused, whoever asks again and however late: a request that was on its way for long must not set
-- goods apart for a sale that has been given up.

alter table sale_quota
    -- REFUSED, at set_apart_at: nothing was ever set apart for the sale.
    drop constraint sale_quota_status_known,
    add constraint sale_quota_status_known check (status in ('SET_APART', 'RETURNED', 'REFUSED')),
    -- Why: quota-exceeds-stock, with how many were available, or unknown-sku.
    add column refused_as varchar(40) null,
    add column available  bigint      null,
    add constraint sale_quota_refused check ((status = 'REFUSED') = (refused_as is not null)
        and (available is not null) = (coalesce(refused_as, '') = 'quota-exceeds-stock')),
    add key ix_sale_quota_status (status, sale_id);
