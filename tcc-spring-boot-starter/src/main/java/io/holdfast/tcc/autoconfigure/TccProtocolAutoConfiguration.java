package io.holdfast.tcc.autoconfigure;

import org.apache.seata.core.compressor.CompressorType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Limits what a service accepts from its coordinator to what it was configured for. */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = TccProperties.ENABLED, matchIfMissing = true)
public class TccProtocolAutoConfiguration {

    @Bean
    static OnlyConfiguredCompressor onlyConfiguredCompressor(Environment environment) {
        String compressor = environment.getProperty("seata.transport.compressor", CompressorType.NONE.name());
        return new OnlyConfiguredCompressor(CompressorType.getByName(compressor));
    }
}
