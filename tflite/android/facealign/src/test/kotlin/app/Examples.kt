package app

import android.content.Context
import android.graphics.Bitmap
import android.media.Image
import io.github.facealign.Box
import io.github.facealign.FaceAligner
import io.github.facealign.FaceAlignerOptions
import io.github.facealign.FaceLandmarks
import io.github.facealign.ModelSource

/** The examples of tflite/android/README.md, so that they compile. */
@Suppress("unused")
class PhotoExample(private val context: Context, private val draw: (Double, Double) -> Unit) {
    fun show(bitmap: Bitmap) {
        val options = FaceAlignerOptions(ModelSource.Asset("300w.tflite"), threads = 2)
        FaceAligner.create(context, options).use { aligner ->
            for (found in aligner.detect(bitmap)) {
                val face = aligner.align(bitmap, found.box)
                for (i in face.scheme.regions.getValue("mouth_outer")) draw(face.x(i), face.y(i))
            }
        }
    }
}

@Suppress("unused")
class CameraExample(private val aligner: FaceAligner, private val draw: (DoubleArray) -> Unit) {
    private val face = FaceLandmarks(aligner.spec.scheme)

    fun analyze(image: Image, box: Box, rotationDegrees: Int) {
        aligner.align(image, box, rotationDegrees, into = face)
        draw(face.landmarksPx) // x, y, x, y … in pixels of the upright image
    }
}

@Suppress("unused")
class VideoExample(private val aligner: FaceAligner, private val draw: (Int, DoubleArray) -> Unit) {
    fun analyze(image: Image, rotationDegrees: Int) {
        for (face in aligner.track(image, rotationDegrees)) draw(face.track, face.landmarksPx)
    }
}
