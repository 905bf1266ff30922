package io.holdfast.localplatform.part;

import io.holdfast.localplatform.runfolder.Secrets;
import java.util.List;
import java.util.Set;

/**
 * A service as Nacos knows it: it reads its own settings, registers its own name, and may look up where the others are. It has a role of the
 * same name, which has these rights.
 *
 * @param name of the service, of its user and of its role
 * @param group that its settings and its name are in
 * @param settings its dataId, or {@code *} for all of its group
 */
public record NacosUser(String name, String group, String settings) {

    /** All that are in the registry. The password of each is among the {@link Secrets}. */
    static final List<NacosUser> ALL = List.of(
            new NacosUser("order-svc", "DEFAULT_GROUP", "order-svc.yaml"),
            new NacosUser("stock-svc", "DEFAULT_GROUP", "stock-svc.yaml"),
            new NacosUser("payment-svc", "DEFAULT_GROUP", "payment-svc.yaml"),
            // Seata asks for a setting that its dataId lacks by a dataId of that name: its group is its own.
            new NacosUser(Coordinator.SERVICE, Coordinator.GROUP, "*"));

    /**
     * @param resource {@code namespace:group:config/dataId} or {@code namespace:group:naming/service}: a regular expression in which
     *     Nacos puts {@code .*} for each {@code *}
     * @param action {@code r}, {@code w} or {@code rw}
     */
    record Right(String resource, String action) {}

    Set<Right> rights() {
        return Set.of(
                new Right("public:" + group + ":config/" + settings, "r"),
                // To be told of changes, which is asked for many settings at once: Nacos then takes the two names to be
                // "*". The brackets
                // make a class of characters of what it puts for the star, so that this is what they match and no
                // setting is.
                new Right("public:[*]:config/[*]", "r"),
                new Right("public:" + group + ":naming/" + name, "rw"),
                new Right("public:*:naming/*", "r"));
    }
}
