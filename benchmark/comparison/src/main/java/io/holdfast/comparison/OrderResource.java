package io.holdfast.comparison;

import io.holdfast.edge.problem.ProblemException;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Takes orders, to be placed in any of the ways. */
@RestController
@Profile(ComparisonApplication.ORDER)
class OrderResource {

    private final Map<String, Placing> ways;

    OrderResource(List<Placing> ways) {
        this.ways = ways.stream().collect(Collectors.toUnmodifiableMap(Placing::way, Function.identity()));
    }

    @PostMapping("/{way}/orders")
    @ResponseStatus(HttpStatus.CREATED)
    Order.Placed place(
            Principal buyer,
            @PathVariable("way") String way,
            @RequestHeader("Idempotency-Key") String key,
            @RequestBody Order.Wanted wanted) {
        Placing placing = ways.get(way);
        if (placing == null) {
            throw new ProblemException(HttpStatus.NOT_FOUND, "no-such-way", "Orders are not placed in that way.");
        }
        Order order = Order.of(way, buyer.getName(), key, wanted);
        try {
            placing.place(order);
            return order.paid();
        } catch (RuntimeException e) {
            throw NotPlaced.because(e);
        }
    }
}
