package io.holdfast.tcc.xid;

/** An internal request carried a {@code TX_XID}, and its sender has not proved to be a service. */
public final class XidNotAcceptedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    XidNotAcceptedException(String role) {
        super("The header TX_XID is taken from callers in the role " + role
                + " only (setting holdfast.tcc.caller-role)");
    }
}
