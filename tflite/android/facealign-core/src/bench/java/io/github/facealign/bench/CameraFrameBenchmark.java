package io.github.facealign.bench;

import io.github.facealign.Box;
import io.github.facealign.CropSquare;
import io.github.facealign.FaceCropper;
import io.github.facealign.Padding;
import io.github.facealign.YuvImage;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Camera frames a second: a face cut out of 1280×720 YUV_420_888 into the model's input, on one thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class CameraFrameBenchmark {
    private static final int WIDTH = 1280;
    private static final int HEIGHT = 720;
    private static final Padding PADDING = new Padding(0.1, 0.1, 0.1, 0.1);

    /** Side of the face box in pixels; with its padding, the last is the whole height of the frame. */
    @Param({"150", "300", "600"})
    public int face;

    @Param({"0", "90"})
    public int rotation;

    private final ByteBuffer y = noise(WIDTH * HEIGHT);
    private final ByteBuffer u = noise(WIDTH * HEIGHT / 2);
    private final ByteBuffer v = noise(WIDTH * HEIGHT / 2);
    private final YuvImage image = new YuvImage();
    private final CropSquare square = new CropSquare();
    private final FaceCropper cropper = new FaceCropper(112);
    private final FloatBuffer input =
            ByteBuffer.allocateDirect(4 * 112 * 112 * 3).order(ByteOrder.nativeOrder()).asFloatBuffer();
    private Box box;

    @Setup
    public void place() {
        boolean sideways = rotation == 90;
        double x = (sideways ? HEIGHT : WIDTH) / 2.0;
        double middle = (sideways ? WIDTH : HEIGHT) / 2.0;
        box = new Box(x - face / 2.0, middle - face / 2.0, x + face / 2.0, middle + face / 2.0);
    }

    /** Processor time and frames of all iterations, for machines on which other work runs as well. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Processor {
        public long frames;
        private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        private long start;

        @Setup(Level.Iteration)
        public void begin() {
            frames = 0;
            start = threads.getCurrentThreadCpuTime();
        }

        public double processorSeconds() {
            return (threads.getCurrentThreadCpuTime() - start) * 1e-9;
        }
    }

    @Benchmark
    public FloatBuffer cutFace(Processor processor) {
        processor.frames++;
        image.set(WIDTH, HEIGHT, y, WIDTH, u, v, WIDTH, 2, rotation);
        square.fit(box, PADDING);
        cropper.cut(image, square, input);
        return input;
    }

    private static ByteBuffer noise(int count) {
        byte[] bytes = new byte[count];
        new Random(0).nextBytes(bytes);
        ByteBuffer buffer = ByteBuffer.allocateDirect(count);
        buffer.put(bytes);
        return buffer;
    }
}
