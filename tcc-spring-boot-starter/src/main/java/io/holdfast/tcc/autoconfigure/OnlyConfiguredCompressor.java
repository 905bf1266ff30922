package io.holdfast.tcc.autoconfigure;

import org.apache.seata.core.compressor.Compressor;
import org.apache.seata.core.compressor.CompressorFactory;
import org.apache.seata.core.compressor.CompressorType;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Seata unfolds a frame by whatever compressor the frame names, with no bound on what it unfolds to: one of some kilobytes fills the heap.
 * Its compressors are all in one jar, so they cannot be left off the class path; what was not configured refuses. Before any other bean is
 * made, for Seata connects while they are.
 */
final class OnlyConfiguredCompressor extends CompressorFactory implements BeanFactoryPostProcessor {

    private final CompressorType configured;

    OnlyConfiguredCompressor(CompressorType configured) {
        this.configured = configured;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        for (CompressorType type : CompressorType.values()) {
            if (type != configured && type != CompressorType.NONE) {
                COMPRESSOR_MAP.put(type, new Refusing(type));
            } else if (type != CompressorType.NONE) {
                // Of another application in this JVM; Seata loads its own when it needs it.
                COMPRESSOR_MAP.remove(type);
            }
        }
    }

    private record Refusing(CompressorType type) implements Compressor {

        @Override
        public byte[] compress(byte[] plain) {
            throw refusal();
        }

        @Override
        public byte[] decompress(byte[] compressed) {
            throw refusal();
        }

        private IllegalArgumentException refusal() {
            return new IllegalArgumentException("a frame compressed with " + type
                    + " is refused: seata.transport.compressor does not name it, and what it unfolds to has no bound");
        }
    }
}
