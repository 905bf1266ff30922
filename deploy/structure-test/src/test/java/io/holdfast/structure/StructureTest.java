package io.holdfast.structure;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Timer;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Collectors;
import org.apache.seata.integration.tx.api.fence.FenceHandler;
import org.apache.seata.rm.tcc.api.TwoPhaseBusinessAction;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.task.AsyncTaskExecutor;

/** Who may know whom, and what nobody may do. These rules read the compiled classes of all modules; nothing is started. */
@AnalyzeClasses(
        packages = "io.holdfast",
        importOptions = {ImportOption.DoNotIncludeTests.class, StructureTest.WithoutTheBenchmark.class})
class StructureTest {

    /** The benchmark talks on the console, and what it compares with is written as others would write it. */
    static final class WithoutTheBenchmark implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/io/holdfast/load/") && !location.contains("/io/holdfast/comparison/");
        }
    }

    private static final String STARTER = "io.holdfast.tcc..";
    private static final String EDGE = "io.holdfast.edge..";
    private static final String MESSAGE = "io.holdfast.message..";
    private static final String ORDER = "io.holdfast.order..";
    private static final String STOCK = "io.holdfast.stock..";
    private static final String PAYMENT = "io.holdfast.payment..";
    private static final String GATEWAY = "io.holdfast.gateway..";
    private static final String BACKGROUND = "io.holdfast.background..";
    private static final String PROPERTIES = "io.holdfast.properties..";
    private static final String LAUNCHER = "io.holdfast.localplatform..";

    /** What services share, but for {@code record-rows}, which is about MyBatis itself. */
    private static final String[] LIBRARIES = {
        STARTER, EDGE, MESSAGE, BACKGROUND, "io.holdfast.reconciliation..", "io.holdfast.properties.."
    };

    /** JdbcClient has neither batches nor a time limit of its own: these have a JdbcTemplate beside or below it. */
    private static final Set<String> WITH_TEMPLATES = Set.of("AttemptTable", "FenceTable", "SqlCheck");

    /** A rule about classes that are not on the class path holds for ever: every module has to be seen. */
    @ArchTest
    static void everyModuleIsSeen(JavaClasses all) {
        assertThat(List.of(STARTER, EDGE, MESSAGE, BACKGROUND, PROPERTIES, ORDER, STOCK, PAYMENT, GATEWAY, LAUNCHER))
                .allSatisfy(module -> assertThat(all.that(resideInAPackage(module)))
                        .as("classes in " + module)
                        .isNotEmpty());
    }

    @ArchTest
    static final ArchRule theStarterKnowsNoService = noClasses()
            .that()
            .resideInAPackage(STARTER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ORDER, STOCK, PAYMENT, GATEWAY, EDGE, LAUNCHER)
            .because("other teams take the starter into services that we do not know");

    @ArchTest
    static final ArchRule theEdgeKnowsNoServiceAndNoStarter = noClasses()
            .that()
            .resideInAPackage(EDGE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ORDER, STOCK, PAYMENT, GATEWAY, STARTER, LAUNCHER)
            .because("it has one subject, HTTP");

    @ArchTest
    static final ArchRule localMessagesKnowNoServiceAndNoStarter = noClasses()
            .that()
            .resideInAPackage(MESSAGE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ORDER, STOCK, PAYMENT, GATEWAY, EDGE, STARTER, LAUNCHER, "org.apache.seata..")
            .because("other teams take them into services that we do not know, with global transactions or without");

    @ArchTest
    static final ArchRule onlyLocalMessagesKnowKafka = noClasses()
            .that()
            .resideInAnyPackage(ORDER, STOCK, PAYMENT, GATEWAY, STARTER, EDGE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "org.springframework.kafka..")
            .because("a message that is sent past the local transaction may be lost, or tell of what never was");

    @ArchTest
    static final ArchRule theGatewayIsAForeignSystem = noClasses()
            .that()
            .resideInAPackage(GATEWAY)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ORDER, STOCK, PAYMENT, STARTER, LAUNCHER)
            .because("a real one would know nothing of us");

    @ArchTest
    static final ArchRule nobodyKnowsTheGatewayButOverHttp = noClasses()
            .that()
            .resideInAnyPackage(ORDER, STOCK, PAYMENT, STARTER, EDGE, LAUNCHER)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(GATEWAY);

    @ArchTest
    static final ArchRule theEdgeKnowsNoTransactions = noClasses()
            .that()
            .resideInAPackage(EDGE)
            .and()
            .resideOutsideOfPackage("io.holdfast.edge.audit..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.seata..", "java.sql..", "javax.sql..")
            .because(
                    "it has one subject, HTTP; but what an operator does by HTTP is audited in the transaction of the change");

    @ArchTest
    static final ArchRule orderKnowsItsNeighboursOnlyByCalls = knowsNot(ORDER, STOCK, PAYMENT);

    @ArchTest
    static final ArchRule stockKnowsNoOtherService = knowsNot(STOCK, ORDER, PAYMENT);

    @ArchTest
    static final ArchRule paymentKnowsNoOtherService = knowsNot(PAYMENT, ORDER, STOCK);

    @ArchTest
    static final ArchRule theLauncherKnowsNoServiceFromInside = noClasses()
            .that()
            .resideInAPackage(LAUNCHER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ORDER, STOCK, PAYMENT, EDGE, STARTER)
            .because("it starts processes and speaks HTTP to them, as a person would");

    @ArchTest
    static final ArchRule theModelKnowsNoTechnology = noClasses()
            .that()
            .resideInAPackage("io.holdfast..model..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.springframework..",
                    "org.apache.seata..",
                    "com.baomidou..",
                    "org.apache.ibatis..",
                    "java.sql..",
                    "javax.sql..",
                    "com.fasterxml.jackson..",
                    "tools.jackson..",
                    "jakarta..",
                    "feign..",
                    "com.alibaba..")
            .because("what an order, a reservation or a payment is does not depend on what carries it");

    @ArchTest
    static final ArchRule theModelKnowsNothingOfItsServiceOutside = noClasses()
            .that()
            .resideInAPackage("io.holdfast..model..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.holdfast..")
                    .and(not(resideInAPackage("io.holdfast..model..")))
                    .as("are ours and outside the model"));

    @ArchTest
    static void everyServiceHasAModel(JavaClasses all) {
        assertThat(List.of("io.holdfast.order.model..", "io.holdfast.stock.model..", "io.holdfast.payment.model.."))
                .allSatisfy(model -> assertThat(all.that(resideInAPackage(model)))
                        .as("classes in " + model)
                        .isNotEmpty());
    }

    @ArchTest
    static final ArchRule nothingIsInjectedIntoFields = noFields()
            .should()
            .beAnnotatedWith(Autowired.class)
            .orShould()
            .beAnnotatedWith(Value.class)
            .orShould()
            .beAnnotatedWith("jakarta.annotation.Resource")
            .orShould()
            .beAnnotatedWith("jakarta.inject.Inject")
            .because("a class says in its constructor what it needs");

    @ArchTest
    static final ArchRule nothingIsInjectedIntoSetters =
            noMethods().should().beAnnotatedWith(Autowired.class).because("constructors are enough");

    @ArchTest
    static final ArchRule noLombok = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAPackage("lombok..")
            .because("records do it, and need no agent in the compiler");

    @ArchTest
    static final ArchRule noNamesThatSayNothing = noClasses()
            .should()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("ServiceImpl")
            .orShould()
            .haveSimpleNameEndingWith("Impl")
            .orShould()
            .haveSimpleNameEndingWith("Manager");

    @ArchTest
    static final ArchRule noPackagesThatSayNothing = noClasses()
            .should()
            .resideInAnyPackage(
                    "..common..", "..util..", "..utils..", "..helper..", "..service..", "..controller..", "..dao..")
            .because("packages are named for what the business does, never for a layer");

    /** And who refuses to start, before there is a log. */
    @ArchTest
    static final ArchRule onlyTheLauncherSpeaksOnTheConsole = noClasses()
            .that()
            .resideOutsideOfPackage(LAUNCHER)
            .and()
            .doNotHaveFullyQualifiedName("io.holdfast.edge.startup.RequiredEnvironment")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(Throwable.class, "printStackTrace");

    @ArchTest
    static final ArchRule nobodySleeps = noClasses()
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", long.class, int.class)
            .orShould()
            .callMethod(Thread.class, "sleep", java.time.Duration.class)
            .because("a sleep is a guess about when something has happened");

    @ArchTest
    static final ArchRule timeIsInjected = noClasses()
            .that()
            .resideInAnyPackage(ORDER, STOCK, PAYMENT, GATEWAY, STARTER, MESSAGE)
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(java.time.LocalDateTime.class, "now")
            .because("times that go into a database come from the injected Clock");

    @ArchTest
    static final ArchRule backgroundWorkKnowsNothingOfOurs = noClasses()
            .that()
            .resideInAPackage(BACKGROUND)
            .should()
            .dependOnClassesThat(resideInAPackage("io.holdfast..").and(not(resideInAPackage(BACKGROUND))))
            .because("every module, the starter too, has threads and scheduled tasks");

    @ArchTest
    static final ArchRule propertiesKnowNothingOfOurs = noClasses()
            .that()
            .resideInAPackage(PROPERTIES)
            .should()
            .dependOnClassesThat(resideInAPackage("io.holdfast..").and(not(resideInAPackage(PROPERTIES))))
            .because("every module, the starter too, has properties");

    /** An executor swallows what is thrown in a task, and a thread ends by it: nothing would be done any more, without a word. */
    @ArchTest
    static final ArchRule threadsAreMadeInOnePlace = noClasses()
            .that()
            .resideInAnyPackage(
                    ORDER,
                    STOCK,
                    PAYMENT,
                    GATEWAY,
                    STARTER,
                    EDGE,
                    MESSAGE,
                    "io.holdfast.reconciliation..",
                    "io.holdfast.rows..")
            .should()
            .callConstructorWhere(target(owner(assignableTo(Thread.class)))
                    .or(target(owner(assignableTo(Timer.class))))
                    .or(target(owner(assignableTo(ExecutorService.class))))
                    .or(target(owner(assignableTo(AsyncTaskExecutor.class))))
                    .or(target(owner(assignableTo(ThreadFactory.class)))))
            .orShould()
            .callMethodWhere(target(owner(equivalentTo(Executors.class))))
            .orShould()
            .callMethodWhere(target(owner(equivalentTo(CompletableFuture.class)))
                    .and(target(nameMatching("(run|supply)Async|delayedExecutor|.*Async"))))
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.springframework.scheduling.annotation.Async")
            .because("BackgroundThreads makes those that go on, count and raise an alarm, whatever is thrown in them");

    /** A library may ask for one: {@code Date.from(instant)} on the way to it is all there may be of them. */
    @ArchTest
    static final ArchRule oldDatesAreOnlyMadeForLibrariesThatAskForThem = noClasses()
            .should()
            .callConstructor(Date.class)
            .orShould()
            .callConstructor(Date.class, long.class)
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(java.util.Calendar.class, java.text.SimpleDateFormat.class, java.sql.Timestamp.class);

    @ArchTest
    static final ArchRule oldDatesAreNeitherKept =
            noFields().should().haveRawType(Date.class).because("an Instant says what it is");

    @ArchTest
    static final ArchRule norAskedForExceptBySeatasFence = noMethods()
            .that()
            .areDeclaredInClassesThat(
                    not(describe("implement Seata's FenceHandler", type -> type.isAssignableTo(FenceHandler.class))))
            .should()
            .haveRawParameterTypes(describe("with a Date among them", types -> types.stream()
                    .anyMatch(type -> type.isEquivalentTo(Date.class))))
            .orShould()
            .haveRawReturnType(Date.class);

    @ArchTest
    static final ArchRule noStaticState = fields().that()
            .areStatic()
            .and()
            .areDeclaredInClassesThat(not(resideInAnyPackage(LAUNCHER)))
            .should()
            .beFinal();

    @ArchTest
    static final ArchRule actionsCanBeCalledBySeataAndAreFenced = methods()
            .that()
            .areAnnotatedWith(TwoPhaseBusinessAction.class)
            .should(new ArchCondition<>("be public in a public class, fenced, with public Confirm and Cancel") {
                @Override
                public void check(JavaMethod tried, ConditionEvents events) {
                    TwoPhaseBusinessAction action = tried.getAnnotationOfType(TwoPhaseBusinessAction.class);
                    require(isPublic(tried), tried, "is not public", events);
                    require(
                            tried.getOwner().getModifiers().contains(JavaModifier.PUBLIC),
                            tried,
                            "stands in a class that is not public: phase two would fail for ever",
                            events);
                    require(!tried.getOwner().isInterface(), tried, "is annotated on an interface", events);
                    require(action.useTCCFence(), tried, "is not fenced", events);
                    for (String second : List.of(action.commitMethod(), action.rollbackMethod())) {
                        require(
                                tried.getOwner().getMethods().stream()
                                        .anyMatch(method -> method.getName().equals(second) && isPublic(method)),
                                tried,
                                "names " + second + ", which is no public method of its class",
                                events);
                    }
                }

                private static boolean isPublic(JavaMethod method) {
                    return method.getModifiers().contains(JavaModifier.PUBLIC);
                }

                private static void require(boolean holds, JavaMethod tried, String fault, ConditionEvents events) {
                    if (!holds) {
                        events.add(SimpleConditionEvent.violated(tried, tried.getFullName() + " " + fault));
                    }
                }
            });

    @ArchTest
    static void actionsAreThoseOfTheDesignAndNoNameIsTakenTwice(JavaClasses all) {
        Map<String, Set<String>> classesByAction = all.stream()
                .flatMap(type -> type.getMethods().stream())
                .filter(method -> method.isAnnotatedWith(TwoPhaseBusinessAction.class))
                .collect(Collectors.groupingBy(
                        method -> method.getAnnotationOfType(TwoPhaseBusinessAction.class)
                                .name(),
                        TreeMap::new,
                        Collectors.mapping(JavaMethod::getFullName, Collectors.toSet())));
        assertThat(classesByAction.keySet())
                .containsExactly("order.place", "payment.card", "payment.open", "stock.reserve");
        assertThat(classesByAction.values())
                .allSatisfy(methods -> assertThat(methods).hasSize(1));
    }

    @ArchTest
    static final ArchRule onlyServicesUseMyBatis = noClasses()
            .that()
            .resideInAnyPackage(LIBRARIES)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.ibatis..", "org.mybatis..", "com.baomidou..")
            .because("a library asks whoever takes it for no more than a DataSource: it uses JdbcClient");

    @ArchTest
    static final ArchRule librariesUseJdbcClientAlone = noClasses()
            .that()
            .resideInAnyPackage(LIBRARIES)
            .and(not(oneOf(WITH_TEMPLATES)))
            .should()
            .dependOnClassesThat()
            .haveNameMatching("org\\.springframework\\.jdbc\\.core\\.(JdbcTemplate|JdbcOperations|namedparam\\..*)")
            .because("there is one way to the tables of a library");

    @ArchTest
    static final ArchRule servicesUseMyBatisAlone = noClasses()
            .that()
            .resideInAnyPackage(ORDER, STOCK, PAYMENT)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.springframework.jdbc.core..")
            .because("there is one way to the tables of a service: its mappers");

    /** By simple name, with the types inside. */
    private static DescribedPredicate<JavaClass> oneOf(Set<String> names) {
        return describe("are among " + names, type -> {
            String name = type.getName().substring(type.getPackageName().length() + 1);
            return names.contains(name.split("\\$")[0]);
        });
    }

    private static ArchRule knowsNot(String service, String... others) {
        return noClasses()
                .that()
                .resideInAPackage(service)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage(LAUNCHER)
                .because("services know each other only through Feign clients and messages");
    }
}
