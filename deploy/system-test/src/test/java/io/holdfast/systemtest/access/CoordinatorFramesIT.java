package io.holdfast.systemtest.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.stack.Stack;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Everybody on the machine reaches the coordinator's port, and a frame says by what it is to be unfolded and made into objects. */
@OnThePlatform
@Order(13)
class CoordinatorFramesIT {

    private static final short MAGIC = (short) 0xdada;
    private static final byte VERSION = 1;
    private static final short HEAD = 16;
    private static final byte REQUEST = 0;
    private static final byte PING = 3;
    private static final byte PONG = 4;
    private static final int SEATA = 1;
    private static final int UNCOMPRESSED = 0;
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Platform platform;
    private final Stack stack;

    CoordinatorFramesIT(Platform platform, Stack stack) {
        this.platform = platform;
        this.stack = stack;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "protobuf, 2,  0",
        "kryo,     4,  0",
        "fst,      8,  0",
        "hessian,  22, 0",
        "gzip,     1,  1",
        "zip,      1,  2",
        "7z,       1,  3",
        "bzip2,    1,  4",
        "lz4,      1,  5",
        "deflater, 1,  6",
        "zstd,     1,  7"
    })
    void aFrameThatNeedsAnotherSerializerOrAnyCompressorIsRefusedAndTheCoordinatorGoesOn(
            String name, int serializer, int compressor) throws IOException {
        long before = refusals();

        try (Socket stranger = connect()) {
            stranger.getOutputStream().write(frame(REQUEST, serializer, compressor, new byte[64]));
            await("the coordinator refuses " + name).atMost(SOON).until(() -> refusals() > before);
            stranger.setSoTimeout(200);
            assertThat(firstByteFrom(stranger)).as("an answer").isNegative();
        }

        try (Socket other = connect()) {
            other.setSoTimeout((int) SOON.toMillis());
            other.getOutputStream().write(frame(PING, SEATA, UNCOMPRESSED, new byte[0]));
            ByteBuffer answer = ByteBuffer.wrap(other.getInputStream().readNBytes(HEAD));
            assertThat(answer.getShort(0)).isEqualTo(MAGIC);
            assertThat(answer.get(9)).as("kind of message").isEqualTo(PONG);
        }
    }

    private Socket connect() throws IOException {
        String[] address = stack.coordinator().url().split(":");
        return new Socket(address[0], Integer.parseInt(address[1]));
    }

    /** The first byte, or less than none if nothing comes. */
    private static int firstByteFrom(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read();
        } catch (SocketTimeoutException nothing) {
            return -1;
        }
    }

    private long refusals() {
        return platform.logOf(stack.coordinator())
                .lines()
                .filter(line -> line.contains("Decode frame error"))
                .filter(line -> line.contains("not found service provider")
                        || line.contains("ProtobufSerializer' not found")
                        || line.contains("unknown codec"))
                .count();
    }

    private static byte[] frame(byte kind, int serializer, int compressor, byte[] body) {
        return ByteBuffer.allocate(HEAD + body.length)
                .putShort(MAGIC)
                .put(VERSION)
                .putInt(HEAD + body.length)
                .putShort(HEAD)
                .put(kind)
                .put((byte) serializer)
                .put((byte) compressor)
                .putInt(1)
                .put(body)
                .array();
    }
}
