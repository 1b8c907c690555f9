package io.github.facealign

import java.util.concurrent.atomic.AtomicInteger

/** Refuses a second thread, and any call after closing, at the price of one atomic step a call. */
internal class UseGuard(private val owner: String) {
    private val state = AtomicInteger(FREE)

    inline fun <T> use(work: () -> T): T {
        enter()
        try {
            return work()
        } finally {
            leave()
        }
    }

    fun enter() {
        if (state.compareAndSet(FREE, BUSY)) return
        if (state.get() == CLOSED) throw ClosedException("$owner is closed")
        throw ConcurrentUseException("$owner serves one thread at a time, and another is in a call")
    }

    fun leave() {
        state.set(FREE)
    }

    /** Whether this call was the one that closed it. */
    fun close(): Boolean {
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
