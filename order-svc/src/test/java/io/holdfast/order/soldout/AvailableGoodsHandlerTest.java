package io.holdfast.order.soldout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.order.OverKafka;
import io.holdfast.order.StandInCoordinator;
import io.holdfast.order.StandInDownstreamServices;
import io.holdfast.order.StandInDownstreamServices.Answer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** stock-svc, which is the test, tells over a real Kafka that goods came in. The memory of what is sold out never ends by itself here. */
class AvailableGoodsHandlerTest extends OverKafka {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newHttpClient();
    private final String sku = "came-in-" + UUID.randomUUID();
    private final String url;
    private final StandInCoordinator coordinator;
    private final StandInDownstreamServices downstream;
    private final TestTokens tokens;

    AvailableGoodsHandlerTest(
            @LocalServerPort int port,
            @Autowired StandInCoordinator coordinator,
            @Autowired StandInDownstreamServices downstream,
            @Autowired TestTokens tokens) {
        this.url = "http://127.0.0.1:" + port;
        this.coordinator = coordinator;
        this.downstream = downstream;
        this.tokens = tokens;
    }

    @BeforeEach
    void everythingIsUp() {
        coordinator.behave();
        downstream.serveAll();
    }

    @Test
    void whatWasSoldOutIsOrderedAsSoonAsGoodsOfItCameIn() throws Exception {
        soldOut();

        await().atMost(LIMIT).until(() -> {
            // The topic may have been made by the first of them.
            tell(
                    sku,
                    "{\"event\":\"available\",\"sku\":\"%s\",\"quantity\":5,\"at\":\"2026-03-01T10:00:00Z\"}"
                            .formatted(sku));
            return order() == 201;
        });
    }

    @Test
    void whatIsToldOfOtherGoodsOrMakesNoSenseTakesNothingAwayAndStopsNobody() throws Exception {
        soldOut();
        tell(sku, "no JSON");
        tell(sku, "{\"event\":\"available\"}");
        tell(sku, "{\"event\":\"available\",\"sku\":\"'; drop table\"}");
        tell(sku, "{\"event\":\"renamed\",\"sku\":\"%s\"}".formatted(sku));
        tell("other", "{\"event\":\"available\",\"sku\":\"other\"}");
        assertThat(order()).isEqualTo(409);

        await().atMost(LIMIT).until(() -> {
            tell(sku, "{\"event\":\"available\",\"sku\":\"%s\"}".formatted(sku));
            return order() == 201;
        });
    }

    /** There is enough again, and this instance does not know. */
    private void soldOut() throws Exception {
        downstream.on(
                StandInDownstreamServices.RESERVE,
                call -> Answer.refusal(
                        409, "out-of-stock", ",\"sku\":\"" + sku + "\",\"available\":0", call.orderIds()));
        assertThat(order()).isEqualTo(409);
        downstream.serveAll();
        assertThat(order()).as("from memory").isEqualTo(409);
        assertThat(downstream.callsTo(StandInDownstreamServices.RESERVE)).isEmpty();
    }

    private int order() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/orders"))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .header("Authorization", tokens.buyer("alice"))
                .POST(HttpRequest.BodyPublishers.ofString("""
                        {"buyerId":"alice","items":[{"sku":"%s","quantity":1,"unitPrice":{"minor":1999,"currency":"CNY"}}],
                         "payment":{"method":"WALLET"}}""".formatted(sku)))
                .build();
        return http.send(request, BodyHandlers.ofString()).statusCode();
    }

    private static void tell(String key, String event) {
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(KAFKA.clientConfig(), new StringSerializer(), new StringSerializer())) {
            ProducerRecord<String, String> message = new ProducerRecord<>("holdfast.stock.events", key, event);
            message.headers()
                    .add("holdfast-message-id", UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII));
            producer.send(message);
        }
    }
}
