package io.github.facealign

import android.graphics.Bitmap
import android.graphics.PointF
import java.nio.FloatBuffer

/**
 * Finds faces with Android's own `android.media.FaceDetector`, which every Android has.
 *
 * It sees upright faces from the front, and sees the frame in [SIDE] × [SIDE] pixels. ML Kit finds more.
 */
public class PlatformFaceDetector : FrameDetector {
    private val work by lazy(LazyThreadSafetyMode.NONE) { Work() }

    // Aligners that were made of the same options share it.
    @Synchronized
    override fun detect(frame: Frame): List<Detection> = work.detect(frame.pixels)

    private class Work {
        private val cropper = FaceCropper(SIDE)
        private val square = CropSquare()
        private val rgb = FloatBuffer.allocate(3 * SIDE * SIDE)
        private val pixels = IntArray(SIDE * SIDE)
        private val bitmap = Bitmap.createBitmap(SIDE, SIDE, Bitmap.Config.RGB_565)
        private val detector = android.media.FaceDetector(SIDE, SIDE, MOST_FACES)
        private val faces = arrayOfNulls<android.media.FaceDetector.Face>(MOST_FACES)

        fun detect(image: SourceImage): List<Detection> {
            val whole = Box(-0.5, -0.5, image.width - 0.5, image.height - 0.5)
            square.fit(whole, Padding(0.0, 0.0, 0.0, 0.0))
            cropper.cut(image, square, rgb)
            for (i in pixels.indices) pixels[i] = pixel(3 * i)
            bitmap.setPixels(pixels, 0, SIDE, 0, 0, SIDE, SIDE)
            return faces.take(detector.findFaces(bitmap, faces)).filterNotNull()
                .map { detectionOf(it, square) }
                .sortedByDescending { it.score }
        }

        private fun pixel(at: Int) =
            (rgb.get(at).toInt() shl 16) or (rgb.get(at + 1).toInt() shl 8) or rgb.get(at + 2).toInt()
    }

    internal companion object {
        /** Even, as the detector wants it; larger images take longer and small faces are rare. */
        const val SIDE = 320
        private const val MOST_FACES = 8

        // The box of 68 landmarks about the middle between the eyes, in distances of the eyes: medians of the
        // 2,012 annotated faces of 300-W's AFW and the training folders of HELEN and LFPW.
        private const val ASIDE = 1.11
        private const val ABOVE = 0.44
        private const val BELOW = 1.83

        fun detectionOf(face: android.media.FaceDetector.Face, square: CropSquare): Detection {
            val middle = PointF().also(face::getMidPoint)
            val scale = square.sidePx / SIDE
            val x = (middle.x + 0.5) * scale + square.leftPx
            val y = (middle.y + 0.5) * scale + square.topPx
            val eyes = face.eyesDistance() * scale
            val box = Box(x - ASIDE * eyes, y - ABOVE * eyes, x + ASIDE * eyes, y + BELOW * eyes)
            return Detection(box, face.confidence().toDouble())
        }
    }
}
