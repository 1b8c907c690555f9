package io.github.facealign

import java.io.File
import java.nio.Buffer
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.nio.FloatBuffer
import org.tensorflow.lite.Interpreter

/** The model by TensorFlow Lite's own interpreter, the class that runs it on a phone. */
class InterpreterModel(file: ByteBuffer) : LandmarkModel {
    private val interpreter = loaded.let { Interpreter(direct(file), Interpreter.Options().setNumThreads(1)) }
    override val inputShape: IntArray = interpreter.getInputTensor(0).shape()
    override val outputShape: IntArray = interpreter.getOutputTensor(0).shape()

    override fun run(crop: FloatBuffer, landmarksUnit: FloatBuffer) = interpreter.run(crop, landmarksUnit)

    override fun close() = interpreter.close()

    companion object {
        val isAvailable = System.getProperty("os.name") == "Linux" && System.getProperty("os.arch") == "amd64"

        /** The natives, loaded for this class's loader. */
        val loaded by lazy { System.load(library().path) }

        /** A new copy of the natives: a file can be loaded for one class loader only. */
        fun library(): File {
            val packed = InterpreterModel::class.java.getResource("/native/lib/libtensorflowlite_jni.so")!!
            val library = File.createTempFile("tensorflowlite", ".so").apply { deleteOnExit() }
            return library.apply { writeBytes(packed.readBytes()) }
        }

        private fun direct(file: ByteBuffer): ByteBuffer {
            val copy = ByteBuffer.allocateDirect(file.remaining()).order(ByteOrder.nativeOrder())
            (copy.put(file.duplicate()) as Buffer).rewind()
            return copy
        }
    }
}
