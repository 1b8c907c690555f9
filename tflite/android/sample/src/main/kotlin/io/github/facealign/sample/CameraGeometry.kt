package io.github.facealign.sample

/** Width and height in pixels. */
internal data class FrameSize(val width: Int, val height: Int) {
    val pixels get() = width * height

    /** As it is after a turn by a multiple of 90 degrees. */
    fun turned(degrees: Int) = if (degrees % 180 == 0) this else FrameSize(height, width)
}

/** How far a camera's frames must be turned clockwise to be upright on the display. */
internal fun rotationDegrees(sensorDegrees: Int, displayDegrees: Int, isFront: Boolean): Int =
    if (isFront) (sensorDegrees + displayDegrees) % 360 else (sensorDegrees - displayDegrees + 360) % 360

/** The largest size that is quickly worked on, or the smallest if all are larger. */
internal fun frameSizeOf(sizes: List<FrameSize>): FrameSize? =
    sizes.filter { it.pixels <= MOST_PIXELS }.maxByOrNull { it.pixels } ?: sizes.minByOrNull { it.pixels }

private const val MOST_PIXELS = 1280 * 720
