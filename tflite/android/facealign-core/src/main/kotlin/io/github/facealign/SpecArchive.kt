package io.github.facealign

import java.nio.BufferUnderflowException
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.zip.CRC32
import java.util.zip.DataFormatException
import java.util.zip.Inflater

internal const val ENTRY = "model_spec.json"

/** Bytes; ours are thousands. A longer one would be unpacked into memory on its word alone. */
private const val LONGEST_SPEC = 1 shl 20
private const val END_BYTES = 22
private const val LONGEST_COMMENT = 65535

/**
 * The spec's bytes, and how many of the file's first bytes are the model.
 *
 * A `.tflite` file has the spec in a zip archive at its end. `java.util.zip.ZipFile` reads only files, and
 * on a phone a model is memory that was mapped out of the app.
 */
internal class SpecArchive(val json: ByteArray, val modelBytes: Int)

/** Reads the archive at the end of a model file. */
internal fun readSpecArchive(file: ByteBuffer): SpecArchive = try {
    Archive(file.slice().order(ByteOrder.LITTLE_ENDIAN)).read()
} catch (error: IndexOutOfBoundsException) {
    throw MalformedSpecException("the archive at the end of the model is damaged", error)
} catch (error: BufferUnderflowException) {
    throw MalformedSpecException("the archive at the end of the model is damaged", error)
} catch (error: DataFormatException) {
    throw MalformedSpecException("$ENTRY cannot be unpacked", error)
}

private class Entry(val header: Int, val method: Int, val crc: Int, val packed: Int, val size: Int)

private class Archive(private val bytes: ByteBuffer) {
    fun read(): SpecArchive {
        val entries = entries(findEnd())
        val spec = entries[ENTRY] ?: throw MissingSpecException("the model carries no $ENTRY")
        return SpecArchive(unpack(spec), entries.values.minOf { it.header })
    }

    private fun findEnd(): Int {
        val last = bytes.limit() - END_BYTES
        for (at in last downTo maxOf(0, last - LONGEST_COMMENT)) {
            if (bytes.getInt(at) == 0x06054b50) return at
        }
        throw MissingSpecException("the model carries no $ENTRY (it has no archive at its end)")
    }

    private fun entries(end: Int): Map<String, Entry> {
        val start = end - bytes.getInt(end + 12)
        // Offsets count from the archive's own start, which need not be that of the file.
        val shift = start - bytes.getInt(end + 16)
        val found = HashMap<String, Entry>()
        var at = start
        repeat(short(end + 10)) {
            if (bytes.getInt(at) != 0x02014b50) damaged()
            val nameBytes = short(at + 28)
            found[String(copy(at + 46, nameBytes), Charsets.UTF_8)] = Entry(
                header = bytes.getInt(at + 42) + shift,
                method = short(at + 10),
                crc = bytes.getInt(at + 16),
                packed = bytes.getInt(at + 20),
                size = bytes.getInt(at + 24),
            )
            at += 46 + nameBytes + short(at + 30) + short(at + 32)
        }
        return found
    }

    private fun unpack(entry: Entry): ByteArray {
        if (entry.size !in 0..LONGEST_SPEC || entry.packed !in 0..LONGEST_SPEC) {
            malformed("longer than $LONGEST_SPEC bytes")
        }
        if (bytes.getInt(entry.header) != 0x04034b50) damaged()
        val start = entry.header + 30 + short(entry.header + 26) + short(entry.header + 28)
        val packed = copy(start, entry.packed)
        val json = when (entry.method) {
            0 -> packed
            8 -> inflate(packed, entry.size)
            else -> malformed("compressed in a way that is not known (${entry.method})")
        }
        if (json.size != entry.size || CRC32().apply { update(json) }.value.toInt() != entry.crc) damaged()
        return json
    }

    private fun inflate(packed: ByteArray, size: Int): ByteArray {
        val inflater = Inflater(true)
        try {
            // A raw stream needs one byte after its end.
            inflater.setInput(packed.copyOf(packed.size + 1))
            val json = ByteArray(size)
            return json.copyOf(inflater.inflate(json))
        } finally {
            inflater.end()
        }
    }

    private fun copy(from: Int, count: Int): ByteArray {
        if (from < 0 || from + count > bytes.limit()) damaged()
        return ByteArray(count) { bytes.get(from + it) }
    }

    private fun short(at: Int): Int = bytes.getShort(at).toInt() and 0xffff

    private fun damaged(): Nothing = malformed("the archive it is in is damaged")
}
