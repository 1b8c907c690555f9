package io.github.facealign

import com.sun.jna.Memory
import com.sun.jna.Pointer
import com.sun.jna.ptr.PointerByReference
import java.io.File
import java.nio.ByteOrder
import java.nio.FloatBuffer

/** A model that LiteRT runs on the processor, by the library that Python's wheel of it has. */
class LiteRtModel(file: File) : LandmarkModel {
    private val litert = LiteRt.library
    private val opened = ArrayDeque<() -> Unit>()
    private val environment = open(litert::LiteRtDestroyEnvironment) {
        litert.LiteRtCreateEnvironment(1, LiteRt.quiet(), it)
    }
    private val model = open(litert::LiteRtDestroyModel) {
        litert.LiteRtCreateModelFromFile(environment, file.path, it)
    }
    private val options = open(litert::LiteRtDestroyOptions) { litert.LiteRtCreateOptions(it) }
    private val compiled = open(litert::LiteRtDestroyCompiledModel) {
        succeeds(litert.LiteRtSetOptionsHardwareAccelerators(options, LiteRt.CPU))
        litert.LiteRtCreateCompiledModel(environment, model, options, it)
    }
    private val signature = made { litert.LiteRtGetModelSignature(model, 0, it) }
    private val input = Tensor(made { litert.LiteRtGetSignatureInputTensorByIndex(signature, 0, it) })
    private val output = Tensor(made { litert.LiteRtGetSignatureOutputTensorByIndex(signature, 0, it) })
    override val inputShape: IntArray = input.shape
    override val outputShape: IntArray = output.shape

    override fun run(crop: FloatBuffer, landmarksUnit: FloatBuffer) {
        input.numbers.put(0, crop, 0, input.size)
        succeeds(litert.LiteRtRunCompiledModel(compiled, 0, 1, arrayOf(input.buffer), 1, arrayOf(output.buffer)))
        landmarksUnit.put(0, output.numbers, 0, output.size)
    }

    override fun close() {
        while (opened.isNotEmpty()) opened.removeLast()()
    }

    private fun open(destroy: (Pointer) -> Unit, create: (PointerByReference) -> Int): Pointer =
        made(create).also { opened.addLast { destroy(it) } }

    /** A tensor of float32, in memory of ours. */
    private inner class Tensor(tensor: Pointer) {
        /** `LiteRtRankedTensorType`: type, rank and a flag, then eight places for lengths and eight for strides. */
        private val type = Memory(72).also { succeeds(litert.LiteRtGetRankedTensorType(tensor, it)) }
        val shape: IntArray = type.getIntArray(8, type.getInt(4) and 0x7f)
        val size = shape.reduce(Int::times)
        private val bytes = 4L * size
        private val memory = Memory(bytes + ALIGNMENT).align(ALIGNMENT)
        val numbers: FloatBuffer = memory.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder()).asFloatBuffer()
        val buffer = open(litert::LiteRtDestroyTensorBuffer) {
            litert.LiteRtCreateTensorBufferFromHostMemory(type, memory, bytes, null, it)
        }
    }

    private companion object {
        /** In bytes: LiteRT takes no other memory. */
        const val ALIGNMENT = 64

        fun made(create: (PointerByReference) -> Int): Pointer =
            PointerByReference().also { succeeds(create(it)) }.value

        fun succeeds(status: Int) = check(status == 0) { "LiteRT refuses with status $status" }
    }
}
