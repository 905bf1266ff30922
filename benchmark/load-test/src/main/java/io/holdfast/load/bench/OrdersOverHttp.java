package io.holdfast.load.bench;

import io.holdfast.load.http.Answer;
import io.holdfast.load.platform.Operator;
import java.io.IOException;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.Predicate;

/** Sends orders of one piece as buyers do. */
final class OrdersOverHttp implements Work {

    private final BenchmarkContext context;
    private final String url;
    private final LongFunction<String> body;
    private final Predicate<Answer> counted;

    /**
     * @param body of an order, from a number that differs from order to order
     * @param counted which answers are those that are measured
     */
    private OrdersOverHttp(BenchmarkContext context, String url, LongFunction<String> body, Predicate<Answer> counted) {
        this.context = context;
        this.url = url;
        this.body = body;
        this.counted = counted;
    }

    /** @param skus one of them each, in turn */
    static Work of(BenchmarkContext context, List<String> skus) {
        List<String> bodies = skus.stream().map(OrdersOverHttp::body).toList();
        return new OrdersOverHttp(
                context,
                context.platform().ordersUrl(),
                number -> bodies.get((int) (number % bodies.size())),
                OrdersOverHttp::isTaken);
    }

    /** Orders that may be decided and not yet confirmed when they are answered. */
    static Work promised(BenchmarkContext context, String sku) {
        return new OrdersOverHttp(
                context,
                context.platform().ordersUrl(),
                number -> body(sku),
                answer -> answer.status() == 201 || answer.status() == 202);
    }

    static Work inSale(BenchmarkContext context, String saleId) {
        return inSale(context, saleId, OrdersOverHttp::isTaken);
    }

    static Work refusedBySale(BenchmarkContext context, String saleId) {
        // The one buyer who has the piece is refused, too, for another reason.
        return inSale(
                context,
                saleId,
                answer -> answer.status() == 409
                        && (answer.code().equals("sold-out") || answer.code().equals("already-bought")));
    }

    private static Work inSale(BenchmarkContext context, String saleId, Predicate<Answer> counted) {
        return new OrdersOverHttp(
                context,
                context.platform().saleOrdersUrl(saleId),
                number -> "{\"quantity\":1,\"payment\":{\"method\":\"WALLET\"}}",
                counted);
    }

    private static boolean isTaken(Answer answer) {
        return answer.status() == 201;
    }

    private static String body(String sku) {
        return """
                {"items":[{"sku":"%s","quantity":1,"unitPrice":%s}],"payment":{"method":"WALLET"}}""".formatted(sku, Operator.money(BenchmarkContext.PRICE));
    }

    /** Two primes: clients neither follow each other through the SKUs nor keep to some of them. */
    static long spread(int client, long attempt) {
        return client * 7_919L + attempt * 104_729L;
    }

    @Override
    public Result attempt(int client, int clients, long attempt) throws IOException {
        long number = spread(client, attempt);
        Answer answer = context.calls()
                .post(url, context.tokenFor(client, clients, attempt), context.newKey(), body.apply(number));
        if (counted.test(answer)) {
            return Result.COUNTED;
        }
        if (answer.isBusy()) {
            return Result.NOT_SERVED;
        }
        throw new IOException(answer.toString());
    }

    @Override
    public List<String> breaches() throws InterruptedException {
        return context.breaches();
    }
}
