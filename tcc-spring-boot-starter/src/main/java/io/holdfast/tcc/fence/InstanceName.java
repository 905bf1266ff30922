package io.holdfast.tcc.fence;

import java.util.UUID;

/**
 * The name of this instance of the service, for the rows that it works on. Another one at every start: what this process has claimed
 * is not what its predecessor had.
 */
public record InstanceName(String value) {

    /** The column {@code tcc_fence_log.claimed_by} holds no more. */
    private static final int MAX_LENGTH = 64;

    public static InstanceName of(String service, UUID id) {
        String random = id.toString();
        return new InstanceName(
                service.substring(0, Math.min(service.length(), MAX_LENGTH - random.length() - 1)) + "-" + random);
    }

    @Override
    public String toString() {
        return value;
    }
}
