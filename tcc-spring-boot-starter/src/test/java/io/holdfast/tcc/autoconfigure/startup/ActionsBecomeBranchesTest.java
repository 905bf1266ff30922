package io.holdfast.tcc.autoconfigure.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.tcc.TryRefusedException;
import io.holdfast.tcc.autoconfigure.TccAutoConfiguration;
import io.holdfast.tcc.branch.BranchHistory;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.seata.core.context.RootContext;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.apache.seata.rm.tcc.api.BusinessActionContextParameter;
import org.apache.seata.rm.tcc.api.LocalTCC;
import org.apache.seata.rm.tcc.api.TwoPhaseBusinessAction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.transaction.annotation.Transactional;

/** However a team makes its actions: each Try is a branch, is fenced and can be confirmed, and none runs without an xid. */
class ActionsBecomeBranchesTest {

    private static final String XID = "10.0.0.1:8091:7002";
    private static TestSchema schema;

    private final ApplicationContextRunner application = OfflineSeata.on(new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    TransactionAutoConfiguration.class,
                    AopAutoConfiguration.class,
                    TccAutoConfiguration.class))
            .withPropertyValues(
                    "spring.application.name=shop",
                    "spring.datasource.url=" + schema.url(),
                    "spring.datasource.username=" + schema.user(),
                    "spring.datasource.password=" + schema.password(),
                    "spring.datasource.hikari.maximum-pool-size=4"));
    private OfflineSeata.Coordinator coordinator;

    @BeforeAll
    static void createTables() throws SQLException {
        schema = TestDatabase.mariaDb().newSchema("branches");
        schema.runScript("fence.sql");
    }

    @BeforeEach
    void emptyCoordinatorAndTable() throws SQLException {
        schema.run("delete from tcc_fence_log;");
        coordinator = OfflineSeata.coordinator();
    }

    @AfterEach
    void leaveNoTransactionBehind() {
        RootContext.unbind();
    }

    @AfterAll
    static void leaveSeata() {
        OfflineSeata.leave();
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                Imported.class,
                MadeByAMethod.class,
                MadeByAStaticMethod.class,
                MadeAsItsInterface.class,
                MadeByAFactory.class,
                Lazily.class,
                Transactionally.class,
                AnnotatedOnTheInterface.class,
                AnnotatedOnTheInterfaceAndMadeAsIt.class,
                AnnotatedOnTheSuperclass.class,
                WithoutLocalTcc.class
            })
    void every_action_is_a_branch(Class<?> team) {
        application.withUserConfiguration(team).run(this::assertItIsABranch);
    }

    /** Seata looks at each bean name once in the life of a JVM. */
    @Test
    void it_is_one_again_in_a_second_application_of_the_same_process() {
        application.withUserConfiguration(Imported.class).run(this::assertItIsABranch);
        coordinator = OfflineSeata.coordinator();
        application.withUserConfiguration(Imported.class).run(context -> {
            RootContext.bind(XID);
            context.getBean(Held.class).hold(null, "sku-2");
            assertThat(coordinator.registered()).containsExactly("points.hold");
        });
    }

    @ParameterizedTest
    @ValueSource(
            classes = {Imported.class, MadeByAMethod.class, AnnotatedOnTheInterfaceAndMadeAsIt.class, Lazily.class})
    void with_lazy_initialization_the_fence_is_installed_and_every_action_is_there_before_it_is_used(Class<?> team) {
        application
                .withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .withUserConfiguration(team)
                .run(context -> {
                    assertThat(coordinator.getManagedResources()).containsOnlyKeys("points.hold");
                    assertItIsABranch(context);
                });
    }

    /** Its type is not told, so with lazy initialization nobody can know of it until it is used. */
    @Test
    void an_action_that_appears_only_when_it_is_used_is_refused_then() {
        application
                .withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .withUserConfiguration(MadeAsItsInterface.class)
                .run(context -> assertThatThrownBy(() -> context.getBean(Held.class))
                        .rootCause()
                        .isInstanceOf(InvalidTccSetupException.class)
                        .hasMessageContaining("points.hold")
                        .hasMessageContaining("return the class Points"));
    }

    private void assertItIsABranch(ApplicationContext context) throws Exception {
        Held action = context.getBean(Held.class);
        assertThatThrownBy(() -> action.hold(null, "sku-1"))
                .isInstanceOf(TryRefusedException.NoGlobalTransaction.class);
        assertThat(Points.HELD).isEmpty();

        RootContext.bind(XID);
        action.hold(null, "sku-1");

        assertThat(coordinator.registered()).containsExactly("points.hold");
        assertThat(Points.HELD).containsExactly("sku-1");
        assertThat(statusOf(context)).containsExactly("TRIED");
        assertThat(coordinator.commit(XID, "points.hold")).isTrue();
        assertThat(statusOf(context)).containsExactly("COMMITTED");
    }

    @BeforeEach
    @AfterEach
    void nothingIsHeld() {
        Points.HELD.clear();
    }

    private static List<String> statusOf(ApplicationContext context) {
        return context.getBean(BranchHistory.class).branchesOf(XID).stream()
                .map(branch -> branch.status())
                .toList();
    }

    // The actions

    public interface Held {
        void hold(BusinessActionContext branch, String sku);
    }

    @LocalTCC
    public static class Points implements Held {

        static final List<String> HELD = new CopyOnWriteArrayList<>();

        @Override
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public void hold(BusinessActionContext branch, @BusinessActionContextParameter("sku") String sku) {
            HELD.add(sku);
        }

        public boolean spend(BusinessActionContext branch) {
            return true;
        }

        public boolean giveBack(BusinessActionContext branch) {
            return true;
        }
    }

    public static class TransactionalPoints extends Points {
        @Transactional
        public void somethingElse() {}
    }

    public static class InheritingPoints extends Points {}

    public static class PlainPoints implements Held {

        @Override
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public void hold(BusinessActionContext branch, String sku) {
            Points.HELD.add(sku);
        }

        public boolean spend(BusinessActionContext branch) {
            return true;
        }

        public boolean giveBack(BusinessActionContext branch) {
            return true;
        }
    }

    @LocalTCC
    public interface AnnotatedHeld extends Held {

        @Override
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        void hold(BusinessActionContext branch, String sku);

        boolean spend(BusinessActionContext branch);

        boolean giveBack(BusinessActionContext branch);
    }

    public static class PlainlyHeld implements AnnotatedHeld {

        @Override
        public void hold(BusinessActionContext branch, String sku) {
            Points.HELD.add(sku);
        }

        @Override
        public boolean spend(BusinessActionContext branch) {
            return true;
        }

        @Override
        public boolean giveBack(BusinessActionContext branch) {
            return true;
        }
    }

    // How a team makes them

    @Configuration(proxyBeanMethods = false)
    @Import(Points.class)
    static class Imported {}

    @Configuration
    static class MadeByAMethod {
        @Bean
        Points points() {
            return new Points();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class MadeByAStaticMethod {
        @Bean
        static Points points() {
            return new Points();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class MadeAsItsInterface {
        @Bean
        Held points() {
            return new Points();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class MadeByAFactory {
        @Bean
        PointsFactory points() {
            return new PointsFactory();
        }
    }

    static class PointsFactory implements FactoryBean<Points> {
        @Override
        public Points getObject() {
            return new Points();
        }

        @Override
        public Class<?> getObjectType() {
            return Points.class;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Lazily {
        @Bean
        @Lazy
        Points points() {
            return new Points();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Transactionally {
        @Bean
        TransactionalPoints points() {
            return new TransactionalPoints();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import(PlainlyHeld.class)
    static class AnnotatedOnTheInterface {}

    @Configuration(proxyBeanMethods = false)
    static class AnnotatedOnTheInterfaceAndMadeAsIt {
        @Bean
        AnnotatedHeld points() {
            return new PlainlyHeld();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class AnnotatedOnTheSuperclass {
        @Bean
        InheritingPoints points() {
            return new InheritingPoints();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import(PlainPoints.class)
    static class WithoutLocalTcc {}
}
