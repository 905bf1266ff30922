package io.holdfast.order.coordinator;

/** The transaction coordinator, a process of its own that may be away. */
public interface Coordinator {

    /**
     * Begins a global transaction and binds it to this thread, until it is ended.
     *
     * @throws CoordinatorUnavailableException if none was begun, as far as we know; if one was, it has no branch and times out
     */
    GlobalTx begin();

    /** Asks how a global transaction stands. Bounded in time; {@link GlobalTxOutcome#UNKNOWN} if there is no answer. */
    GlobalTxOutcome outcomeOf(String xid);

    /** A running global transaction. It belongs to the thread that began it, and is ended once. */
    interface GlobalTx {

        String xid();

        /**
         * Asks for the commit. A failed call is followed by a question, because the commit may have been decided all the same.
         *
         * @return {@link GlobalTxOutcome#COMMITTED} once it is decided, even while branches are still being confirmed; any other outcome as
         *     the coordinator says: it may have rolled back before, because the time was up
         */
        GlobalTxOutcome commit();

        /** Asks for the rollback; a failed call is followed by a question, too. */
        GlobalTxOutcome rollback();
    }
}
