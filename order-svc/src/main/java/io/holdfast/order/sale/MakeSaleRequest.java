package io.holdfast.order.sale;

import io.holdfast.edge.problem.ProblemException;
import io.holdfast.order.model.InvalidValueException;
import io.holdfast.order.model.Money;
import io.holdfast.order.model.SaleTerms;
import io.holdfast.order.model.Sku;
import io.holdfast.order.model.ValidationError;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A sale as it is asked for. Anything may be missing or wrong. */
@Schema(name = "MakeSale")
record MakeSaleRequest(
        @Schema(
                description = "1 to 64 characters out of A-Z a-z 0-9 . _ -",
                example = "apple-1",
                requiredMode = RequiredMode.REQUIRED)
        @Nullable
        String sku,

        @Schema(
                description = "Pieces that are allocated to it, 1 to 1,000,000",
                example = "1000",
                requiredMode = RequiredMode.REQUIRED)
        @Nullable
        Long quota,

        @Schema(description = "Price of one piece", requiredMode = RequiredMode.REQUIRED) @Nullable
        Price unitPrice,

        @Schema(description = "When it opens; at once, if that is past", requiredMode = RequiredMode.REQUIRED) @Nullable
        Instant opensAt,

        @Schema(description = "When it closes; at most 90 days after it opens", requiredMode = RequiredMode.REQUIRED)
        @Nullable
        Instant closesAt,

        @Schema(
                description = "Pieces that one buyer may have, over all orders; not more than the quota",
                example = "1",
                requiredMode = RequiredMode.REQUIRED)
        @Nullable
        Long perBuyerLimit) {

    /** @throws ProblemException that lists all errors */
    SaleTerms terms() {
        List<ValidationError> errors = new ArrayList<>();
        Sku goods = value("sku", sku, Sku::named, errors);
        Money price = value("unitPrice", unitPrice, Price::money, errors);
        Long pieces = value("quota", quota, Function.identity(), errors);
        Long limit = value("perBuyerLimit", perBuyerLimit, Function.identity(), errors);
        if (price != null) {
            SaleTerms.errorIn(price).ifPresent(errors::add);
        }
        // The database keeps milliseconds.
        Instant opens = value("opensAt", opensAt, MakeSaleRequest::inMillis, errors);
        Instant closes = value("closesAt", closesAt, MakeSaleRequest::inMillis, errors);
        if (pieces != null && limit != null && opens != null && closes != null) {
            errors.addAll(SaleTerms.errorsIn(pieces, limit, opens, closes));
        }
        if (goods == null
                || price == null
                || pieces == null
                || limit == null
                || opens == null
                || closes == null
                || !errors.isEmpty()) {
            throw SaleProblems.invalid(errors);
        }
        return new SaleTerms(goods, Math.toIntExact(pieces), price, Math.toIntExact(limit), opens, closes);
    }

    private static Instant inMillis(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS);
    }

    private static <T, V> @Nullable V value(
            String field, @Nullable T raw, Function<T, @Nullable V> make, List<ValidationError> errors) {
        if (raw == null) {
            errors.add(new ValidationError(field, "is missing"));
            return null;
        }
        try {
            return make.apply(raw);
        } catch (InvalidValueException e) {
            errors.add(new ValidationError(field, String.valueOf(e.getMessage())));
            return null;
        }
    }

    @Schema(name = "SalePrice")
    record Price(
            @Schema(
                    description = "In the smallest unit of the currency; above 0",
                    example = "1999",
                    requiredMode = RequiredMode.REQUIRED)
            @Nullable
            Long minor,

            @Schema(description = "ISO 4217 code", example = "CNY", requiredMode = RequiredMode.REQUIRED) @Nullable
            String currency) {

        Money money() {
            if (minor == null || currency == null) {
                throw new InvalidValueException("must have both minor and currency");
            }
            return new Money(minor, currency);
        }
    }
}
