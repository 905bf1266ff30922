package io.holdfast.order.store;

import io.holdfast.order.model.Order;
import java.util.List;

/** @param total how many orders there are on all pages */
public record OrderPage(List<Order> orders, long total) {}
