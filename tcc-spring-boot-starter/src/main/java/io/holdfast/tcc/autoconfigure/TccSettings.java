package io.holdfast.tcc.autoconfigure;

import io.holdfast.tcc.fence.FenceSettings;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings {@code holdfast.tcc.*}. An invalid one stops the start.
 *
 * @param enabled false leaves the service with plain Seata: its own fence, its own xid interceptor
 * @param internalPaths the only paths, as an MVC pattern, on which an inbound xid is accepted
 * @param fence the fence and its cleaner
 */
@Validated
@ConfigurationProperties(TccSettings.PREFIX)
public record TccSettings(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("/internal/**") @NotBlank String internalPaths,
        @DefaultValue @NotNull @Valid FenceSettings fence) {

    static final String PREFIX = "holdfast.tcc";
    static final String ENABLED = PREFIX + ".enabled";
}
