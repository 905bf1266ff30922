package io.holdfast.load;

import io.holdfast.load.bench.BenchCommand;
import io.holdfast.load.platform.MissingInterfaceException;
import io.holdfast.load.seckill.SeckillCommand;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line behind {@code deploy/seckill} and {@code deploy/bench}. */
@Command(
        name = "deploy",
        description = "Load on the platform that runs.",
        subcommands = {SeckillCommand.class, BenchCommand.class})
public final class LoadTest {

    private static final int FAILED = 1;

    private LoadTest() {}

    /** @param arguments a command and its options */
    public static void main(String[] arguments) {
        // Progress has to be readable where the locale is plain ASCII too.
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.setOut(out);
        System.exit(commandLine(out).execute(arguments));
    }

    static CommandLine commandLine(PrintStream out) {
        return new CommandLine(new LoadTest()).setExecutionExceptionHandler((failure, command, parsed) -> {
            if (!isPlain(failure)) {
                // A defect: picocli shows its stack trace.
                throw failure;
            }
            out.println("FAILED  " + failure.getMessage());
            return FAILED;
        });
    }

    /** Whether the message says it all. */
    private static boolean isPlain(Exception failure) {
        return failure instanceof IllegalStateException
                || failure instanceof IllegalArgumentException
                || failure instanceof IOException
                || failure instanceof MissingInterfaceException;
    }
}
