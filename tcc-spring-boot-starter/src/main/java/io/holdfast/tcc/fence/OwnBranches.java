package io.holdfast.tcc.fence;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets through what was tried on this schema, and what bears no identity: branches of versions that knew none. */
public final class OwnBranches {

    private static final Logger log = LoggerFactory.getLogger(OwnBranches.class);

    /** The log names so many other schemas. Further ones are counted together and not logged. */
    private static final int MAX_OTHERS = 100;

    private final SchemaIdentity own;
    private final FenceMetrics metrics;
    private final Set<String> others = ConcurrentHashMap.newKeySet();

    public OwnBranches(SchemaIdentity own, FenceMetrics metrics) {
        this.own = own;
        this.metrics = metrics;
    }

    public SchemaIdentity schema() {
        return own;
    }

    /** @throws OtherSchemaException if the branch was tried on another schema */
    public void require(String action, BranchKey key, @Nullable BusinessActionContext context) {
        String other = SchemaIdentity.of(context);
        if (other == null || other.equals(own.id())) {
            return;
        }
        boolean first = others.size() < MAX_OTHERS && others.add(other);
        metrics.otherSchema(own.id(), others.contains(other) ? other : "more");
        if (first) {
            log.error(
                    "ALARM The coordinator sent phase two of {} here, whose branch was tried on schema {}; this service works on"
                            + " schema {}, {}. It is refused, now and again, and the coordinator asks on. Two services with one"
                            + " application id and different databases use one coordinator: give each its own"
                            + " seata.application-id, or stop one.",
                    action,
                    other,
                    own.id(),
                    key);
        }
        throw new OtherSchemaException(action, key, own.id(), other);
    }
}
