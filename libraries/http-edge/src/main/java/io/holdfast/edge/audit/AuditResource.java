package io.holdfast.edge.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.edge.audit.AuditLog.Cursor;
import io.holdfast.edge.audit.AuditLog.Entry;
import io.holdfast.edge.audit.AuditLog.Filter;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows operators what operators did. */
@RestController
@Tag(name = "Audit", description = "What operators did at this service, and why")
class AuditResource {

    static final String PATH = "/audit";
    static final int MAX_WHO = 255;

    private final AuditLog entries;

    AuditResource(AuditLog entries) {
        this.entries = entries;
    }

    @GetMapping(PATH)
    @Operation(summary = "List what operators did", description = """
                    For operators; the newest first, a page at a time. An entry of a change was written in the transaction of that \
                    change: there is one if and only if it took effect. `UNCHANGED` is what was answered as done and changed nothing, \
                    such as a request that is repeated; `READ` is an order, account or payment that was shown. What was refused has \
                    none. The next page begins with `after` set to this one's `next`; the last one has no `next`.""")
    @ApiResponse(responseCode = "200", description = "The page; empty if there is nothing more")
    @ApiResponse(responseCode = "400", description = "`invalid-request`, with `errors`")
    Page list(
            @Parameter(description = "Only what this operator did: the subject of the token")
                    @RequestParam(required = false)
                    @Size(max = MAX_WHO)
                    @Nullable
                    String who,
            @Parameter(description = "Only what was done at that time or later", schema = @Schema(format = "date-time"))
                    @RequestParam(required = false)
                    @Nullable
                    Instant from,
            @Parameter(description = "Only what was done before that time", schema = @Schema(format = "date-time"))
                    @RequestParam(required = false)
                    @Nullable
                    Instant to,
            @Parameter(description = "The `next` of the page before")
                    @RequestParam(required = false)
                    @Pattern(regexp = Cursor.FORM)
                    @Nullable
                    String after,
            @Parameter(description = "Entries on a page") @RequestParam(defaultValue = "20") @Min(1) @Max(100)
                    int size) {
        // One more tells whether there is a next page.
        List<Entry> found = entries.page(new Filter(who, from, to), after == null ? null : Cursor.of(after), size + 1);
        return found.size() <= size
                ? new Page(found, null)
                : new Page(found.subList(0, size), found.get(size - 1).cursor().toString());
    }

    @Schema(name = "AuditPage")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Page(List<Entry> entries, @Nullable String next) {}
}
