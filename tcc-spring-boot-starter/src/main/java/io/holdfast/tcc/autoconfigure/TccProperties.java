package io.holdfast.tcc.autoconfigure;

import io.holdfast.tcc.coordinator.ContextLimit;
import io.holdfast.tcc.fence.FenceProperties;
import io.holdfast.tcc.retry.RetryProperties;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.util.Set;
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
 * @param withoutFence names of actions that run without the fence on purpose; any other one without it stops the start
 * @param coordinator what the service's coordinator takes
 * @param fence the fence and its cleaner
 * @param phaseTwo the retries of Confirms and Cancels that failed
 */
@Validated
@ConfigurationProperties(TccProperties.PREFIX)
public record TccProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("/internal/**") @NotBlank String internalPaths,
        @DefaultValue("SERVICE") @NotNull String callerRole,
        @DefaultValue @NotNull Set<String> withoutFence,
        @DefaultValue @NotNull @Valid CoordinatorProperties coordinator,
        @DefaultValue @NotNull @Valid FenceProperties fence,
        @DefaultValue @NotNull @Valid RetryProperties phaseTwo) {

    /**
     * Settings {@code holdfast.tcc.coordinator.*}.
     *
     * @param contextLimit the longest action context, in characters as JSON; what {@code branch_table.application_data} of the
     *     coordinator holds, which is 2,000 with Seata's own script. A Try with more is refused
     */
    public record CoordinatorProperties(
            @DefaultValue("" + ContextLimit.DEFAULT) @Min(500) @Max(64_000)
            int contextLimit) {}

    static final String PREFIX = "holdfast.tcc";
    static final String ENABLED = PREFIX + ".enabled";
}
