package io.github.facealign.tflite

import io.github.facealign.LandmarkModel
import io.github.facealign.ModelMismatchException
import java.nio.ByteBuffer
import java.nio.FloatBuffer
import org.tensorflow.lite.DataType
import org.tensorflow.lite.Delegate
import org.tensorflow.lite.Interpreter
import org.tensorflow.lite.Tensor

/**
 * A model by TensorFlow Lite's interpreter.
 *
 * This file is compiled twice: for phones, and by the tests against the older interpreter that runs on a desktop,
 * where `Tensor` is another kind of type. So it stands in a folder of its own.
 *
 * @param file direct or mapped.
 */
internal class TensorFlowLiteModel(file: ByteBuffer, threads: Int, delegate: Delegate? = null) : LandmarkModel {
    private val interpreter = Interpreter(file, optionsOf(threads, delegate))
    private val last = interpreter.outputTensorCount - 1
    override val inputShape: IntArray
    override val outputShape: IntArray

    // Filled anew for each run, never made anew.
    private val inputs = arrayOfNulls<Any>(1)
    private val outputs = HashMap<Int, Any>()

    init {
        try {
            inputShape = shapeOf("input", interpreter.getInputTensor(0))
            outputShape = shapeOf("output", interpreter.getOutputTensor(last))
        } catch (error: ModelMismatchException) {
            close()
            throw error
        }
    }

    override fun run(crop: FloatBuffer, landmarksUnit: FloatBuffer) {
        inputs[0] = crop
        outputs[last] = landmarksUnit
        interpreter.runForMultipleInputsOutputs(inputs, outputs)
    }

    override fun close() = interpreter.close()

    private fun optionsOf(threads: Int, delegate: Delegate?): Interpreter.Options {
        val options = Interpreter.Options().setNumThreads(threads)
        if (delegate != null) options.addDelegate(delegate)
        return options
    }

    private fun shapeOf(what: String, tensor: Tensor): IntArray {
        if (tensor.dataType() != DataType.FLOAT32) {
            throw ModelMismatchException("the model's $what is ${tensor.dataType()}, it must be FLOAT32")
        }
        return tensor.shape()
    }
}
