package io.holdfast.localplatform.runfolder;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Every port of the platform: one base number each, all moved by the same offset, so that several platforms live on one machine.
 *
 * <p>An offset below 19,000 keeps all ports under 32768, where Linux starts to lend ports to outgoing connections; above that
 * a port may now and then be taken by chance.
 *
 * @param offset added to every base port, 0 to {@value #MAX_OFFSET}
 */
public record Ports(int offset) {

    public static final int MAX_OFFSET = 50_000;

    public Ports {
        if (offset < 0 || offset > MAX_OFFSET) {
            throw new IllegalArgumentException("a port offset is 0 to " + MAX_OFFSET + ", not " + offset);
        }
    }

    public int mariaDb() {
        return 13306 + offset;
    }

    public int nacos() {
        return 8848 + offset;
    }

    public int nacosConsole() {
        return 8080 + offset;
    }

    public int coordinator() {
        return 8091 + offset;
    }

    public int coordinatorConsole() {
        return 7091 + offset;
    }

    public int orderSvc() {
        return 8081 + offset;
    }

    public int stockSvc() {
        return 8082 + offset;
    }

    public int paymentSvc() {
        return 8083 + offset;
    }

    public int gatewaySandbox() {
        return 8084 + offset;
    }

    public int redis() {
        return 6379 + offset;
    }

    public int kafka() {
        return 9092 + offset;
    }

    /** Where Kafka's node talks to itself about its cluster of one. */
    public int kafkaController() {
        return 9093 + offset;
    }

    /** The first of three, for what the benchmark compares Holdfast with. */
    public int comparison() {
        return 8085 + offset;
    }

    /** A service's management port lies 1,000 above its own. */
    public int managementOf(int servicePort) {
        return servicePort + 1_000;
    }

    /** A second instance of a service lies 100 above the first. */
    public int secondOf(int servicePort) {
        return servicePort + 100;
    }

    /** What Nacos listens on: it derives the last three from the first and they cannot be chosen. */
    public List<Port> ofNacos() {
        return List.of(
                Port.loopback(nacos()),
                Port.loopback(nacosConsole()),
                Port.loopback(nacos() + 1_000),
                Port.loopback(nacos() + 1_001),
                Port.loopback(nacos() - 1_000));
    }

    /** One port, and the address that its owner binds it to; whether it is free depends on both. */
    public record Port(InetAddress address, int number) {

        public static Port loopback(int number) {
            return new Port(InetAddress.getLoopbackAddress(), number);
        }

        /** @param address in figures, say 127.0.0.2 */
        public static Port at(String address, int number) {
            return new Port(new InetSocketAddress(address, number).getAddress(), number);
        }

        public boolean isFreeWithin(Duration limit) throws InterruptedException {
            long deadline = System.nanoTime() + limit.toNanos();
            while (!isFree()) {
                if (System.nanoTime() > deadline) {
                    return false;
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
            return true;
        }

        public boolean isFree() {
            try (ServerSocket socket = new ServerSocket()) {
                // As the parts do: a port that is merely in TIME_WAIT counts as free.
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(address, number), 1);
                return true;
            } catch (IOException taken) {
                return false;
            }
        }
    }
}
