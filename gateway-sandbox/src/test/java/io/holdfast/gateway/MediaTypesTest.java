package io.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.edge.testtokens.EveryMediaType;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

@OnRealDatabase
class MediaTypesTest {

    @Test
    void noEndpointTakesOrGivesAnythingButJsonWhateverConvertersThereAre(@Autowired ApplicationContext service)
            throws Exception {
        EveryMediaType everyType = new EveryMediaType(service, Caller.TOKENS);

        assertThat(everyType.notRefused()).isEmpty();
        assertThat(everyType.asked()).isGreaterThan(60);
    }
}
