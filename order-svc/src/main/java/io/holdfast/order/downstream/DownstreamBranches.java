package io.holdfast.order.downstream;

import io.holdfast.tcc.branch.BranchRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** What happened to a global transaction in the downstream services, as far as they answer. */
@Component
public class DownstreamBranches {

    private static final Logger log = LoggerFactory.getLogger(DownstreamBranches.class);

    private final StockBranchesClient stock;
    private final PaymentBranchesClient payment;

    DownstreamBranches(StockBranchesClient stock, PaymentBranchesClient payment) {
        this.stock = stock;
        this.payment = payment;
    }

    /** @return what could be learned; a downstream service that does not answer is named, for reading an order never fails of it */
    public Found of(String xid) {
        Found found = new Found(new ArrayList<>(), new ArrayList<>());
        ask("payment-svc", () -> payment.branchesOf(xid), found);
        ask("stock-svc", () -> stock.branchesOf(xid), found);
        return found;
    }

    private static void ask(String service, Supplier<List<BranchRecord>> call, Found found) {
        try {
            found.branches().addAll(call.get());
        } catch (RuntimeException e) {
            log.info("{} did not answer with its branches: {}", service, e.toString());
            found.silent().add(service);
        }
    }

    /** @param silent the services that did not answer */
    public record Found(List<BranchRecord> branches, List<String> silent) {}
}
