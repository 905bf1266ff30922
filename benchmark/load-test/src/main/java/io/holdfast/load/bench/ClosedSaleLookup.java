package io.holdfast.load.bench;

import io.holdfast.load.http.Answer;
import java.io.IOException;
import java.util.List;

/**
 * What order-svc costs when it finds out who calls and answers from memory: it knows the sale, and counts its orders no more than four
 * times a second.
 */
record ClosedSaleLookup() implements Variant {

    @Override
    public int number() {
        return 11;
    }

    @Override
    public String title() {
        return "a look at a closed sale";
    }

    @Override
    public Grouping grouping() {
        return Grouping.EITHER;
    }

    @Override
    public List<Integer> clients() {
        return List.of(64, 256);
    }

    @Override
    public Work prepare(BenchmarkContext context) throws IOException, InterruptedException {
        String saleId = context.closedSale(context.newSku("closed"));
        Reads reads = new Reads(context, context.platform().salesUrl() + "/" + saleId);
        Answer answer = reads.send(0, 1, 0).requireSuccess();
        String state = answer.json().path("state").asString("");
        if (!state.equals("CLOSED")) {
            throw new IOException("sale " + saleId + " is " + state + " and not CLOSED");
        }
        return reads;
    }

    private record Reads(BenchmarkContext context, String url) implements Work {

        @Override
        public Result attempt(int client, int clients, long attempt) throws IOException {
            Answer answer = send(client, clients, attempt);
            if (answer.isSuccess()) {
                return Result.COUNTED;
            }
            if (answer.isBusy()) {
                return Result.NOT_SERVED;
            }
            throw new IOException(answer.toString());
        }

        private Answer send(int client, int clients, long attempt) throws IOException {
            return context.calls().get(url, context.tokenFor(client, clients, attempt));
        }

        @Override
        public List<String> breaches() throws InterruptedException {
            return context.breaches();
        }
    }
}
