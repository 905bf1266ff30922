package io.holdfast.order.downstream;

import io.holdfast.order.model.InvalidValueException;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.model.Sku;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Turns what a Feign call of a Try ends in, answer or exception, into one of the three outcomes. */
final class TryCall {

    private final String service;

    TryCall(String service) {
        this.service = service;
    }

    /**
     * @param call answers with the ids of the orders that were served
     * @return Done only if these are all of them, Refused only if the problem is one of our contract in every member. Any doubt
     *     is Unknown, and what is unknown gets rolled back.
     */
    TryAnswer make(List<Order> orders, Supplier<@Nullable List<String>> call) {
        Set<String> asked = orders.stream().map(order -> order.id().value()).collect(Collectors.toSet());
        try {
            List<String> served = call.get();
            return served != null && asked.equals(new HashSet<>(served))
                    ? new TryAnswer.Done()
                    : new TryAnswer.Unknown(service + " confirmed other orders than it was asked for");
        } catch (DownstreamProblemException e) {
            return refusal(asked, e).orElseGet(() -> new TryAnswer.Unknown(service + " " + e.getMessage()));
        } catch (RuntimeException e) {
            return new TryAnswer.Unknown(service + " did not answer: " + e);
        }
    }

    private static Optional<TryAnswer> refusal(Set<String> asked, DownstreamProblemException answer) {
        DownstreamProblem problem = answer.problem();
        if (answer.status() >= 500 || problem == null || problem.refusals() == null) {
            return Optional.empty();
        }
        List<Refusal> refusals = new ArrayList<>();
        for (DownstreamProblem.Item item : problem.refusals()) {
            Refusal refusal = item == null ? null : read(asked, item);
            if (refusal == null) {
                return Optional.empty();
            }
            refusals.add(refusal);
        }
        return refusals.isEmpty() ? Optional.empty() : Optional.of(new TryAnswer.Refused(refusals));
    }

    private static @Nullable Refusal read(Set<String> asked, DownstreamProblem.Item item) {
        Optional<Rejection.Reason> reason = Optional.ofNullable(item.code()).flatMap(Rejection.Reason::of);
        if (item.orderId() == null || !asked.contains(item.orderId()) || reason.isEmpty()) {
            return null;
        }
        String detail = Objects.requireNonNullElse(item.detail(), "The order cannot be carried out.");
        return new Refusal(new OrderId(item.orderId()), new Rejection(reason.get(), detail), exhausted(item));
    }

    private static @Nullable Sku exhausted(DownstreamProblem.Item item) {
        if (item.sku() == null || item.available() == null || item.available() != 0) {
            return null;
        }
        try {
            return new Sku(item.sku());
        } catch (InvalidValueException e) {
            return null;
        }
    }
}
