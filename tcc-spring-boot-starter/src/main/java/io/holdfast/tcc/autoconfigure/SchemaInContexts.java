package io.holdfast.tcc.autoconfigure;

import io.holdfast.tcc.coordinator.IdentifiedBranches;
import io.holdfast.tcc.fence.SchemaIdentity;
import org.apache.seata.common.Constants;
import org.apache.seata.common.holder.ObjectHolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;

/** Lets every branch bear the identity of its schema, before the first one is registered. */
final class SchemaInContexts implements InitializingBean {

    private static final Logger log = LoggerFactory.getLogger(SchemaInContexts.class);

    private final SchemaIdentity schema;

    SchemaInContexts(SchemaIdentity schema) {
        this.schema = schema;
    }

    @Override
    public void afterPropertiesSet() {
        // Without Seata's own start, as in a test of a part of a service, its classes fail to load, and then for good.
        if (ObjectHolder.INSTANCE.getObject(Constants.OBJECT_KEY_SPRING_CONFIGURABLE_ENVIRONMENT) != null) {
            IdentifiedBranches.install(schema);
            log.info("Branches that are tried here bear the identity of this schema: {}", schema.id());
        }
    }
}
