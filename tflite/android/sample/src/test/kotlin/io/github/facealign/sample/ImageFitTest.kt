package io.github.facealign.sample

import kotlin.math.cos
import kotlin.math.sin
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

class ImageFitTest {
    @Test
    fun `a wide image in a high view is whole and in the middle`() {
        val fit = ImageFit(FrameSize(200, 100), FrameSize(400, 600), isMirrored = false)
        // From edge to edge: pixels' centres lie on whole numbers.
        assertEquals(listOf(0f, 400f), listOf(fit.x(-0.5), fit.x(199.5)))
        assertEquals(listOf(200f, 400f), listOf(fit.y(-0.5), fit.y(99.5)))
    }

    @Test
    fun `a high image in a wide view is as well, and mirrored has left on the right`() {
        val fit = ImageFit(FrameSize(100, 200), FrameSize(300, 100), isMirrored = true)
        assertEquals(listOf(175f, 125f), listOf(fit.x(-0.5), fit.x(99.5)))
        assertEquals(listOf(0f, 100f), listOf(fit.y(-0.5), fit.y(199.5)))
    }

    /** One way is the aligner's and the overlay's, the other what Android does to show a camera. */
    @Test
    fun `landmarks lie on the preview, however sensor and display are turned`() {
        val frame = FrameSize(640, 480)
        val view = FrameSize(1080, 1700)
        val right = listOf(0, 90, 180, 270)
        for (sensor in right) for (display in right) for (isFront in listOf(false, true)) {
            val rotation = rotationDegrees(sensor, display, isFront)
            val fit = ImageFit(frame.turned(rotation), view, isFront)
            for (point in listOf(0.0 to 0.0, 639.0 to 0.0, 100.0 to 300.0)) {
                val (x, y) = turned(point, frame, rotation)
                val (shownX, shownY) = shown(point, frame, view, sensor, display, isFront)
                assertEquals(shownX, fit.x(x).toDouble(), 1e-3)
                assertEquals(shownY, fit.y(y).toDouble(), 1e-3)
            }
        }
    }

    /** Where a TextureView with its transform shows a pixel. */
    private fun shown(
        point: Pair<Double, Double>, frame: FrameSize, view: FrameSize, sensor: Int, display: Int, isFront: Boolean,
    ): Pair<Double, Double> {
        val natural = frame.turned(sensor)
        val (x, y) = turned(point, frame, sensor)
        // In shares of the view from its middle; a front camera's frames come mirrored.
        val across = ((x + 0.5) / natural.width - 0.5) * if (isFront) -1 else 1
        val down = (y + 0.5) / natural.height - 0.5
        val transform = previewTransform(frame, view, sensor, display)
        val stretchedX = across * view.width * transform.scaleX
        val stretchedY = down * view.height * transform.scaleY
        val angle = Math.toRadians(transform.degrees.toDouble())
        return Pair(
            view.width / 2.0 + cos(angle) * stretchedX - sin(angle) * stretchedY,
            view.height / 2.0 + sin(angle) * stretchedX + cos(angle) * stretchedY,
        )
    }

    /** A pixel of an image that is turned clockwise. */
    private fun turned(point: Pair<Double, Double>, frame: FrameSize, degrees: Int): Pair<Double, Double> {
        val (x, y) = point
        return when (degrees) {
            90 -> Pair(frame.height - 1 - y, x)
            180 -> Pair(frame.width - 1 - x, frame.height - 1 - y)
            270 -> Pair(y, frame.width - 1 - x)
            else -> point
        }
    }
}
