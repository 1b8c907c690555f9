package io.github.facealign

import android.content.Context
import android.content.ContextWrapper
import android.content.res.AssetManager
import java.io.File
import java.util.zip.CRC32
import java.util.zip.ZipEntry
import java.util.zip.ZipOutputStream

/** An app whose assets are these files; one is stored as it is if its name ends in `.tflite`, as app builds do it. */
class AppContext(base: Context, assets: Map<String, ByteArray>) : ContextWrapper(base) {
    @Suppress("DEPRECATION") // Its successors are younger than Android 7.
    private val manager = AssetManager().apply { check(addAssetPath(apkOf(assets).path) != 0) }

    override fun getAssets() = manager
}

private fun apkOf(assets: Map<String, ByteArray>): File {
    val apk = File.createTempFile("app", ".apk").apply { deleteOnExit() }
    ZipOutputStream(apk.outputStream()).use { zip ->
        for ((name, bytes) in assets) {
            zip.putNextEntry(entryOf("assets/$name", bytes, isStored = name.endsWith(".tflite")))
            zip.write(bytes)
        }
    }
    return apk
}

fun entryOf(name: String, bytes: ByteArray, isStored: Boolean) = ZipEntry(name).apply {
    method = if (isStored) ZipEntry.STORED else ZipEntry.DEFLATED
    size = bytes.size.toLong()
    crc = CRC32().apply { update(bytes) }.value
}
