package io.holdfast.payment.card;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.payment.StandInCoordinator.Coordinator.CardBranch;
import io.holdfast.payment.StandInGateway.Trouble;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.test.web.servlet.client.RestTestClient.BodyContentSpec;

/** Of a payment its buyer hears codes, and order-svc whether anything is still to be given back. */
class PaymentVisibilityTest extends OnCards {

    private final TestTokens tokens;
    private final String url;

    PaymentVisibilityTest(@Autowired ApplicationContext service) {
        super(service);
        this.tokens = service.getBean(TestTokens.class);
        this.url = "http://127.0.0.1:" + service.getEnvironment().getRequiredProperty("local.server.port");
    }

    @Test
    void whyAPaymentWasGivenUpIsACodeForItsBuyerAndATextForOperators() throws Exception {
        CardBranch branch = authorized();
        gateway.next("capture", Trouble.DECLINES);
        branch.capture();
        paymentBecomes("GIVEN_UP");

        String forBuyer = payment(tokens.buyer("carla"));
        String forOperator = payment(tokens.authorizationFor("/payments"));

        assertThat(forBuyer)
                .contains("\"status\":\"GIVEN_UP\"", "\"reasonCode\":\"refused\"")
                .doesNotContain("refused: ", "card-declined");
        assertThat(forOperator).contains("\"reasonCode\":\"refused\"", "\"reason\":\"refused: ");
        assertThat(payment(tokens.buyer("dora"))).contains("unknown-payment").doesNotContain("carla");
    }

    @Test
    void anOrderIsOwedUntilItsChargeIsVoided() {
        CardBranch branch = authorized();
        assertThat(branch.release()).isTrue();

        states().json("{\"payments\":[],\"owed\":[\"%s\"]}".formatted(order));

        voidOrRefundEndsAs("VOIDED");
        states().json("{\"payments\":[],\"owed\":[]}");
    }

    private BodyContentSpec states() {
        return post("/internal/payments/states", "", "{\"orderIds\":[\"%s\"]}".formatted(order))
                .expectStatus()
                .isOk()
                .expectBody();
    }

    private String payment(String authorization) throws Exception {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url + "/payments?orderId=" + order))
                                .header("Authorization", authorization)
                                .build(),
                        BodyHandlers.ofString());
        return response.body();
    }
}
