package io.holdfast.localplatform.part;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * The topics, and who may write to and read which: a command to release goods or to refund money comes from order-svc alone, and its
 * result from who carries it out. A topic that is not named here does not exist.
 */
public final class KafkaAccess {

    private static final String ORDER = "order-svc";
    private static final String STOCK = "stock-svc";
    private static final String PAYMENT = "payment-svc";

    /** Each is the Kafka user of that name, and the only one in the group of that name, which all its instances share. */
    static final List<String> SERVICES = List.of(ORDER, STOCK, PAYMENT);

    static final List<Topic> TOPICS = List.of(
            new Topic("holdfast.order.events", ORDER, Set.of()),
            new Topic("holdfast.stock.events", STOCK, Set.of(ORDER)),
            new Topic("holdfast.stock.release", ORDER, Set.of(STOCK)),
            new Topic("holdfast.stock.release.results", STOCK, Set.of(ORDER)),
            new Topic("holdfast.payment.refund", ORDER, Set.of(PAYMENT)),
            new Topic("holdfast.payment.refund.results", PAYMENT, Set.of(ORDER)));

    /** What each instance hears for itself, it hears in a group of its own: {@code order-svc-events-...}. */
    private static final String OWN_GROUPS = "-events-";

    private static final String ANY_HOST = "*";
    private static final int LIMIT_SECONDS = 30;

    private KafkaAccess() {}

    /**
     * A topic.
     *
     * @param writer the one who may write to it
     * @param readers those who may read it
     */
    record Topic(String name, String writer, Set<String> readers) {}

    /** Makes the topics that are missing, and the rights what they are here: no fewer, and no more. */
    static void apply(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        makeTopics(admin);
        Set<AclBinding> wanted = rules();
        Collection<AclBinding> found =
                admin.describeAcls(AclBindingFilter.ANY).values().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        Set<AclBinding> missing = new HashSet<>(wanted);
        missing.removeAll(found);
        admin.createAcls(missing).all().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        List<AclBindingFilter> others = found.stream()
                .filter(rule -> !wanted.contains(rule))
                .map(AclBinding::toFilter)
                .toList();
        admin.deleteAcls(others).all().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    private static void makeTopics(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        List<NewTopic> topics = TOPICS.stream()
                .map(topic -> new NewTopic(topic.name(), Optional.empty(), Optional.empty()))
                .toList();
        for (var made : admin.createTopics(topics).values().values()) {
            try {
                made.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
    }

    private static Set<AclBinding> rules() {
        List<AclBinding> rules = new ArrayList<>();
        for (Topic topic : TOPICS) {
            // The right to see a topic comes with that to write or to read.
            rules.add(rule(ResourceType.TOPIC, topic.name(), PatternType.LITERAL, topic.writer(), AclOperation.WRITE));
            topic.readers()
                    .forEach(reader -> rules.add(
                            rule(ResourceType.TOPIC, topic.name(), PatternType.LITERAL, reader, AclOperation.READ)));
        }
        for (String service : SERVICES) {
            rules.add(rule(ResourceType.GROUP, service, PatternType.LITERAL, service, AclOperation.READ));
            rules.add(rule(ResourceType.GROUP, service + OWN_GROUPS, PatternType.PREFIXED, service, AclOperation.READ));
        }
        return rules.stream().collect(Collectors.toUnmodifiableSet());
    }

    private static AclBinding rule(
            ResourceType type, String name, PatternType pattern, String service, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry("User:" + service, ANY_HOST, operation, AclPermissionType.ALLOW));
    }
}
