package io.holdfast.structure;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.EvaluationResult;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Finds packages that depend on each other in a circle. Below one root package it looks twice: at the features, which are the packages
 * right below the root with all that lies deeper, and at every single package. The types in the root package itself count as one feature.
 */
public final class PackageCycles {

    private PackageCycles() {}

    /**
     * @param root a package, say {@code io.holdfast.order}
     * @return a description of each circle, none if there are none
     * @throws IllegalArgumentException if there are no classes below the root: then a result would mean nothing
     */
    public static List<String> below(String root, JavaClasses classes) {
        JavaClasses ours = classes.that(resideInAPackage(root + ".."));
        if (ours.isEmpty()) {
            throw new IllegalArgumentException("there are no classes in " + root);
        }
        return Stream.of(
                        circles(ours, root, packageName -> featureOf(packageName, root)),
                        circles(ours, root, UnaryOperator.identity()))
                .flatMap(result -> result.getFailureReport().getDetails().stream())
                .distinct()
                .toList();
    }

    private static EvaluationResult circles(JavaClasses classes, String root, UnaryOperator<String> sliceOf) {
        return slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass type) {
                        return SliceIdentifier.of(sliceOf.apply(type.getPackageName()));
                    }

                    @Override
                    public String getDescription() {
                        return "packages below " + root;
                    }
                })
                .should()
                .beFreeOfCycles()
                .evaluate(classes);
    }

    private static String featureOf(String packageName, String root) {
        int end = packageName.indexOf('.', root.length() + 1);
        return end < 0 ? packageName : packageName.substring(0, end);
    }
}
