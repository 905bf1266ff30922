package io.holdfast.tcc.xid;

/** A request named an xid, in {@code TX_XID} or as a parameter, that no coordinator makes. It is not echoed: it is a stranger's text. */
public final class MalformedXidException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MalformedXidException() {
        super("An xid has to be address:port:number, as the coordinator makes it");
    }
}
