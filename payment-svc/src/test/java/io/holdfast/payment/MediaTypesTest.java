package io.holdfast.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.edge.testtokens.EveryMediaType;
import io.holdfast.edge.testtokens.TestTokens;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

@OnRealDatabase
class MediaTypesTest {

    @Test
    void noEndpointTakesOrGivesAnythingButJsonWhateverConvertersThereAre(
            @Autowired ApplicationContext service, @Autowired TestTokens tokens) throws Exception {
        EveryMediaType everyType = new EveryMediaType(service, tokens);

        assertThat(everyType.notRefused(
                        "/actuator/tcc/retry", "/actuator/messages/none-1", "/actuator/reconciliation/run"))
                .isEmpty();
        assertThat(everyType.asked()).isGreaterThan(100);
    }
}
