package io.github.facealign

import android.content.Context
import java.io.File
import java.io.FileInputStream
import java.io.IOException
import java.nio.Buffer
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.nio.channels.FileChannel

/** Where a model file is. */
public sealed class ModelSource {
    internal abstract fun open(context: Context): ByteBuffer

    /** A file among the app's assets, such as `300w.tflite`; mapped into memory unless the app compresses it. */
    public class Asset(public val path: String) : ModelSource() {
        override fun open(context: Context): ByteBuffer = try {
            map(context)
        } catch (_: IOException) {
            // There is no file descriptor of a compressed asset.
            direct(ByteBuffer.wrap(context.assets.open(path).use { it.readBytes() }))
        }

        private fun map(context: Context): ByteBuffer = context.assets.openFd(path).use { file ->
            FileInputStream(file.fileDescriptor).use {
                it.channel.map(FileChannel.MapMode.READ_ONLY, file.startOffset, file.declaredLength)
            }
        }

        override fun toString(): String = "assets/$path"
    }

    /** A file of its own, such as one that was downloaded. */
    public class Stored(public val file: File) : ModelSource() {
        override fun open(context: Context): ByteBuffer = FileInputStream(file).use {
            it.channel.map(FileChannel.MapMode.READ_ONLY, 0, it.channel.size())
        }

        override fun toString(): String = file.path
    }

    /** A file in memory, from the buffer's position to its limit; copied unless it is direct. */
    public class Memory(public val bytes: ByteBuffer) : ModelSource() {
        override fun open(context: Context): ByteBuffer =
            if (bytes.isDirect) bytes.slice().order(ByteOrder.nativeOrder()) else direct(bytes)

        override fun toString(): String = "${bytes.remaining()} bytes"
    }
}

internal fun ModelSource.read(context: Context): ByteBuffer = try {
    open(context)
} catch (error: IOException) {
    throw UnreadableModelException("the model $this cannot be read", error)
}

/** TensorFlow Lite reads memory outside the heap only. */
private fun direct(bytes: ByteBuffer): ByteBuffer {
    val copy = ByteBuffer.allocateDirect(bytes.remaining()).order(ByteOrder.nativeOrder())
    copy.put(bytes.duplicate())
    (copy as Buffer).rewind()
    return copy
}
