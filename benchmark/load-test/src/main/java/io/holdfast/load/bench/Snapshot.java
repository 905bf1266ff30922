package io.holdfast.load.bench;

/**
 * What was used up so far, since each process was started.
 *
 * @param cpu of the processes
 * @param processors whoever used them
 * @param statements that the database server was sent
 * @param commits of them that were COMMIT
 * @param writingTransactions that the storage engine committed, those without a COMMIT included
 * @param fsyncs that the storage engine asked for
 * @param groups global transactions that orders shared, one order alone included
 * @param groupedOrders orders in them
 * @param coordinatorMessages round trips between the services and the coordinator
 */
record Snapshot(
        ProcessCpuTime cpu,
        MachineCpuTime processors,
        long statements,
        long commits,
        long writingTransactions,
        long fsyncs,
        double groups,
        double groupedOrders,
        double coordinatorMessages) {

    /** What was used up between an earlier one and this one. */
    Snapshot since(Snapshot earlier) {
        return new Snapshot(
                cpu.since(earlier.cpu),
                processors.since(earlier.processors),
                statements - earlier.statements,
                commits - earlier.commits,
                writingTransactions - earlier.writingTransactions,
                fsyncs - earlier.fsyncs,
                groups - earlier.groups,
                groupedOrders - earlier.groupedOrders,
                coordinatorMessages - earlier.coordinatorMessages);
    }

    /** @return from 0 to 1, how much of the processors other processes had than those that are measured */
    double othersShare() {
        return processors.shareOfOthers(cpu.all());
    }
}
