package io.holdfast.order.reading;

import io.holdfast.edge.access.AuthenticatedCaller;
import io.holdfast.edge.problem.ProblemException;
import io.holdfast.order.downstream.DownstreamBranches;
import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.store.OrderFilter;
import io.holdfast.order.store.OrderLists;
import io.holdfast.order.store.OrderPage;
import io.holdfast.tcc.branch.BranchHistory;
import io.holdfast.tcc.branch.BranchRecord;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Orders", description = "Orders and what became of them")
class OrdersResource {

    private final OrderLists lists;
    private final VisibleOrders visible;
    private final BranchHistory ownBranches;
    private final DownstreamBranches downstreamBranches;

    OrdersResource(
            OrderLists lists, VisibleOrders visible, BranchHistory ownBranches, DownstreamBranches downstreamBranches) {
        this.lists = lists;
        this.visible = visible;
        this.ownBranches = ownBranches;
        this.downstreamBranches = downstreamBranches;
    }

    @GetMapping("/orders/{orderId}")
    @Operation(summary = "Show an order", description = """
                    With its timeline: what each service did when, Try by Try and Confirm by Confirm, each attempt that failed \
                    with its time, a code, when the next one was due and, for operators, its error, and what is still to come. \
                    A service that does not answer is named in `timelineIncomplete`; the order itself is always shown.""")
    @ApiResponse(responseCode = "200", description = "The order")
    @ApiResponse(responseCode = "404", description = "`not-found`: there is no such order")
    OrderWithTimeline show(
            @Parameter(description = "As it was given in the answer to the order", schema = @Schema(format = "uuid"))
                    @PathVariable
                    String orderId) {
        Order order = visible.find(orderId);
        if (order.xid() == null) {
            return withTimeline(order, List.of(), List.of());
        }
        DownstreamBranches.Found found = downstreamBranches.of(order.xid());
        List<BranchRecord> branches = new ArrayList<>(found.branches());
        branches.addAll(ownBranches.branchesOf(order.xid()));
        return withTimeline(order, branches, found.silent());
    }

    private static OrderWithTimeline withTimeline(Order order, List<BranchRecord> branches, List<String> silent) {
        AuthenticatedCaller reader = AuthenticatedCaller.current();
        List<TimelineEntry> timeline =
                reader.operator() ? Timeline.forOperator(order, branches) : Timeline.forBuyer(order, branches);
        return new OrderWithTimeline(OrderView.of(order, reader), timeline, silent);
    }

    @GetMapping("/orders")
    @Operation(
            summary = "List orders",
            description = "Newest first, a page at a time, all or those that are asked for.")
    @ApiResponse(responseCode = "200", description = "The page; empty if it is past the last one")
    @ApiResponse(responseCode = "400", description = "`invalid-request`, with `errors`")
    OrderPageView list(
            @Parameter(description = "Only orders in this status", schema = @Schema(implementation = OrderStatus.class))
                    @RequestParam(required = false)
                    @Nullable
                    AskedStatus status,
            @Parameter(
                            description = "Only orders of this buyer",
                            schema = @Schema(type = "string", maxLength = 64, example = "alice"))
                    @RequestParam(required = false)
                    @Nullable
                    BuyerId buyerId,
            @Parameter(description = "Which page, from 0") @RequestParam(defaultValue = "0") @Min(0) @Max(100_000)
                    int page,
            @Parameter(description = "Orders on a page") @RequestParam(defaultValue = "20") @Min(1) @Max(100)
                    int size) {
        AuthenticatedCaller reader = AuthenticatedCaller.current();
        OrderPage found =
                lists.page(new OrderFilter(status == null ? null : status.status(), whose(buyerId)), page, size);
        return new OrderPageView(
                found.orders().stream()
                        .map(order -> OrderView.of(order, reader))
                        .toList(),
                page,
                size,
                found.total());
    }

    /** An operator sees anybody's orders or one buyer's, a buyer only the buyer's own, whatever is asked for. */
    private static @Nullable BuyerId whose(@Nullable BuyerId asked) {
        AuthenticatedCaller bearer = AuthenticatedCaller.current();
        if (bearer.operator()) {
            return asked;
        }
        if (!BuyerId.isWellFormed(bearer.subject())) {
            throw new ProblemException(HttpStatus.FORBIDDEN, "forbidden", "The token's subject is no buyer id.");
        }
        if (asked != null && !bearer.maySee(asked.value())) {
            throw new ProblemException(HttpStatus.NOT_FOUND, "not-found", "There are no orders of this buyer.");
        }
        return new BuyerId(bearer.subject());
    }
}
