package io.holdfast.order.neighbour;

import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.neighbour.SaleQuotaClient.Quota;
import java.util.Objects;
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

    /** Sets the quota of a sale apart from normal stock. Call it outside any transaction. */
    public Answer setApart(Sale sale) {
        try {
            client.setApart(
                    sale.id().value(),
                    new Quota(sale.terms().sku().value(), sale.terms().quota()));
            return new Answer.Done();
        } catch (NeighbourProblemException e) {
            NeighbourProblem problem = e.problem();
            if (problem == null || problem.code() == null || e.status() >= 500) {
                return new Answer.Unknown(String.valueOf(e.getMessage()));
            }
            return switch (problem.code()) {
                case "quota-exceeds-stock", "unknown-sku", "sale-quota-differs" ->
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

    /** What stock-svc said. */
    public sealed interface Answer {

        record Done() implements Answer {}

        /** For good. */
        record Refused(String code, String detail) implements Answer {}

        record Unknown(String why) implements Answer {}
    }
}
