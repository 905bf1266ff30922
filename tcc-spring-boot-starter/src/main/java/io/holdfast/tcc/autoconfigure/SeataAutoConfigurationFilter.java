package io.holdfast.tcc.autoconfigure;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Keeps out the two parts of Seata's starter that this one replaces: its fence, whose static initialiser would put itself in
 * the place of ours, and its web interceptor, which binds any caller's xid on any path.
 */
final class SeataAutoConfigurationFilter implements AutoConfigurationImportFilter, EnvironmentAware {

    private static final Set<String> REPLACED = Set.of(
            "org.apache.seata.spring.boot.autoconfigure.SeataSpringFenceAutoConfiguration",
            "org.apache.seata.spring.boot.autoconfigure.SeataHttpAutoConfiguration");

    private boolean enabled = true;

    @Override
    public void setEnvironment(Environment environment) {
        this.enabled = environment.getProperty(TccProperties.ENABLED, Boolean.class, true);
    }

    @Override
    public boolean[] match(@Nullable String[] candidates, AutoConfigurationMetadata metadata) {
        boolean[] kept = new boolean[candidates.length];
        for (int i = 0; i < candidates.length; i++) {
            kept[i] = !enabled || candidates[i] == null || !REPLACED.contains(candidates[i]);
        }
        return kept;
    }
}
