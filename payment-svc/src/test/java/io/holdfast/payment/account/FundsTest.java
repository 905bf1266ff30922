package io.holdfast.payment.account;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.payment.OnRealDatabase;
import io.holdfast.payment.model.BuyerId;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@OnRealDatabase
class FundsTest {

    private final Funds funds;
    private final TransactionTemplate transaction;

    FundsTest(@Autowired Funds funds, @Autowired PlatformTransactionManager transactionManager) {
        this.funds = funds;
        this.transaction = new TransactionTemplate(transactionManager);
    }

    /** Any buyer of the same group may read why an attempt failed. */
    @Test
    void whoReadsThatMoneyIsMissingDoesNotReadWhoseNorHowMuch() {
        Map<BuyerId, Long> missing = Map.of(new BuyerId("funds-ann"), 471_100L, new BuyerId("funds-ben"), 5L);

        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> funds.spend(new TreeMap<>(missing))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("I2: of 2 accounts 0 hold what is to be moved (spend)");
    }
}
