package io.github.facealign.sample

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

class FrameTimerTest {
    private val timer = FrameTimer(window = 3)

    private fun check(milliseconds: Double, framesPerSecond: Double) {
        assertEquals(milliseconds, timer.milliseconds, 1e-9)
        assertEquals(framesPerSecond, timer.framesPerSecond, 1e-9)
    }

    @Test
    fun `it says nothing before it knows`() {
        check(0.0, 0.0)
        timer.add(0, 5_000_000)
        check(5.0, 0.0)
    }

    @Test
    fun `it means the last frames, and forgets`() {
        timer.add(0, 900_000_000)
        for (frame in 1L..3L) timer.add(frame * 100_000_000, frame * 100_000_000 + frame * 1_000_000)
        check(2.0, 10.0)
        timer.clear()
        check(0.0, 0.0)
    }
}
