package io.github.facealign

import android.graphics.Bitmap
import android.media.FaceDetector.Face
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.util.ReflectionHelpers

@RunWith(AndroidRunner::class)
class PlatformFaceDetectorTest {
    /** A desktop has nothing of the detector's natives, which here find nothing; the way to them and back is run. */
    @Test
    fun `a frame without faces`() {
        val image = BitmapImage().apply { open(Bitmap.createBitmap(90, 70, Bitmap.Config.ARGB_8888), 90) }
        assertEquals(0, PlatformFaceDetector().detect(Frame(image)).size)
    }

    @Test
    fun `the box of a face follows from its eyes`() {
        val face = ReflectionHelpers.callConstructor(Face::class.java)
        val eyes = mapOf("mMidPointX" to 159.5f, "mMidPointY" to 79.5f, "mEyesDist" to 32f, "mConfidence" to 0.6f)
        for ((field, value) in eyes) ReflectionHelpers.setField(face, field, value)
        // The detector saw 640 × 640 pixels in 320 × 320: the eyes are at (319.5, 159.5), 64 pixels apart.
        val square = CropSquare().apply { fit(Box(-0.5, -0.5, 639.5, 639.5), Padding(0.0, 0.0, 0.0, 0.0)) }
        val found = PlatformFaceDetector.detectionOf(face, square)
        assertEquals(0.6, found.score, 1e-6)
        assertEquals(319.5 - 1.11 * 64, found.box.x0, 1e-6)
        assertEquals(159.5 - 0.44 * 64, found.box.y0, 1e-6)
        assertEquals(319.5 + 1.11 * 64, found.box.x1, 1e-6)
        assertEquals(159.5 + 1.83 * 64, found.box.y1, 1e-6)
    }
}
