package io.holdfast.order.reading;

import io.holdfast.edge.access.AuthenticatedCaller;
import io.holdfast.edge.problem.ProblemException;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.store.OrderRepository;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/** The orders that whoever sent the request may know of. */
@Component
public class VisibleOrders {

    private final OrderRepository repository;

    VisibleOrders(OrderRepository repository) {
        this.repository = repository;
    }

    /** @throws ProblemException with 404 if there is no such order, or it is not the bearer's to see */
    public Order find(String orderId) {
        return Optional.of(orderId)
                .filter(OrderId::isWellFormed)
                .flatMap(id -> repository.find(new OrderId(id)))
                // Somebody else's order looks like none, so that nobody can find out which ids there are.
                .filter(found -> AuthenticatedCaller.current()
                        .maySee(found.purchase().buyer().value()))
                .orElseThrow(() -> new ProblemException(HttpStatus.NOT_FOUND, "not-found", "There is no such order."));
    }
}
