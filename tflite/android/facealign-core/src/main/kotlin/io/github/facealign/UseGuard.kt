package io.github.facealign

import java.util.concurrent.atomic.AtomicInteger

/** For the other modules of this library: it may change or go in any version. */
@RequiresOptIn(level = RequiresOptIn.Level.ERROR)
@Retention(AnnotationRetention.BINARY)
@Target(AnnotationTarget.CLASS)
public annotation class InternalFaceAlignApi

/** Refuses a second thread, and any call after closing, at the price of one atomic step a call. */
@InternalFaceAlignApi
public class UseGuard(private val owner: String) {
    private val state = AtomicInteger(FREE)

    /** Does the work in a call. */
    public inline fun <T> use(work: () -> T): T {
        enter()
        try {
            return work()
        } finally {
            leave()
        }
    }

    /** Begins a call. */
    public fun enter() {
        if (state.compareAndSet(FREE, BUSY)) return
        if (state.get() == CLOSED) throw ClosedException("$owner is closed")
        throw ConcurrentUseException("$owner serves one thread at a time, and another is in a call")
    }

    /** Ends a call. */
    public fun leave() {
        state.set(FREE)
    }

    /** Whether this call was the one that closed it. */
    public fun close(): Boolean {
        if (state.compareAndSet(FREE, CLOSED)) return true
        if (state.get() == CLOSED) return false
        throw ConcurrentUseException("$owner cannot be closed while another thread is in a call")
    }

    private companion object {
        const val FREE = 0
        const val BUSY = 1
        const val CLOSED = 2
    }
}
