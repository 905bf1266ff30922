package io.holdfast.tcc;

/**
 * A Try was refused before or by the fence: its local transaction was rolled back and nothing was reserved.
 *
 * <p>The subclasses say why. None of them is worth repeating under the same branch.
 */
public abstract class TryRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TryRefusedException(String message) {
        super(message);
    }

    /** A stable word for programs, such as {@code suspended-try}. */
    public abstract String code();

    /** The Try was called with no xid: run silently, its effects would never be confirmed or cancelled. */
    public static final class NoGlobalTransaction extends TryRefusedException {

        private static final long serialVersionUID = 1L;

        public NoGlobalTransaction(String method) {
            super("Try " + method + " was called outside a global transaction; send the xid in the header TX_XID");
        }

        @Override
        public String code() {
            return "xid-required";
        }
    }

    /** The Cancel of this branch came first (anti-suspension): reserving now would hold something for ever. */
    public static final class Suspended extends TryRefusedException {

        private static final long serialVersionUID = 1L;

        public Suspended(String action, String xid, long branchId) {
            super("Try of " + action + " came after the end of its branch, xid " + xid + ", branch " + branchId);
        }

        @Override
        public String code() {
            return "suspended-try";
        }
    }

    /** The same branch was tried before. */
    public static final class Duplicate extends TryRefusedException {

        private static final long serialVersionUID = 1L;

        public Duplicate(String action, String xid, long branchId) {
            super("Try of " + action + " was already made, xid " + xid + ", branch " + branchId);
        }

        @Override
        public String code() {
            return "duplicate-try";
        }
    }

    /** The action context is longer than the coordinator keeps: no later attempt can succeed. */
    public static final class ContextTooLarge extends TryRefusedException {

        private static final long serialVersionUID = 1L;

        public ContextTooLarge(String action, int characters, int limit) {
            super("The context of " + action + " has " + characters + " characters, and the coordinator keeps " + limit
                    + "; pass less, or keep it in a table and read it by xid and branch id"
                    + " (setting holdfast.tcc.coordinator.context-limit)");
        }

        @Override
        public String code() {
            return "context-too-large";
        }
    }

    /** Something that the action context is to carry is null. */
    public static final class ContextValueMissing extends TryRefusedException {

        private static final long serialVersionUID = 1L;

        public ContextValueMissing(String method, String name) {
            super("Try " + method + " was called without " + name + ", which its Confirm and Cancel need");
        }

        @Override
        public String code() {
            return "context-value-missing";
        }
    }

    /** A fault of the action, not of its caller: it works in another database than its fence, so that one may hold without the other. */
    public static final class OtherDatabase extends TryRefusedException {

        private static final long serialVersionUID = 1L;

        public OtherDatabase(String method, String dataSource, String ofFence) {
            super(
                    "Try " + method + " asked the data source " + dataSource + " for a connection, and its fence is in "
                            + ofFence
                            + "; set holdfast.tcc.fence.data-source to where the tables of the actions are, or use that data source only");
        }

        @Override
        public String code() {
            return "action-in-other-database";
        }
    }
}
