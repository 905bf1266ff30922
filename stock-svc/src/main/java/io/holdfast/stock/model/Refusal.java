package io.holdfast.stock.model;

/**
 * Why an order cannot be served.
 *
 * @param sku the first SKU, in their order, of which there is not enough
 * @param available how much of it the order could have had, in its place of the list
 */
public record Refusal(OrderId order, Reason reason, Sku sku, long available, String detail) {

    public enum Reason {
        /** The SKU exists and there is too little of it. */
        OUT_OF_STOCK("out-of-stock"),
        /** Nothing was ever received under that SKU. */
        INVALID_ORDER("invalid-order");

        private final String code;

        Reason(String code) {
            this.code = code;
        }

        /** The word that callers see; it never changes. */
        public String code() {
            return code;
        }
    }

    static Refusal outOfStock(OrderId order, Sku sku, Quantity wanted, long available) {
        String detail = "Of " + sku.plain() + " are " + available + " available, and " + wanted + " wanted.";
        return new Refusal(order, Reason.OUT_OF_STOCK, sku, available, detail);
    }

    static Refusal unknown(OrderId order, Sku sku) {
        return new Refusal(order, Reason.INVALID_ORDER, sku, 0, "There is no SKU " + sku.plain() + ".");
    }
}
