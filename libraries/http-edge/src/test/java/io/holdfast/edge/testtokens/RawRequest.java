package io.holdfast.edge.testtokens;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A request whose headers are bytes, as they go over the wire: HTTP clients for Java send ASCII, and refuse the rest. */
public final class RawRequest {

    private final ByteArrayOutputStream head = new ByteArrayOutputStream();

    private RawRequest(String method, String path) {
        write(method + " " + path + " HTTP/1.1\r\nHost: here\r\nConnection: close\r\n");
    }

    public static RawRequest of(String method, String path) {
        return new RawRequest(method, path);
    }

    public RawRequest header(String name, String asciiValue) {
        return header(name, asciiValue.getBytes(StandardCharsets.US_ASCII));
    }

    public RawRequest header(String name, byte[] value) {
        write(name + ": ");
        head.writeBytes(value);
        write("\r\n");
        return this;
    }

    public Answer send(int port, String json) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        header("Content-Type", "application/json").header("Content-Length", Integer.toString(body.length));
        write("\r\n");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(head.toByteArray());
            socket.getOutputStream().write(body);
            return new Answer(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String text) {
        head.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** @param text head and body */
    public record Answer(String text) {

        public int status() {
            return Integer.parseInt(text.substring(9, 12));
        }

        public String header(String name) {
            Matcher found =
                    Pattern.compile("(?im)^" + Pattern.quote(name) + ": (.*)$").matcher(text);
            return found.find() ? found.group(1) : "";
        }
    }
}
