package io.holdfast.tcc.coordinator;

import io.holdfast.tcc.fence.ActionContexts;
import io.holdfast.tcc.fence.SchemaIdentity;
import java.util.Map;
import java.util.Objects;
import org.apache.seata.core.exception.TransactionException;
import org.apache.seata.core.model.BranchStatus;
import org.apache.seata.core.model.BranchType;
import org.apache.seata.core.model.GlobalStatus;
import org.apache.seata.core.model.Resource;
import org.apache.seata.core.model.ResourceManager;
import org.apache.seata.rm.DefaultResourceManager;
import org.jspecify.annotations.Nullable;

/**
 * Stands before Seata's resource manager for TCC and puts the identity of the schema into the context of each branch that is
 * registered, and into what is reported of it later. Here, and not in the arguments of the Try, because a Try need not have an
 * argument for the context. All else is left to Seata's.
 */
public final class IdentifiedBranches implements ResourceManager {

    private final ResourceManager seatas;
    private final SchemaIdentity schema;

    private IdentifiedBranches(ResourceManager seatas, SchemaIdentity schema) {
        this.seatas = seatas;
        this.schema = schema;
    }

    /** From now on every TCC branch of this JVM bears the identity. An installation of before is replaced. */
    public static void install(SchemaIdentity schema) {
        ResourceManager found = DefaultResourceManager.get().getResourceManager(BranchType.TCC);
        ResourceManager seatas = found instanceof IdentifiedBranches ours ? ours.seatas : found;
        DefaultResourceManager.mockResourceManager(
                BranchType.TCC, new IdentifiedBranches(Objects.requireNonNull(seatas), schema));
    }

    @Override
    public Long branchRegister(
            BranchType type,
            String resourceId,
            @Nullable String clientId,
            String xid,
            String applicationData,
            @Nullable String lockKeys)
            throws TransactionException {
        return seatas.branchRegister(type, resourceId, clientId, xid, identified(applicationData), lockKeys);
    }

    @Override
    public void branchReport(
            BranchType type, String xid, long branchId, BranchStatus status, @Nullable String applicationData)
            throws TransactionException {
        seatas.branchReport(type, xid, branchId, status, identified(applicationData));
    }

    private @Nullable String identified(@Nullable String applicationData) {
        return applicationData == null || applicationData.isBlank()
                ? applicationData
                : ActionContexts.identified(applicationData, schema);
    }

    @Override
    public BranchStatus branchCommit(
            BranchType type, String xid, long branchId, String resourceId, String applicationData)
            throws TransactionException {
        return seatas.branchCommit(type, xid, branchId, resourceId, applicationData);
    }

    @Override
    public BranchStatus branchRollback(
            BranchType type, String xid, long branchId, String resourceId, String applicationData)
            throws TransactionException {
        return seatas.branchRollback(type, xid, branchId, resourceId, applicationData);
    }

    @Override
    public boolean lockQuery(BranchType type, String resourceId, String xid, String lockKeys)
            throws TransactionException {
        return seatas.lockQuery(type, resourceId, xid, lockKeys);
    }

    @Override
    public void registerResource(Resource resource) {
        seatas.registerResource(resource);
    }

    @Override
    public void unregisterResource(Resource resource) {
        seatas.unregisterResource(resource);
    }

    @Override
    public Map<String, Resource> getManagedResources() {
        return seatas.getManagedResources();
    }

    @Override
    public BranchType getBranchType() {
        return seatas.getBranchType();
    }

    @Override
    public GlobalStatus getGlobalStatus(BranchType type, String xid) {
        return seatas.getGlobalStatus(type, xid);
    }
}
