package io.holdfast.load.bench;

import io.holdfast.load.http.Answer;
import io.holdfast.load.platform.NotOffered;
import java.io.IOException;
import java.util.List;

/** What order-svc costs when it does nothing but find out who calls: the most that any refusal could reach. */
record EmptyEndpoint() implements Variant {

    @Override
    public int number() {
        return 11;
    }

    @Override
    public String title() {
        return "an empty endpoint";
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
    public Work prepare(Site site) throws IOException {
        Pings pings = new Pings(site, site.platform().stack().order().url() + "/ping");
        Answer answer = pings.send(0, 1, 0);
        if (!answer.isSuccess()) {
            throw new NotOffered("order-svc has no empty endpoint (" + answer + ")");
        }
        return pings;
    }

    private record Pings(Site site, String url) implements Work {

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
            return site.calls().get(url, site.tokenFor(client, clients, attempt));
        }

        @Override
        public List<String> breaches() throws InterruptedException {
            return site.breaches();
        }
    }
}
