package io.holdfast.order.downstream;

import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/**
 * Calls each client once before readiness is reported: its load balancer, its connections and its JSON are set up by the first
 * call, which takes a second that no buyer should wait for.
 *
 * <p>The calls ask for nothing, and are refused. A downstream service may be down: that is no reason not to start, for order-svc can show
 * orders without it. Each call is bounded by the client's own timeouts.
 */
@Component
class DownstreamWarmUp implements ApplicationRunner {

    private static final Logger log = LoggerFactory.getLogger(DownstreamWarmUp.class);
    private static final String NO_XID = "warm-up";

    private final Map<String, Runnable> calls;

    DownstreamWarmUp(
            ReservationClient reservation,
            PaymentClient payment,
            StockBranchesClient stockBranches,
            PaymentBranchesClient paymentBranches,
            StockStatesClient stockStates,
            PaymentStatesClient paymentStates,
            SaleQuotaClient quotas) {
        this.calls = Map.of(
                "stock-svc reservations", () -> reservation.reserve(new ReservationClient.Reservations(List.of())),
                "stock-svc branches", () -> stockBranches.branchesOf(NO_XID),
                "payment-svc payments", () -> payment.open(new PaymentClient.PaymentsToOpen(null, List.of())),
                "payment-svc outcomes", () -> payment.outcomes(new PaymentClient.OutcomesOf(NO_XID, List.of())),
                "payment-svc branches", () -> paymentBranches.branchesOf(NO_XID),
                "stock-svc states", () -> stockStates.statesOf(new StockStatesClient.StatesOf(List.of())),
                "payment-svc states", () -> paymentStates.statesOf(new PaymentStatesClient.StatesOf(List.of())),
                "stock-svc quotas", () -> quotas.giveBack(NO_XID));
    }

    @Override
    public void run(ApplicationArguments arguments) {
        calls.forEach(DownstreamWarmUp::call);
    }

    private static void call(String name, Runnable call) {
        try {
            call.run();
            log.info("Warm-up: {} answered", name);
        } catch (DownstreamProblemException e) {
            log.info("Warm-up: {} {}", name, e.getMessage());
        } catch (RuntimeException e) {
            log.warn("Warm-up: {} cannot be reached yet: {}", name, e.toString());
        }
    }
}
