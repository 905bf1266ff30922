create table goods (sku varchar(20) not null primary key);
