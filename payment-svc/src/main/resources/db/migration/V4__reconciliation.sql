-- For the comparison with the gateway: charges in the order of their last change, and those of an order.
create index charge_changed on card_charge (changed_at, charge_key);
create index charge_of_order on card_charge (order_id);
