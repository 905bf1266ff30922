package io.holdfast.order.model;

import static io.holdfast.order.model.PurchaseTest.line;
import static io.holdfast.order.model.PurchaseTest.purchase;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RequestHashTest {

    @Test
    void theSameRequestHasTheSameHashForEver() {
        assertThat(RequestHash.of(purchase(line("a", 1, 5), line("b", 2, 7))).value())
                .as("kept in the database, so it must not change with the code")
                .isEqualTo(RequestHash.of(purchase(line("b", 2, 7), line("a", 1, 5)))
                        .value())
                .isEqualTo("cbf7e924a652e1c1010199a240d2063d0e4bce674dfb4f020f016663df3d89b5");
    }

    @Test
    void anyOtherMeaningHasAnotherHash() {
        Purchase other =
                new Purchase(new BuyerId("bob"), purchase(line("a", 1, 5)).lines(), PaymentMethod.WALLET);
        OrderLine inEuro = new OrderLine(new Sku("a"), new Quantity(1), new Money(5, "EUR"));

        assertThat(List.of(
                        purchase(line("a", 1, 5)),
                        purchase(line("a", 5, 1)),
                        purchase(line("a", 1, 51)),
                        purchase(line("a1", 1, 5)),
                        purchase(line("a", 1, 5), line("b", 1, 5)),
                        purchase(inEuro),
                        other))
                .extracting(RequestHash::of)
                .doesNotHaveDuplicates();
    }
}
