package io.github.facealign.sample

/** Means over the last frames. */
internal class FrameTimer(private val window: Int = 30) {
    private val started = ArrayDeque<Long>()
    private val took = ArrayDeque<Long>()

    fun add(startNanos: Long, endNanos: Long) {
        started.addLast(startNanos)
        took.addLast(endNanos - startNanos)
        if (took.size > window) {
            started.removeFirst()
            took.removeFirst()
        }
    }

    fun clear() {
        started.clear()
        took.clear()
    }

    /** What a frame takes; 0 before the first. */
    val milliseconds get() = if (took.isEmpty()) 0.0 else took.sum() * 1e-6 / took.size

    /** 0 before the second frame. */
    val framesPerSecond: Double
        get() = if (started.size < 2) 0.0 else (started.size - 1) * 1e9 / (started.last() - started.first())
}
