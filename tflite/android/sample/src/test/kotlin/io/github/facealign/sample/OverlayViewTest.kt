package io.github.facealign.sample

import android.graphics.Bitmap
import android.graphics.Canvas
import io.github.facealign.AndroidRunner
import io.github.facealign.ModelSpec
import java.io.File
import java.nio.ByteBuffer
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

@RunWith(AndroidRunner::class)
@Config(sdk = [35])
class OverlayViewTest {
    private val scheme = ModelSpec.read(ByteBuffer.wrap(File(modelFolder, "float16.tflite").readBytes())).scheme

    /** The first stroke of the face's contour from (110, 20) to (10, 20), where all other landmarks are. */
    private val landmarksPx = DoubleArray(2 * scheme.size) { if (it == 0) 110.0 else if (it % 2 == 0) 10.0 else 20.0 }

    @Test
    fun `lines are drawn over the image's pixels in their colour`() {
        val drawn = drawn(isMirrored = false)
        assertEquals(colouredLines(scheme)[0].colour, drawn.getPixel(60, 20))
        assertEquals(listOf(0, 0, 0), listOf(drawn.getPixel(60, 24), drawn.getPixel(60, 16), drawn.getPixel(140, 20)))
    }

    @Test
    fun `a front camera's are drawn as in a mirror`() {
        val drawn = drawn(isMirrored = true)
        assertEquals(colouredLines(scheme)[0].colour, drawn.getPixel(140, 20))
        assertEquals(0, drawn.getPixel(60, 20))
    }

    @Test
    fun `without faces nothing is drawn`() {
        val bitmap = Bitmap.createBitmap(200, 100, Bitmap.Config.ARGB_8888)
        OverlayView(RuntimeEnvironment.getApplication()).apply { layout(0, 0, 200, 100) }.draw(Canvas(bitmap))
        assertEquals(true, bitmap.sameAs(Bitmap.createBitmap(200, 100, Bitmap.Config.ARGB_8888)))
    }

    private fun drawn(isMirrored: Boolean): Bitmap {
        val bitmap = Bitmap.createBitmap(200, 100, Bitmap.Config.ARGB_8888)
        val view = OverlayView(RuntimeEnvironment.getApplication())
        view.layout(0, 0, 200, 100)
        view.shown = Shown(scheme, FrameSize(200, 100), isMirrored, listOf(landmarksPx))
        view.draw(Canvas(bitmap))
        return bitmap
    }
}
