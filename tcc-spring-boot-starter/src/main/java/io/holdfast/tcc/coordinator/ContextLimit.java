package io.holdfast.tcc.coordinator;

import io.holdfast.tcc.TryRefusedException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.seata.core.protocol.RpcMessage;
import org.apache.seata.core.protocol.transaction.BranchRegisterRequest;
import org.apache.seata.core.protocol.transaction.BranchReportRequest;
import org.apache.seata.core.rpc.hook.RpcHook;
import org.jspecify.annotations.Nullable;

/**
 * Holds back an action context that is longer than the coordinator's column for it: the coordinator would answer that it could not
 * keep the branch, which looks like a fault that passes. Seata makes the hook by itself (it is named in META-INF/services), so the limit
 * is that of the JVM.
 */
public final class ContextLimit implements RpcHook {

    /** Of {@code branch_table.application_data} in Holdfast's script for the coordinator; Seata's own has 2,000. */
    public static final int DEFAULT = 8_000;

    private static final AtomicInteger CHARACTERS = new AtomicInteger(DEFAULT);

    /** @param limit in characters, as columns count */
    public static void set(int limit) {
        CHARACTERS.set(limit);
    }

    /** @throws TryRefusedException.ContextTooLarge if the message carries a context that is too long; it is not sent then */
    @Override
    public void doBeforeRequest(String address, RpcMessage message) {
        if (message.getBody() instanceof BranchRegisterRequest request) {
            require(request.getResourceId(), request.getApplicationData());
        } else if (message.getBody() instanceof BranchReportRequest request) {
            require("branch " + request.getBranchId(), request.getApplicationData());
        }
    }

    private static void require(String action, @Nullable String context) {
        int bound = CHARACTERS.get();
        int length = context == null ? 0 : context.codePointCount(0, context.length());
        if (length > bound) {
            throw new TryRefusedException.ContextTooLarge(action, length, bound);
        }
    }

    @Override
    public void doAfterResponse(String address, RpcMessage message, @Nullable Object response) {}
}
