package io.holdfast.order;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.holdfast.order", importOptions = ImportOption.DoNotIncludeTests.class)
class StructureTest {

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CIRCLES =
            slices().matching("io.holdfast.order.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule MODEL_STANDS_ON_JAVA_ALONE = classes()
            .that()
            .resideInAPackage("io.holdfast.order.model")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify.annotations", "io.holdfast.order.model");

    @ArchTest
    static final ArchRule SQL_IS_IN_THE_STORE_AND_IN_THE_MAPPER_OF_SALES = noClasses()
            .that()
            .resideOutsideOfPackage("io.holdfast.order.store")
            .and()
            .haveNameNotMatching("io\\.holdfast\\.order\\.sale\\.SaleMapper(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.ibatis..", "com.baomidou..", "java.sql", "org.springframework.jdbc..");

    @ArchTest
    static final ArchRule SEATA_IS_AT_THE_COORDINATOR_AND_AT_THE_ACTION = noClasses()
            .that()
            .resideOutsideOfPackages("io.holdfast.order.coordinator", "io.holdfast.order.placing")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.seata..");
}
