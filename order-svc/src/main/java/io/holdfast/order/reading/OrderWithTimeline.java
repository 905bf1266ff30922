package io.holdfast.order.reading;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/** One order with everything that happened to it. */
@Schema(name = "OrderWithTimeline")
record OrderWithTimeline(
        @JsonUnwrapped OrderView order,

        @Schema(description = "What happened when, oldest first")
        List<TimelineEntry> timeline,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Schema(
                description = "Services that did not tell what happened there; missing if all did",
                example = "[\"stock-svc\"]")
        List<String> timelineIncomplete) {}
