package io.holdfast.verifyreport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/** Says at the end of {@code ./mvnw verify} where its time went. A module over its budget is told of and fails nothing. */
public final class VerifyReport {

    private VerifyReport() {}

    /** @param arguments the folder of the whole project */
    public static void main(String[] arguments) throws IOException {
        Build build = new Build(Path.of(arguments[0]));
        TimeSpent spent = new TimeSpent(build.modules(), build.testClasses(), build.processEvents(), budgets());
        spent.lines().forEach(System.out::println);
        List<String> over = spent.modulesOverBudget();
        if (!over.isEmpty()) {
            System.out.println("Over budget: " + String.join(", ", over)
                    + ". Take the time out, or say in the change why the budget has to grow (budgets.properties).");
        }
    }

    static Map<String, Integer> budgets() throws IOException {
        Properties read = new Properties();
        try (InputStream in = VerifyReport.class.getResourceAsStream("/budgets.properties")) {
            read.load(in);
        }
        return read.stringPropertyNames().stream()
                .collect(Collectors.toMap(module -> module, module -> Integer.valueOf(read.getProperty(module))));
    }
}
