package io.holdfast.tcc.autoconfigure;

import io.holdfast.tcc.fence.FenceSettings;
import io.holdfast.tcc.schedule.PhaseTwoSettings;
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
 * @param callerRole the role, as {@code HttpServletRequest.isUserInRole} knows it, that a request has to have if it brings an
 *     xid; blank if something in front of the service makes sure that only services get through
 * @param fence the fence and its cleaner
 * @param phaseTwo the schedule of Confirms and Cancels that failed
 */
@Validated
@ConfigurationProperties(TccSettings.PREFIX)
public record TccSettings(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("/internal/**") @NotBlank String internalPaths,
        @DefaultValue("SERVICE") @NotNull String callerRole,
        @DefaultValue @NotNull @Valid FenceSettings fence,
        @DefaultValue @NotNull @Valid PhaseTwoSettings phaseTwo) {

    static final String PREFIX = "holdfast.tcc";
    static final String ENABLED = PREFIX + ".enabled";
}
