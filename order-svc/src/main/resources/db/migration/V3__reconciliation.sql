-- For the comparison with stock and payments: orders in the order in which they ended.
create index ix_orders_decided on orders (decided_at, order_id);
