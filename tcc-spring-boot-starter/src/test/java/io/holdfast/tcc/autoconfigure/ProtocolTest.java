package io.holdfast.tcc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;
import org.apache.seata.core.compressor.CompressorFactory;
import org.apache.seata.core.compressor.CompressorType;
import org.apache.seata.spring.boot.autoconfigure.properties.TransportProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What whoever plays the coordinator can make a service do with a frame. */
class ProtocolTest {

    private final ApplicationContextRunner service =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(TccProtocolAutoConfiguration.class));

    /** They are kept in a static place. */
    @AfterEach
    void closeAll() {
        service.run(context -> assertThat(context).hasNotFailed());
    }

    @ParameterizedTest
    @EnumSource(value = CompressorType.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void a_frame_that_is_compressed_is_refused_before_it_is_unfolded(CompressorType type) {
        service.run(context -> assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(
                        () -> CompressorFactory.getCompressor(type.getCode()).decompress(new byte[1_000]))
                .withMessageContaining(type + " is refused"));
    }

    @Test
    void one_that_is_not_compressed_is_taken() {
        service.run(context -> assertThat(CompressorFactory.getCompressor(CompressorType.NONE.getCode())
                        .decompress(new byte[] {1, 2}))
                .containsExactly(1, 2));
    }

    @Test
    void the_compressor_that_is_configured_still_works_and_the_others_do_not() throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(new byte[] {1, 2});
        }
        service.withPropertyValues("seata.transport.compressor=gzip").run(context -> {
            assertThat(CompressorFactory.getCompressor(CompressorType.GZIP.getCode())
                            .decompress(compressed.toByteArray()))
                    .containsExactly(1, 2);
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> CompressorFactory.getCompressor(CompressorType.ZIP.getCode())
                            .decompress(compressed.toByteArray()));
        });
    }

    /** Seata takes the serializers that are configured and no other. */
    @Test
    void seatas_own_serializer_is_the_only_one_unless_a_service_configures_more() {
        assertThat(new TransportProperties().getSerialization()).isEqualToIgnoringCase("seata");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "com.caucho.hessian.io.Hessian2Input",
                "com.esotericsoftware.kryo.Kryo",
                "de.javakaffee.kryoserializers.JdkProxySerializer",
                "org.apache.fury.Fury",
                "org.apache.seata.serializer.protobuf.ProtobufSerializer"
            })
    void serializers_that_make_objects_of_any_class_do_not_come_with_the_starter(String name) {
        assertThatExceptionOfType(ClassNotFoundException.class)
                .isThrownBy(() -> Class.forName(name, false, getClass().getClassLoader()));
    }
}
