package io.holdfast.load.bench;

import io.holdfast.load.measure.Latency;
import java.util.Map;
import java.util.TreeMap;

/**
 * One variant, with one number of clients, in one round.
 *
 * @param orders that ended as they are meant to, within the measured time; in variants 10 and 11 answers
 * @param notServed answers 429 and 503
 * @param cpuMillisPerOrder per process, this one included
 * @param compilersShare from 0 to 1, how much of all CPU time the just-in-time compilers took: the more, the less warm it was
 * @param warmedUp whether the variant was warm before the first round
 * @param othersShare from 0 to 1, how much of the processors other processes had than the platform's and this one
 * @param statementsPerOrder that the database server was sent
 * @param commitsPerOrder statements COMMIT
 * @param writesPerOrder transactions of the storage engine that wrote something
 * @param fsyncsPerOrder of the storage engine
 * @param coordinatorCallsPerOrder round trips between the services and the coordinator, whoever began them
 * @param ordersPerGlobalTransaction 0 where group commit is off or has no part in it
 */
record Measurement(
        int variant,
        int clients,
        int round,
        double seconds,
        long orders,
        long notServed,
        Latency latency,
        Map<String, Double> cpuMillisPerOrder,
        double compilersShare,
        boolean warmedUp,
        double othersShare,
        double statementsPerOrder,
        double commitsPerOrder,
        double writesPerOrder,
        double fsyncsPerOrder,
        double ordersPerGlobalTransaction,
        double coordinatorCallsPerOrder) {

    static Measurement of(Variant variant, int clients, int round, boolean warmedUp, ClosedLoop.Ended<Snapshot> ended) {
        Snapshot used = ended.after().since(ended.before());
        double orders = ended.tally().counted();
        Map<String, Double> cpu = new TreeMap<>();
        used.cpu().seconds().forEach((process, seconds) -> cpu.put(process, per(orders, seconds * 1_000)));
        return new Measurement(
                variant.number(),
                clients,
                round,
                ended.seconds(),
                ended.tally().counted(),
                ended.tally().notServed(),
                ended.tally().latency(),
                cpu,
                used.cpu().compilersShare(),
                warmedUp,
                used.othersShare(),
                per(orders, used.statements()),
                per(orders, used.commits()),
                per(orders, used.writingTransactions()),
                per(orders, used.fsyncs()),
                variant.grouping() == Grouping.ON ? per(used.groups(), used.groupedOrders()) : 0,
                per(orders, used.coordinatorMessages()));
    }

    /** Also who was warm before may have been compiling again, say with another number of clients. */
    boolean isWarm() {
        return warmedUp && compilersShare <= WarmUp.HARDLY_COMPILING;
    }

    double ordersPerSecond() {
        return orders / seconds;
    }

    double allCpuMillisPerOrder() {
        return cpuMillisPerOrder.values().stream()
                .mapToDouble(Double::doubleValue)
                .sum();
    }

    private static double per(double many, double amount) {
        return many == 0 ? 0 : amount / many;
    }
}
