package io.holdfast.tcc.xid;

import java.util.regex.Pattern;
import org.apache.seata.core.context.RootContext;

/** The id of a global transaction as the coordinator makes it: its address, its port and a number. */
public final class Xid {

    /** Name of the HTTP header that carries it, {@value}. */
    static final String HEADER = RootContext.KEY_XID;

    /** The column {@code tcc_fence_log.xid} holds no more. */
    private static final int MAX_CHARACTERS = 128;

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9.:\\[\\]_-]{1,100}:[0-9]{1,5}:[0-9]{1,19}");

    private Xid() {}

    /** @throws MalformedXidException if no coordinator makes such an xid */
    public static String requireWellFormed(String xid) {
        if (!isWellFormed(xid)) {
            throw new MalformedXidException();
        }
        return xid;
    }

    static boolean isWellFormed(String xid) {
        return xid.length() <= MAX_CHARACTERS && FORM.matcher(xid).matches();
    }
}
