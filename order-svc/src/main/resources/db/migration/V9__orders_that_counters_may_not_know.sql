-- Redis may be away while an order of a sale is placed, and be back with what it knew before. When that last happened: until the
-- counters are compared with the orders after that, whoever is refused by them is looked for in the orders first.

alter table sale
    add column uncounted_at datetime(3) null,
    add key ix_sale_uncounted (uncounted_at);
