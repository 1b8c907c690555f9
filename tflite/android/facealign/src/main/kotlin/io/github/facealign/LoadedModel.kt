package io.github.facealign

import io.github.facealign.tflite.TensorFlowLiteModel
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.nio.FloatBuffer

/** A model, what runs it, and why that is not the GPU where that was asked for. */
internal class LoadedModel(val model: LandmarkModel, val accelerator: Accelerator, val gpuFault: Throwable?)

internal fun loadModel(file: ByteBuffer, options: FaceAlignerOptions): LoadedModel = loadModel(
    options.accelerator,
    gpu = { GpuModel.load(file, options.threads) },
    cpu = { cpuModel(file, options.threads) },
)

/** Falls back to the processor if the GPU cannot make the model or cannot run it. */
internal fun loadModel(
    accelerator: Accelerator,
    gpu: () -> LandmarkModel,
    cpu: () -> LandmarkModel,
): LoadedModel {
    if (accelerator == Accelerator.CPU) return LoadedModel(cpu(), Accelerator.CPU, null)
    return try {
        LoadedModel(tried(gpu()), Accelerator.GPU, null)
    } catch (fault: LinkageError) {
        LoadedModel(cpu(), Accelerator.CPU, fault)
    } catch (fault: RuntimeException) {
        LoadedModel(cpu(), Accelerator.CPU, fault)
    }
}

/** A delegate may take a model and fail when it first runs. */
private fun tried(model: LandmarkModel): LandmarkModel {
    try {
        model.run(floats(model.inputShape), floats(model.outputShape))
        return model
    } catch (fault: RuntimeException) {
        model.close()
        throw fault
    }
}

private fun floats(shape: IntArray): FloatBuffer =
    ByteBuffer.allocateDirect(4 * shape.fold(1, Int::times)).order(ByteOrder.nativeOrder()).asFloatBuffer()

internal fun cpuModel(file: ByteBuffer, threads: Int): LandmarkModel = try {
    TensorFlowLiteModel(file, threads)
} catch (error: LinkageError) {
    throw MissingRuntimeException("TensorFlow Lite or LiteRT is not in the app, or not for this phone", error)
} catch (error: IllegalArgumentException) {
    throw UnrunnableModelException("TensorFlow Lite refuses the model: ${error.message}", error)
} catch (error: IllegalStateException) {
    throw UnrunnableModelException("TensorFlow Lite refuses the model: ${error.message}", error)
}
