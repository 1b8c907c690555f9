package app

import android.content.ContextWrapper
import io.github.facealign.Accelerator
import io.github.facealign.Box
import io.github.facealign.CameraFrame
import io.github.facealign.FaceAligner
import io.github.facealign.FaceAlignerOptions
import io.github.facealign.ModelSource
import io.github.facealign.ModelSpec
import java.nio.ByteBuffer

/** An app that uses the library; only this class keeps its name when the app is shrunk. */
object ShrunkApp {
    @JvmStatic
    fun load(library: String) = System.load(library)

    @JvmStatic
    fun landmarks(model: ByteArray, luma: ByteArray, width: Int, box: DoubleArray): DoubleArray {
        // There is no GPU delegate in this app.
        val options = FaceAlignerOptions(ModelSource.Memory(ByteBuffer.wrap(model)), 1, Accelerator.GPU)
        FaceAligner.create(ContextWrapper(null), options).use { aligner ->
            check(aligner.gpuFault is LinkageError)
            val frame = CameraFrame.grey(width, luma.size / width, luma)
            return aligner.align(frame, Box(box[0], box[1], box[2], box[3])).landmarksPx
        }
    }

    @JvmStatic
    fun landmarkNames(model: ByteArray): List<String> = ModelSpec.read(ByteBuffer.wrap(model)).scheme.landmarkNames
}
