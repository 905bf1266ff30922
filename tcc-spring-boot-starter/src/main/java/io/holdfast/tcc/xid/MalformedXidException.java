package io.holdfast.tcc.xid;

/** An internal request carried a {@code TX_XID} that no coordinator makes. It is not echoed: it is a stranger's text. */
public final class MalformedXidException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MalformedXidException() {
        super("The header TX_XID has to be address:port:number, as the coordinator makes it");
    }
}
