package io.holdfast.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No package depends, by whatever way, on one that depends on it. */
class PackageCyclesTest {

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.holdfast");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.holdfast.background",
                "io.holdfast.comparison",
                "io.holdfast.edge",
                "io.holdfast.gateway",
                "io.holdfast.load",
                "io.holdfast.localplatform",
                "io.holdfast.message",
                "io.holdfast.migrations",
                "io.holdfast.order",
                "io.holdfast.payment",
                "io.holdfast.properties",
                "io.holdfast.reconciliation",
                "io.holdfast.rows",
                "io.holdfast.stock",
                "io.holdfast.tcc"
            })
    void packages_do_not_depend_on_each_other_in_a_circle(String root) {
        assertThat(PackageCycles.below(root, OURS)).as("circles in " + root).isEmpty();
    }

    /** Where a root is missing above, nobody would look. */
    @Test
    void every_root_package_is_looked_at() throws NoSuchMethodException {
        ValueSource looked = PackageCyclesTest.class
                .getDeclaredMethod("packages_do_not_depend_on_each_other_in_a_circle", String.class)
                .getAnnotation(ValueSource.class);
        Set<String> roots = OURS.stream()
                .map(type -> type.getPackageName().split("\\."))
                .filter(name -> name.length > 2)
                .map(name -> String.join(".", name[0], name[1], name[2]))
                .filter(root -> !root.equals("io.holdfast.structure"))
                .collect(java.util.stream.Collectors.toSet());

        assertThat(looked.strings()).containsExactlyInAnyOrderElementsOf(roots);
    }

    @Test
    void a_circle_of_three_packages_is_found() {
        assertThat(circlesIn("io.holdfast.structure.fixture.ofthree"))
                .anyMatch(circle -> circle.contains("fixture.ofthree.north")
                        && circle.contains("fixture.ofthree.east")
                        && circle.contains("fixture.ofthree.west"));
    }

    /** Each of its four packages is in no circle; the two features are. */
    @Test
    void a_circle_of_features_is_found_whatever_packages_it_passes() {
        assertThat(circlesIn("io.holdfast.structure.fixture.offeatures"))
                .anyMatch(circle ->
                        circle.contains("fixture.offeatures.red") && circle.contains("fixture.offeatures.blue"));
    }

    @Test
    void a_circle_through_the_root_package_is_found() {
        assertThat(circlesIn("io.holdfast.structure.fixture.ofroot")).isNotEmpty();
    }

    @Test
    void a_circle_below_one_feature_is_found() {
        assertThat(circlesIn("io.holdfast.structure.fixture.deep")).isNotEmpty();
    }

    @Test
    void packages_that_depend_one_way_are_no_circle() {
        assertThat(circlesIn("io.holdfast.structure.fixture.oneway")).isEmpty();
    }

    @Test
    void a_root_without_classes_is_an_error() {
        assertThatIllegalArgumentException().isThrownBy(() -> circlesIn("io.holdfast.structure.fixture.nothing"));
    }

    private static Iterable<String> circlesIn(String root) {
        return PackageCycles.below(root, new ClassFileImporter().importPackages(root));
    }
}
