package io.holdfast.payment.capture;

import io.holdfast.edge.startup.WarmUp;
import io.holdfast.payment.account.Funds;
import io.holdfast.payment.model.BuyerId;
import io.holdfast.payment.model.Money;
import io.holdfast.payment.model.OrderId;
import io.holdfast.payment.model.PaymentMethod;
import io.holdfast.payment.model.PaymentRequest;
import io.holdfast.payment.model.PaymentStatus;
import java.util.List;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A payment from a wallet is opened and captured once before payment-svc is ready, in a transaction that is rolled back. */
@Configuration(proxyBeanMethods = false)
class PaymentWarmUp {

    private static final String NO_XID = "warm-up";

    @Bean
    WarmUp paymentPath(PaymentRepository payments, Funds funds, PlatformTransactionManager transactions) {
        TransactionTemplate transaction = new TransactionTemplate(transactions);
        return new WarmUp(
                "payments",
                () -> transaction.executeWithoutResult(rolledBack -> {
                    rolledBack.setRollbackOnly();
                    // An id of its own for each instance: two that warm up at once would wait for each other's rows.
                    String own = UUID.randomUUID().toString();
                    long branchId = own.hashCode();
                    List<PaymentRequest> order =
                            List.of(new PaymentRequest(new OrderId(own), new BuyerId(own), new Money(1, "CNY")));
                    funds.foresee(order);
                    // Refused, because there is no such account.
                    funds.setAside(order);
                    payments.open(NO_XID, branchId, PaymentMethod.WALLET, order);
                    payments.decide(NO_XID, branchId, PaymentStatus.OPEN.to(PaymentStatus.CAPTURED));
                }));
    }
}
