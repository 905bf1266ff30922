package io.holdfast.localplatform.loopback;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.security.ProtectionDomain;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.ClassWriter;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.Type;

/**
 * A Java agent for programs that listen on every interface and cannot be told otherwise: the coordinator's port and Nacos' port for Raft. A
 * platform that runs on a developer's machine has no business on the network it happens to be in. The agent makes Netty's server channels
 * bind to one address whenever they are asked to bind to all.
 *
 * <p>{@code -javaagent:local-platform-nacos.jar=127.0.0.1}
 */
public final class LoopbackOnly implements ClassFileTransformer {

    private static final String ADDRESS = "io.holdfast.localplatform.loopback.address";
    private static final String BIND = "doBind";
    private static final String BIND_TYPE = "(Ljava/net/SocketAddress;)V";

    private LoopbackOnly() {}

    public static void premain(String address, Instrumentation instrumentation) {
        System.setProperty(ADDRESS, address);
        instrumentation.addTransformer(new LoopbackOnly());
    }

    /** Called by the changed classes, first thing when they bind. */
    public static SocketAddress instead(SocketAddress wanted) throws UnknownHostException {
        return wanted instanceof InetSocketAddress inet && inet.getAddress().isAnyLocalAddress()
                ? new InetSocketAddress(InetAddress.getByName(System.getProperty(ADDRESS)), inet.getPort())
                : wanted;
    }

    @Override
    public byte[] transform(
            ClassLoader loader, String name, Class<?> before, ProtectionDomain domain, byte[] classFile) {
        // Netty's own, and the copy of it inside of gRPC.
        boolean isServerChannel = name != null
                && (name.endsWith("io/netty/channel/socket/nio/NioServerSocketChannel")
                        || name.endsWith("io/netty/channel/epoll/EpollServerSocketChannel"));
        return isServerChannel ? bindingElsewhere(classFile) : null;
    }

    private static byte[] bindingElsewhere(byte[] classFile) {
        ClassReader reader = new ClassReader(classFile);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        reader.accept(
                new ClassVisitor(Opcodes.ASM7, writer) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String method, String type, String signature, String[] exceptions) {
                        MethodVisitor visitor = super.visitMethod(access, method, type, signature, exceptions);
                        return method.equals(BIND) && type.equals(BIND_TYPE) ? replacingTheAddress(visitor) : visitor;
                    }
                },
                0);
        return writer.toByteArray();
    }

    private static MethodVisitor replacingTheAddress(MethodVisitor visitor) {
        return new MethodVisitor(Opcodes.ASM7, visitor) {
            @Override
            public void visitCode() {
                super.visitCode();
                visitVarInsn(Opcodes.ALOAD, 1);
                visitMethodInsn(
                        Opcodes.INVOKESTATIC,
                        Type.getInternalName(LoopbackOnly.class),
                        "instead",
                        "(Ljava/net/SocketAddress;)Ljava/net/SocketAddress;",
                        false);
                visitVarInsn(Opcodes.ASTORE, 1);
            }
        };
    }
}
