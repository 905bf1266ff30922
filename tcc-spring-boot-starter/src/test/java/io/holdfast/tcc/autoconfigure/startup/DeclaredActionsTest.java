package io.holdfast.tcc.autoconfigure.startup;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.tcc.PhaseTwoPolicy;
import io.holdfast.tcc.autoconfigure.TccAutoConfiguration;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.apache.seata.rm.tcc.api.BusinessActionContextParameter;
import org.apache.seata.rm.tcc.api.LocalTCC;
import org.apache.seata.rm.tcc.api.TwoPhaseBusinessAction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;

/** What a team declares and cannot work stops the start, and says where and what to do. No database is reached for that. */
class DeclaredActionsTest {

    private final ApplicationContextRunner application = OfflineSeata.on(new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(TccAutoConfiguration.class))
            .withUserConfiguration(Database.class)
            .withPropertyValues("spring.application.name=shop"));

    @BeforeEach
    void emptyCoordinator() {
        OfflineSeata.coordinator();
    }

    @AfterAll
    static void leaveSeata() {
        OfflineSeata.leave();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "NoName                | it has no name",
                "LongName              | its name has 65 characters, and the column action_name takes 64",
                "NameWithComma         | its name contains a comma",
                "NoFence               | it runs without the fence",
                "FinalClass            | its class is final",
                "PrivateTry            | its Try is not public",
                "FinalTry              | its Try is final",
                "StaticTry             | its Try is static",
                "SameTwice             | Confirm and Cancel are the same method",
                "NoConfirm             | its commitMethod spend(BusinessActionContext) is not a public method",
                "NoCancel              | its rollbackMethod giveBack(BusinessActionContext) is not a public method",
                "PrivateConfirm        | its commitMethod spend(BusinessActionContext) is not a public method",
                "OtherParameters       | its commitMethod spend(BusinessActionContext) is not a public method",
                "StaticConfirm         | its commitMethod spend(BusinessActionContext) is static",
                "FinalCancel           | its rollbackMethod giveBack(BusinessActionContext) is final",
                "HiddenClass           | is not public",
                "FutureAnswer          | returns CompletableFuture, which is taken for success",
                "PrimitiveAsked        | asks for points as long, and what the context lacks is null",
                "UnnamedAsked          | has a parameter (Long) that the context has no name for",
                "OverriddenBare        | Seata does not see it",
                "GenericInterface      | Seata does not see it",
                "HiddenParameter       | stands on Carrying only, where Seata does not look",
                "UnnamedParameter      | has no name in the context",
                "TwiceTheSameName      | two parameters of its Try have the name sku",
                "CarriesMoney          | (Money) is not carried by the action context: nothing of it is written",
                "CarriesMonies         | (List) is not carried by the action context: Money in it: nothing of it is written",
                "CarriesAStream        | (InputStream) is not carried by the action context: it is no value",
                "AskedAsAnotherType    | asks for at as Instant, which the context does not give back",
                "Prototype             | its scope is prototype, and phase two calls one bean for ever",
            })
    void a_flaw_stops_the_start_and_is_named(String action, String error) throws ClassNotFoundException {
        Class<?> type = Class.forName(DeclaredActionsTest.class.getName() + "$" + action);
        withAction(type).run(context -> {
            InvalidTccSetupException failure = failureOf(context.getStartupFailure());
            assertThat(failure.errors()).anySatisfy(found -> {
                assertThat(found.what()).contains(error);
                assertThat(found.where()).containsAnyOf(type.getName(), "points.hold");
                assertThat(found.remedy()).isNotBlank();
            });
        });
    }

    @ParameterizedTest
    @ValueSource(classes = {CarriesWhatItCan.class, AsksForWhatItPut.class})
    void what_the_context_carries_is_no_flaw(Class<?> action) {
        withAction(action).run(context -> assertThat(context.getStartupFailure())
                .satisfiesAnyOf(
                        none -> assertThat(none).isNull(),
                        // It comes as far as the database, which there is not.
                        other -> assertThat(other).rootCause().isNotInstanceOf(InvalidTccSetupException.class)));
    }

    @Test
    void all_flaws_are_told_at_once_each_with_the_mend() {
        withAction(Everything.class).run(context -> {
            InvalidTccSetupException failure = failureOf(context.getStartupFailure());
            assertThat(failure.errors()).hasSizeGreaterThanOrEqualTo(4);

            var analysis = new InvalidTccSetupFailureAnalyzer().analyze(context.getStartupFailure());

            assertThat(analysis.getDescription())
                    .contains(
                            "What is declared for TCC cannot work", "commitMethod", "rollbackMethod", "final", "Money");
            assertThat(analysis.getAction()).contains("Make hold public", "Write public boolean nowhere");
        });
    }

    @Test
    void two_actions_of_one_name_are_named_with_their_places() {
        application.withBean("one", Sound.class).withBean("other", Sound.class).run(context -> assertThat(
                        failureOf(context.getStartupFailure()))
                .hasMessageContaining("more than one Try has this name: one.hold, other.hold"));
    }

    @Test
    void an_action_without_a_data_source_has_no_fence_and_stops_the_start() {
        OfflineSeata.on(new ApplicationContextRunner()
                        .withConfiguration(AutoConfigurations.of(TccAutoConfiguration.class))
                        .withPropertyValues("spring.application.name=shop"))
                .withBean(Sound.class)
                .run(context -> assertThat(failureOf(context.getStartupFailure()))
                        .hasMessageContaining("points.hold")
                        .hasMessageContaining("there is no fence"));
    }

    @ParameterizedTest
    @CsvSource({
        "spring.application.name=,                      it is not set",
        "spring.application.name=shop:1,                a colon",
        "seata.application-id=" + "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn, 66 characters",
        "seata.tx-service-group=" + "gggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggg, 66 characters",
        "seata.service.disable-global-transaction=true, a Try would run without a branch"
    })
    void names_that_the_coordinator_does_not_take_stop_the_start(String setting, String error) {
        application.withPropertyValues(setting).run(context -> assertThat(failureOf(context.getStartupFailure()))
                .hasMessageContaining(error));
    }

    @Test
    void an_action_without_the_fence_that_is_named_is_let_be() {
        application
                .withBean(NoFence.class)
                .withPropertyValues("holdfast.tcc.without-fence=points.hold")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .isNotInstanceOf(InvalidTccSetupException.class));
    }

    private ApplicationContextRunner withAction(Class<?> type) {
        return type.equals(Prototype.class)
                ? application.withUserConfiguration(PrototypeAction.class)
                : application.withBean("action", type);
    }

    static InvalidTccSetupException failureOf(Throwable failure) {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof InvalidTccSetupException)) {
            cause = cause.getCause();
        }
        assertThat(cause).as("%s", failure).isNotNull();
        return (InvalidTccSetupException) cause;
    }

    // Actions, each with one error

    @LocalTCC
    public static class Sound {
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public void hold(BusinessActionContext branch) {}

        public boolean spend(BusinessActionContext branch) {
            return true;
        }

        public boolean giveBack(BusinessActionContext branch) {
            return true;
        }
    }

    public static class Both {
        public boolean spend(BusinessActionContext branch) {
            return true;
        }

        public boolean giveBack(BusinessActionContext branch) {
            return true;
        }
    }

    public static class NoName extends Both {
        @TwoPhaseBusinessAction(name = "", commitMethod = "spend", rollbackMethod = "giveBack", useTCCFence = true)
        public void hold(BusinessActionContext branch) {}
    }

    public static class LongName extends Both {
        @TwoPhaseBusinessAction(
                name = "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn",
                commitMethod = "spend",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public void hold(BusinessActionContext branch) {}
    }

    public static class NameWithComma extends Both {
        @TwoPhaseBusinessAction(
                name = "points,hold",
                commitMethod = "spend",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public void hold(BusinessActionContext branch) {}
    }

    public static class NoFence extends Both {
        @TwoPhaseBusinessAction(name = "points.hold", commitMethod = "spend", rollbackMethod = "giveBack")
        public void hold(BusinessActionContext branch) {}
    }

    public static final class FinalClass extends Both {
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public void hold(BusinessActionContext branch) {}
    }

    public static class PrivateTry extends Both {
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        void hold(BusinessActionContext branch) {}
    }

    public static class FinalTry extends Both {
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public final void hold(BusinessActionContext branch) {}
    }

    public static class StaticTry extends Both {
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public static void hold(BusinessActionContext branch) {}
    }

    public static class SameTwice extends Both {
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                rollbackMethod = "spend",
                useTCCFence = true)
        public void hold(BusinessActionContext branch) {}
    }

    public static class NoConfirm {
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public void hold(BusinessActionContext branch) {}

        public boolean giveBack(BusinessActionContext branch) {
            return true;
        }
    }

    public static class NoCancel {
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public void hold(BusinessActionContext branch) {}

        public boolean spend(BusinessActionContext branch) {
            return true;
        }
    }

    public static class PrivateConfirm extends NoConfirm {
        @SuppressWarnings("unused")
        private boolean spend(BusinessActionContext branch) {
            return true;
        }
    }

    public static class OtherParameters extends NoConfirm {
        public boolean spend(String sku) {
            return true;
        }
    }

    public static class StaticConfirm extends NoConfirm {
        public static boolean spend(BusinessActionContext branch) {
            return true;
        }
    }

    public static class FinalCancel extends NoCancel {
        public final boolean giveBack(BusinessActionContext branch) {
            return true;
        }
    }

    static class HiddenClass {
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public void hold(BusinessActionContext branch) {}

        public boolean spend(BusinessActionContext branch) {
            return true;
        }

        public boolean giveBack(BusinessActionContext branch) {
            return true;
        }
    }

    public static class FutureAnswer extends NoConfirm {
        public CompletableFuture<Boolean> spend(BusinessActionContext branch) {
            return CompletableFuture.completedFuture(true);
        }
    }

    public static class PrimitiveAsked {
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                commitArgsClasses = {BusinessActionContext.class, long.class},
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public void hold(BusinessActionContext branch, @BusinessActionContextParameter("points") long points) {}

        public boolean spend(BusinessActionContext branch, @BusinessActionContextParameter("points") long points) {
            return true;
        }

        public boolean giveBack(BusinessActionContext branch) {
            return true;
        }
    }

    public static class UnnamedAsked {
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                commitArgsClasses = {BusinessActionContext.class, Long.class},
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public void hold(BusinessActionContext branch, @BusinessActionContextParameter("points") Long points) {}

        public boolean spend(BusinessActionContext branch, Long points) {
            return true;
        }

        public boolean giveBack(BusinessActionContext branch) {
            return true;
        }
    }

    public static class OverriddenBare extends Sound {
        @Override
        public void hold(BusinessActionContext branch) {}
    }

    public interface Holding<T> {
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        void hold(BusinessActionContext branch, T what);

        boolean spend(BusinessActionContext branch);

        boolean giveBack(BusinessActionContext branch);
    }

    public static class GenericInterface extends Both implements Holding<String> {
        @Override
        public void hold(BusinessActionContext branch, String what) {}
    }

    public interface Carrying {
        void hold(BusinessActionContext branch, @BusinessActionContextParameter("sku") String sku);
    }

    public static class HiddenParameter extends Both implements Carrying {
        @Override
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public void hold(BusinessActionContext branch, String sku) {}
    }

    public static class UnnamedParameter extends Both {
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public void hold(BusinessActionContext branch, @BusinessActionContextParameter String sku) {}
    }

    public static class TwiceTheSameName extends Both {
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public void hold(
                BusinessActionContext branch,
                @BusinessActionContextParameter("sku") String one,
                @BusinessActionContextParameter("sku") String other) {}
    }

    public record Price(long minor, String currency) {}

    /** Nobody can ask it anything, so Seata's parser writes nothing of it. */
    public static class Money {
        long minor;
        String currency = "";
    }

    public enum Reason {
        ORDER,
        GIFT
    }

    public static class CarriesMoney extends Both {
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public void hold(BusinessActionContext branch, @BusinessActionContextParameter("price") Money price) {}
    }

    public static class CarriesMonies extends Both {
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public void hold(BusinessActionContext branch, @BusinessActionContextParameter("prices") List<Money> prices) {}
    }

    public static class CarriesAStream extends Both {
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public void hold(BusinessActionContext branch, @BusinessActionContextParameter("body") InputStream body) {}
    }

    public static class AskedAsAnotherType {
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                commitArgsClasses = {BusinessActionContext.class, Instant.class},
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public void hold(BusinessActionContext branch, @BusinessActionContextParameter("at") String at) {}

        public boolean spend(BusinessActionContext branch, @BusinessActionContextParameter("at") Instant at) {
            return true;
        }

        public boolean giveBack(BusinessActionContext branch) {
            return true;
        }
    }

    public static class CarriesWhatItCan extends Both {
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public void hold(
                BusinessActionContext branch,
                @BusinessActionContextParameter("sku") String sku,
                @BusinessActionContextParameter("points") long points,
                @BusinessActionContextParameter("reason") Reason reason,
                @BusinessActionContextParameter("price") Price price,
                @BusinessActionContextParameter("prices") List<Price> prices,
                @BusinessActionContextParameter("id") UUID id,
                @BusinessActionContextParameter("at") Instant at,
                @BusinessActionContextParameter("skus") List<String> skus,
                @BusinessActionContextParameter("bytes") byte[] bytes) {}
    }

    public static class AsksForWhatItPut {
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                commitArgsClasses = {BusinessActionContext.class, String.class, Long.class, Bean.class},
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public void hold(
                BusinessActionContext branch,
                @BusinessActionContextParameter("sku") String sku,
                @BusinessActionContextParameter("points") long points,
                @BusinessActionContextParameter("bean") Bean bean) {}

        public boolean spend(
                BusinessActionContext branch,
                @BusinessActionContextParameter("sku") String sku,
                @BusinessActionContextParameter("points") Long points,
                @BusinessActionContextParameter("bean") Bean bean) {
            return true;
        }

        public boolean giveBack(BusinessActionContext branch) {
            return true;
        }

        /** As Seata's parser likes it. */
        public static class Bean {
            private long minor;

            public long getMinor() {
                return minor;
            }

            public void setMinor(long minor) {
                this.minor = minor;
            }
        }
    }

    public static class Everything {
        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "nowhere",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public final void hold(BusinessActionContext branch, @BusinessActionContextParameter("price") Money price) {}

        @TwoPhaseBusinessAction(
                name = "points.keep",
                commitMethod = "nowhere",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public void keep(BusinessActionContext branch) {}

        private boolean giveBack(BusinessActionContext branch) {
            return true;
        }
    }

    @PhaseTwoPolicy(deadline = "soon")
    public static class Prototype extends Sound {}

    /** It cannot be reached: what is looked at here is looked at before. */
    @Configuration(proxyBeanMethods = false)
    static class Database {
        @org.springframework.context.annotation.Bean
        DataSource dataSource() {
            return new DriverManagerDataSource("jdbc:mysql://127.0.0.1:1/none");
        }

        @org.springframework.context.annotation.Bean
        JdbcTransactionManager transactionManager(DataSource dataSource) {
            return new JdbcTransactionManager(dataSource);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class PrototypeAction {
        @org.springframework.context.annotation.Bean
        @Scope("prototype")
        Prototype action() {
            return new Prototype();
        }
    }
}
