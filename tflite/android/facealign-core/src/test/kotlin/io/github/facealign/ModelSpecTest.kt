package io.github.facealign

import java.io.ByteArrayOutputStream
import java.nio.ByteBuffer
import java.security.MessageDigest
import java.util.Random
import java.util.zip.CRC32
import java.util.zip.ZipEntry
import java.util.zip.ZipOutputStream
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.jsonObject
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource

private val content = ByteArray(1000) { it.toByte() }

class ModelSpecTest {
    @Test
    fun `the spec that Python wrote into a model is read whole`() {
        val spec = ModelSpec.read(Golden.model)
        assertEquals("golden", spec.name)
        assertEquals(112, spec.inputSize)
        assertEquals(listOf(0.1, 0.1, 0.15, 0.05), spec.padding.run { listOf(left, top, right, bottom) })
        assertEquals(listOf("MIT", "float16", "tflite/golden/make_golden.py"), spec.run { listOf(licence, variant, madeBy) })
        assertEquals(mapOf("none" to 0.0), spec.nmePercent)
        val scheme = spec.scheme
        assertEquals("five_points", scheme.name)
        assertEquals(listOf(1, 0, 2, 4, 3), scheme.flipPermutation)
        assertEquals(mapOf("inter_ocular" to listOf(listOf(0), listOf(1))), scheme.normalizers)
        assertEquals(mapOf("eyes" to listOf(0, 1)), scheme.regions)
        assertEquals(listOf(listOf(3, 4)), scheme.lines)
        assertEquals(0, Golden.model.position())
    }

    @Test
    fun `the known schemes are named by a spec`() {
        val sizes = mapOf("ibug68" to 68, "wflw98" to 98, "cofw29" to 29, "aflw19" to 19)
        for ((name, size) in sizes) assertEquals(size, parseSpec(json("scheme" to "\"$name\"")).scheme.size)
        val scheme = parseSpec(json("scheme" to "\"ibug68\"")).scheme
        assertEquals(45, scheme.flipPermutation[36])
        assertEquals(8, scheme.flipPermutation[8])
        assertEquals((48..59).toList(), scheme.regions["mouth_outer"])
        assertEquals((36..41).toList() + 36, scheme.lines[5])
    }

    @Test
    fun `every landmark changes places with one that changes places with it`() {
        val text = LandmarkScheme::class.java.getResource("schemes.json")!!.readText()
        for (definition in Json.parseToJsonElement(text) as JsonArray) {
            val order = schemeOf(definition.jsonObject).flipPermutation
            assertEquals(order.indices.toList(), order.map { order[it] })
        }
    }

    @Test
    fun `a packed spec is read, and what Python's first models lack may be missing`() {
        val spec = ModelSpec.read(model(json(), ZipOutputStream.DEFLATED))
        assertEquals("", spec.sha256 + spec.variant + spec.madeBy)
    }

    @ParameterizedTest
    @ValueSource(
        strings = [
            "\"name\": 3", "\"licence\": null", "\"input_size\": 0", "\"input_size\": 112.0", "\"input_size\": true",
            "\"input_size\": \"112\"", "\"input_size\": 4096", "\"padding\": 0.1", "\"padding\": [0.1, 0.1, 0.1]",
            "\"padding\": [0.1, 0.1, 0.1, \"0.1\"]", "\"padding\": [0.1, 0.1, 0.1, NaN]",
            "\"padding\": [0.1, 0.1, 0.1, -0.5]", "\"padding\": [0.1, 0.1, 0.1, 11]", "\"padding\": [0.1, 0.1, 0.1, 1e999]",
            "\"nme_percent\": []", "\"nme_percent\": {\"a\": \"b\"}", "\"scheme\": \"ibug69\"", "\"scheme\": 68",
            "\"scheme\": {\"name\": \"a\", \"landmarks\": [\"b\"]}",
            "\"scheme\": {\"name\": \"a\", \"landmarks\": [], \"normalizers\": {}}",
            "\"scheme\": {\"name\": \"a\", \"landmarks\": [\"b\", \"b\"], \"normalizers\": {}}",
            "\"scheme\": {\"name\": \"a\", \"landmarks\": [\"image_left_b\"], \"normalizers\": {}}",
            "\"scheme\": {\"name\": \"a\", \"landmarks\": [\"b\"], \"normalizers\": {}, \"lines\": [[\"c\"]]}",
            "\"scheme\": {\"name\": \"a\", \"landmarks\": [\"b\"], \"normalizers\": {\"n\": [\"b\"]}}",
            "\"scheme\": {\"name\": \"a\", \"landmarks\": [\"b\"], \"normalizers\": {}, \"lined\": []}",
            "\"a_later_key\": 1",
        ],
    )
    fun `a spec of another form is refused`(field: String) {
        val (key, value) = field.split(": ", limit = 2)
        val text = json(key.trim('"') to value)
        assertThrows(MalformedSpecException::class.java) { parseSpec(text) }
    }

    @Test
    fun `what is no JSON object, or lacks a key, is refused`() {
        for (text in listOf("", "[]", "{", "nonsense", "{\"name\": \"a\"}")) {
            assertThrows(MalformedSpecException::class.java) { parseSpec(text) }
        }
    }

    @Test
    fun `a file without archive or without spec says so`() {
        for (bytes in listOf(ByteArray(0), content)) {
            assertThrows(MissingSpecException::class.java) { ModelSpec.read(ByteBuffer.wrap(bytes)) }
        }
        assertThrows(MissingSpecException::class.java) { ModelSpec.read(model("{}", name = "labels.txt")) }
    }

    @Test
    fun `content that is not the spec's is refused`() {
        val digest = MessageDigest.getInstance("SHA-256").digest(content).joinToString("") { "%02x".format(it) }
        val model = model(json("sha256" to "\"$digest\""))
        assertEquals(digest, ModelSpec.read(model).sha256)
        model.put(500, 0)
        assertThrows(DamagedModelException::class.java) { ModelSpec.read(model) }
    }

    @Test
    fun `a damaged archive is never a crash`() {
        val whole = model(json(), ZipOutputStream.DEFLATED).array()
        val random = Random(1)
        var refused = 0
        repeat(3000) {
            val damaged = whole.copyOf(if (it % 3 == 0) content.size + random.nextInt(whole.size - content.size) else whole.size)
            repeat(3) { damaged[content.size + random.nextInt(damaged.size - content.size)] = random.nextInt().toByte() }
            try {
                ModelSpec.read(ByteBuffer.wrap(damaged))
            } catch (_: ModelFileException) {
                refused++
            }
        }
        assertTrue(refused > 1500)
    }

    private fun json(vararg changes: Pair<String, String>): String {
        val fields = mapOf(
            "name" to "\"a\"", "scheme" to "\"ibug68\"", "input_size" to "112", "padding" to "[0.1, 0.1, 0.1, 0.1]",
            "training_data" to "\"\"", "licence" to "\"\"", "nme_percent" to "{}",
        ) + changes
        return fields.entries.joinToString(", ", "{", "}") { (key, value) -> "\"$key\": $value" }
    }

    /** Some content with an archive at its end, whose offsets count from the archive's start. */
    private fun model(json: String, method: Int = ZipOutputStream.STORED, name: String = ENTRY): ByteBuffer {
        val bytes = ByteArrayOutputStream().apply { write(content) }
        ZipOutputStream(bytes).use { zip ->
            val entry = ZipEntry(name)
            entry.method = method
            entry.size = json.length.toLong()
            entry.crc = CRC32().apply { update(json.toByteArray()) }.value
            zip.putNextEntry(entry)
            zip.write(json.toByteArray())
        }
        return ByteBuffer.wrap(bytes.toByteArray())
    }
}
