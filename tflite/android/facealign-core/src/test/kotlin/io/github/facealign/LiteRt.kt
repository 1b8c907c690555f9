package io.github.facealign

import com.sun.jna.Library
import com.sun.jna.Memory
import com.sun.jna.Native
import com.sun.jna.NativeLibrary
import com.sun.jna.Pointer
import com.sun.jna.ptr.PointerByReference
import java.io.File

/**
 * The functions of LiteRT's C library that run a model, as of 2.2 and 2.3. A `size_t` is a Long; what is made comes
 * back in the last argument; the result is a status, 0 if all is well.
 */
@Suppress("FunctionName")
interface LiteRt : Library {
    fun LiteRtCreateEnvironment(optionCount: Int, options: Pointer, environment: PointerByReference): Int

    fun LiteRtCreateModelFromFile(environment: Pointer, path: String, model: PointerByReference): Int

    fun LiteRtCreateOptions(options: PointerByReference): Int

    fun LiteRtSetOptionsHardwareAccelerators(options: Pointer, accelerators: Int): Int

    fun LiteRtCreateCompiledModel(
        environment: Pointer,
        model: Pointer,
        options: Pointer,
        compiled: PointerByReference,
    ): Int

    fun LiteRtGetModelSignature(model: Pointer, index: Long, signature: PointerByReference): Int

    fun LiteRtGetSignatureInputTensorByIndex(signature: Pointer, index: Long, tensor: PointerByReference): Int

    fun LiteRtGetSignatureOutputTensorByIndex(signature: Pointer, index: Long, tensor: PointerByReference): Int

    fun LiteRtGetRankedTensorType(tensor: Pointer, type: Pointer): Int

    fun LiteRtCreateTensorBufferFromHostMemory(
        type: Pointer,
        memory: Pointer,
        bytes: Long,
        deallocator: Pointer?,
        buffer: PointerByReference,
    ): Int

    fun LiteRtRunCompiledModel(
        compiled: Pointer,
        signature: Long,
        inputCount: Long,
        inputs: Array<Pointer>,
        outputCount: Long,
        outputs: Array<Pointer>,
    ): Int

    fun LiteRtDestroyTensorBuffer(buffer: Pointer)

    fun LiteRtDestroyCompiledModel(compiled: Pointer)

    fun LiteRtDestroyOptions(options: Pointer)

    fun LiteRtDestroyModel(model: Pointer)

    fun LiteRtDestroyEnvironment(environment: Pointer)

    companion object {
        const val CPU = 1
        private val path = System.getProperty("facealign.litert").orEmpty()
        private val platform = "${System.getProperty("os.name")} ${System.getProperty("os.arch")}"

        /** Why it cannot run here, or null. */
        val missing: String? = when {
            platform != "Linux amd64" -> "LiteRT's C library is called on Linux amd64 alone, not on $platform"
            path.isEmpty() -> "no -Dfacealign.litert=PATH; `make venv` installs libLiteRt.so, `make android` finds it"
            else -> null
        }

        val library: LiteRt by lazy {
            check(File(path).isFile) { "facealign.litert: there is no $path" }
            // 2.2 brought this function, and LiteRtCreateModelFromFile its environment: an older one would end the JVM.
            NativeLibrary.getInstance(path).getFunction("LiteRtCreateModelFromFd")
            Native.load(path, LiteRt::class.java)
        }

        /** The one option of an environment that logs errors only: its tag, then a number's type and value. */
        fun quiet(): Memory = Memory(24).apply {
            clear()
            setInt(0, 25)
            setInt(8, 2)
            setLong(16, 3)
        }
    }
}
