package io.holdfast.comparison;

import java.util.UUID;

/**
 * An order of one kind of goods, on its way through the three services.
 *
 * @param account who pays; each way of ordering has accounts of its own, so that their books can be told apart
 * @param totalMinor in the smallest unit of money
 */
public record Order(String orderId, String account, String key, String sku, int quantity, long totalMinor) {

    /** A piece costs this much. */
    public static final long PRICE_MINOR = 1;

    /**
     * What a buyer sends.
     *
     * @param sku of the goods
     * @param quantity pieces
     */
    public record Wanted(String sku, int quantity) {}

    /**
     * What the buyer is told.
     *
     * @param status as promised
     */
    public record Placed(String orderId, String status) {}

    /** @param way its accounts begin with it */
    public static Order of(String way, String buyer, String key, Wanted wanted) {
        return new Order(
                UUID.randomUUID().toString(),
                way + ":" + buyer,
                key,
                wanted.sku(),
                wanted.quantity(),
                wanted.quantity() * PRICE_MINOR);
    }

    public Placed paid() {
        return new Placed(orderId, "PAID");
    }
}
