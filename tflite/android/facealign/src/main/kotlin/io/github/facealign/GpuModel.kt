package io.github.facealign

import io.github.facealign.tflite.TensorFlowLiteModel
import java.nio.ByteBuffer
import org.tensorflow.lite.gpu.CompatibilityList
import org.tensorflow.lite.gpu.GpuDelegate
import org.tensorflow.lite.gpu.GpuDelegateFactory

/** A model on the graphics chip. No other file names classes of the GPU delegate, which an app may leave out. */
internal class GpuModel private constructor(private val model: LandmarkModel, private val delegate: GpuDelegate) :
    LandmarkModel by model {
    override fun close() {
        model.close()
        delegate.close()
    }

    companion object {
        fun load(file: ByteBuffer, threads: Int): LandmarkModel {
            if (!CompatibilityList().use { it.isDelegateSupportedOnThisDevice }) {
                throw UnsupportedOperationException("TensorFlow Lite's GPU delegate does not support this device")
            }
            val delegate = GpuDelegate(GpuDelegateFactory.Options().setPrecisionLossAllowed(false))
            try {
                return GpuModel(TensorFlowLiteModel(file, threads, delegate), delegate)
            } catch (error: RuntimeException) {
                delegate.close()
                throw error
            }
        }
    }
}
