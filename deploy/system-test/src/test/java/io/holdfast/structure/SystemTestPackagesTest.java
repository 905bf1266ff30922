package io.holdfast.structure;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** The rules of structure hold for the system tests too. They are no module's main code, so they look at themselves. */
class SystemTestPackagesTest {

    @Test
    void packages_do_not_depend_on_each_other_in_a_circle() {
        assertThat(PackageCycles.below(
                        "io.holdfast.systemtest", new ClassFileImporter().importPackages("io.holdfast.systemtest")))
                .isEmpty();
    }
}
