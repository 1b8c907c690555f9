package io.github.facealign

import java.io.File
import java.nio.ByteBuffer
import java.security.MessageDigest
import kotlin.math.abs
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.MethodSource

/** From pixels to landmarks with each file that is released: LiteRT here as in Python. */
class ReleasedModelsTest {
    @BeforeEach
    fun `there is LiteRT`() = assumeTrue(LiteRt.missing == null) { LiteRt.missing }

    @ParameterizedTest
    @MethodSource("models")
    fun `the landmarks are Python's`(released: ReleasedModel) {
        assertEquals(released.sha256, digest(released.file)) { "replaced: python tflite/golden/make_golden.py" }
        val spec = ModelSpec.read(ByteBuffer.wrap(released.file.readBytes()))
        LandmarkPipeline(spec, LiteRtModel(released.file)).use { pipeline ->
            for ((case, expectedPx) in released.landmarksPx) {
                val foundPx = DoubleArray(expectedPx.size)
                pipeline.align(case.image(), case.box, foundPx)
                val away = foundPx.indices.maxOf { abs(foundPx[it] - expectedPx[it]) }
                assertTrue(away <= 0.1) { "$case: $away px away" }
            }
        }
    }

    private fun digest(file: File) =
        MessageDigest.getInstance("SHA-256").digest(file.readBytes()).joinToString("") { "%02x".format(it) }

    companion object {
        @JvmStatic
        fun models() = Json.parseToJsonElement(File(Golden.folder, "released.json").readText()).jsonObject
            .map { (name, fields) -> ReleasedModel(name, fields.jsonObject) }
    }
}

/** A file in `tflite/models` and what Python finds with it. */
class ReleasedModel(private val name: String, fields: JsonObject) {
    val file = Golden.folder.resolveSibling("models").resolve(name)
    val sha256 = fields.text("sha256")
    val landmarksPx: Map<GoldenCase, DoubleArray> = fields.getValue("landmarks_px").jsonObject
        .let { found -> found.keys.associate { case -> Golden.cases.single { it.name == case } to found.points(case) } }

    override fun toString() = name
}
