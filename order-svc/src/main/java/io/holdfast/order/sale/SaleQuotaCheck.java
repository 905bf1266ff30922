package io.holdfast.order.sale;

import io.holdfast.order.downstream.DownstreamStates.DownstreamUnavailableException;
import io.holdfast.order.downstream.SaleQuotas;
import io.holdfast.order.downstream.SaleQuotas.Allocated;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.model.SaleStage;
import io.holdfast.reconciliation.Check;
import io.holdfast.reconciliation.CheckResult;
import io.holdfast.reconciliation.CheckState;
import io.holdfast.reconciliation.Finding;
import io.holdfast.reconciliation.Grace;
import io.holdfast.reconciliation.NotCompletedException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Whatever stock-svc has allocated belongs to a sale that sells it, or will. The quota of a sale that was refused or is over is given
 * back. For a sale that does not exist here, a person has to find out whose quota it is.
 */
@Component
class SaleQuotaCheck implements Check {

    private static final int PAGE = 500;

    /** Far more than there can be sales at a time. */
    private static final int MAX_PAGES = 20;

    private static final int MAX_FINDINGS = 200;

    private final SaleQuotas quotas;
    private final SaleRepository repository;
    private final Grace grace;
    private final Clock clock;

    SaleQuotaCheck(SaleQuotas quotas, SaleRepository repository, Grace grace, Clock clock) {
        this.quotas = quotas;
        this.repository = repository;
        this.grace = grace;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "quotas-have-sales";
    }

    @Override
    public String invariant() {
        return "I1";
    }

    @Override
    public String sentence() {
        return "what is set apart of the stock is for a sale that sells it or will";
    }

    @Override
    public CheckResult run(CheckState state) {
        Instant before = clock.instant().minus(grace.time());
        List<Finding> findings = new ArrayList<>();
        String last = null;
        long compared = 0;
        boolean more = true;
        for (int page = 0; more && page < MAX_PAGES && findings.size() < MAX_FINDINGS; page++) {
            List<Allocated> next = after(last);
            // The quotas first and the sales after them: a sale is written down before anything is set apart for it.
            Map<String, SaleStage> stages =
                    repository.stages(next.stream().map(Allocated::sale).toList());
            next.stream()
                    .filter(quota -> quota.since().isBefore(before))
                    .map(quota -> compare(quota, stages.get(quota.sale())))
                    .flatMap(Optional::stream)
                    .forEach(findings::add);
            compared += next.size();
            more = next.size() == PAGE;
            last = next.isEmpty() ? last : next.get(next.size() - 1).sale();
        }
        return new CheckResult(findings, !more, "", compared, new TreeMap<>());
    }

    private List<Allocated> after(@Nullable String last) {
        try {
            return quotas.allocatedAfter(last, PAGE);
        } catch (DownstreamUnavailableException e) {
            throw new NotCompletedException(e.getMessage());
        }
    }

    private Optional<Finding> compare(Allocated quota, @Nullable SaleStage stage) {
        String what = quota.quota() + " of " + quota.sku() + " are set apart since " + quota.since();
        if (stage == null) {
            return Optional.of(new Finding(quota.sale(), what + " for a sale that there is none of"));
        }
        return switch (stage) {
            case PREPARING, READY, PAUSED, CLOSING -> Optional.empty();
            case REFUSED, CLOSED ->
                Optional.of(
                        new Finding(quota.sale(), what + " for a sale that is " + stage, () -> giveBack(quota.sale())));
        };
    }

    private String giveBack(String sale) {
        return quotas.giveBack(new SaleId(sale))
                ? "stock-svc has them back"
                : "stock-svc did not say that it has them back";
    }
}
