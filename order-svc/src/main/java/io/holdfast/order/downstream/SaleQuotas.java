package io.holdfast.order.downstream;

import io.holdfast.order.downstream.DownstreamStates.DownstreamUnavailableException;
import io.holdfast.order.downstream.SaleQuotaClient.Quota;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** stock-svc, as far as the quotas of sales go. Whatever is unknown may be asked for again. */
@Component
public class SaleQuotas {

    private static final Logger log = LoggerFactory.getLogger(SaleQuotas.class);

    private final SaleQuotaClient client;

    SaleQuotas(SaleQuotaClient client) {
        this.client = client;
    }

    /** Allocates the quota of a sale from normal stock. Call it outside any transaction. */
    public Answer allocate(Sale sale) {
        try {
            client.allocate(
                    sale.id().value(),
                    new Quota(sale.terms().sku().value(), sale.terms().quota()));
            return new Answer.Done();
        } catch (DownstreamProblemException e) {
            DownstreamProblem problem = e.problem();
            if (problem == null || problem.code() == null || e.status() >= 500) {
                return new Answer.Unknown(String.valueOf(e.getMessage()));
            }
            return switch (problem.code()) {
                // The last: of goods that nobody can name any more, as a release of before took them.
                case "quota-exceeds-stock", "unknown-sku", "sale-quota-differs", "invalid-request" ->
                    new Answer.Refused(
                            problem.code(),
                            Objects.requireNonNullElse(problem.detail(), "The quota cannot be set apart."));
                default -> new Answer.Unknown(String.valueOf(e.getMessage()));
            };
        } catch (RuntimeException e) {
            return new Answer.Unknown(e.toString());
        }
    }

    /** Gives back what the sale has not sold. @return false if it is not known to be done */
    public boolean giveBack(SaleId sale) {
        try {
            client.giveBack(sale.value());
            return true;
        } catch (RuntimeException e) {
            log.warn("The quota of sale {} is not known to be given back yet: {}", sale, e.toString());
            return false;
        }
    }

    /**
     * What is allocated to sales and was not returned, in the order of their ids.
     *
     * @param after the sale that the last page ended with; null for the first page
     * @param size of the page; one that is not full is the last one
     * @throws DownstreamUnavailableException if stock-svc does not answer, or not in a way that can be understood
     */
    public List<Allocated> allocatedAfter(@Nullable String after, int size) {
        List<SaleQuotaClient.@Nullable Allocated> quotas;
        try {
            quotas = client.allocated(after, size).quotas();
        } catch (RuntimeException e) {
            throw new DownstreamUnavailableException("stock-svc did not list the allocations to sales: "
                    + e.getClass().getSimpleName());
        }
        if (quotas == null) {
            throw new DownstreamUnavailableException("stock-svc listed no allocations to sales");
        }
        return quotas.stream().map(SaleQuotas::known).toList();
    }

    private static Allocated known(SaleQuotaClient.@Nullable Allocated quota) {
        if (quota == null || quota.saleId() == null || quota.sku() == null || quota.setApartAt() == null) {
            throw new DownstreamUnavailableException("stock-svc listed a quota without sale, SKU or time");
        }
        return new Allocated(quota.saleId(), quota.sku(), quota.quota(), quota.setApartAt());
    }

    /** @param sale as stock-svc knows it, whether there is one or not */
    public record Allocated(String sale, String sku, long quota, Instant since) {}

    /** What stock-svc answered to a request to allocate a quota. */
    public sealed interface Answer {

        /** Runs what is given for this answer; whoever asks has to think of all of them. */
        void handle(Runnable done, Consumer<Refused> refused, Consumer<Unknown> unknown);

        record Done() implements Answer {

            @Override
            public void handle(Runnable done, Consumer<Refused> refused, Consumer<Unknown> unknown) {
                done.run();
            }
        }

        /** For good. */
        record Refused(String code, String detail) implements Answer {

            @Override
            public void handle(Runnable done, Consumer<Refused> refused, Consumer<Unknown> unknown) {
                refused.accept(this);
            }
        }

        record Unknown(String why) implements Answer {

            @Override
            public void handle(Runnable done, Consumer<Refused> refused, Consumer<Unknown> unknown) {
                unknown.accept(this);
            }
        }
    }
}
