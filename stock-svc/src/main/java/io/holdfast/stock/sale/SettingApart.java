package io.holdfast.stock.sale;

/** What became of a request to set goods apart for a sale. */
sealed interface SettingApart {

    /** They are set apart, by this request or by the same one before. */
    record Done() implements SettingApart {}

    /** There are not that many; nothing moved. */
    record TooFew(long available) implements SettingApart {}

    /** Nothing was ever received under that SKU. */
    record UnknownSku() implements SettingApart {}

    /** The sale has another quota, or had one that was returned; nothing moved. */
    record Otherwise() implements SettingApart {}
}
