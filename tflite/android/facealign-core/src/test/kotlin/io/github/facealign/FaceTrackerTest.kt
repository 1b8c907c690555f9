package io.github.facealign

import java.nio.FloatBuffer
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test

private val video = Golden.json.getValue("video").jsonObject
private val frames = video.list("frames").map { it.jsonObject }

class FaceTrackerTest {
    @Test
    fun `it follows, loses and finds the faces that Python does, where Python does`() {
        var frame = 0
        val asked = ArrayList<Int>()
        val tracker = FaceTracker(LandmarkPipeline(discSpec(), DiscModel()), { _ ->
            asked.add(frame)
            detections(frames[frame])
        })
        val image = RgbImage()
        for (expected in frames) {
            image.set(draw(expected), video.int("width"), video.int("height"))
            val faces = tracker.track(image, expected.double("seconds"))
            val expectedFaces = expected.list("faces").map { it.jsonObject }
            assertEquals(expectedFaces.map { it.int("track") }, faces.map { it.track }) { "frame $frame" }
            for ((face, should) in faces.zip(expectedFaces)) {
                assertEquals(should.double("score"), face.score)
                assertArrayEquals(should.doubles("box_px"), face.boxPx, 1e-6)
                assertArrayEquals(should.doubles("landmarks_px"), face.landmarksPx, 1e-6)
            }
            frame++
        }
        val expectedAsked = frames.indices.filter { frames[it].getValue("asked").jsonPrimitive.boolean }
        assertEquals(expectedAsked, asked)
    }

    @Test
    fun `without smoothing the landmarks are as found`() {
        val tracker = FaceTracker(LandmarkPipeline(discSpec(), DiscModel()), { detections(frames[0]) }, smoothing = false)
        val image = RgbImage()
        for (frame in frames.take(3)) {
            image.set(draw(frame), video.int("width"), video.int("height"))
            val face = tracker.track(image, frame.double("seconds")).single()
            assertArrayEquals(face.foundPx, face.landmarksPx)
        }
    }

    @Test
    fun `a frame that is not later is refused`() {
        val tracker = FaceTracker(LandmarkPipeline(discSpec(), DiscModel()), { emptyList() })
        val image = RgbImage().apply { set(ByteArray(3), 1, 1) }
        tracker.track(image, 1.0)
        assertThrows(FrameTimeException::class.java) { tracker.track(image, 1.0) }
        assertEquals(0, tracker.track(image, 1.1).size)
    }

    private fun draw(frame: JsonObject): ByteArray {
        val grey = grey(frame)
        return ByteArray(grey.size * 3) { grey[it / 3] }
    }
}

/** What the detector of the toy video finds. */
fun detections(frame: JsonObject) = frame.list("boxes_px").map { it.doubles() }
    .zip(frame.doubles("scores").toList()) { box, score -> Detection(Box(box[0], box[1], box[2], box[3]), score) }

/** `toy_video.draw`, one byte a pixel. */
fun grey(frame: JsonObject): ByteArray {
    val (width, height) = video.int("width") to video.int("height")
    val grey = IntArray(width * height)
    for (disc in frame.list("discs").map { it.doubles() }) {
        val (discX, discY, radius) = disc.map { it.toInt() }
        for (i in grey.indices) {
            val (x, y) = i % width - discX to i / width - discY
            grey[i] = maxOf(grey[i], 220 - (x * x + y * y) * 220 / (radius * radius))
        }
    }
    return ByteArray(grey.size) { grey[it].toByte() }
}

fun discSpec(): ModelSpec = parseSpec(
    """{"name": "disc", "input_size": 112, "padding": [0.1, 0.1, 0.1, 0.1], "training_data": "", "licence": "",
    "nme_percent": {}, "scheme": {"name": "disc", "normalizers": {"inter_ocular": ["image_left_eye",
    "image_right_eye"]}, "landmarks": ["image_left_eye", "image_right_eye", "nose_tip",
    "image_left_mouth_corner", "image_right_mouth_corner"]}}""",
)

/** `toy_video.DiscPredictor`. */
class DiscModel : LandmarkModel {
    override val inputShape = intArrayOf(1, 112, 112, 3)
    override val outputShape = intArrayOf(1, 5, 2)
    private val pattern = video.list("pattern").map { it.doubles() }
    private val dark = video.int("dark")

    override fun run(crop: FloatBuffer, landmarksUnit: FloatBuffer) {
        val light = IntArray(112 * 112) { crop.get(3 * it).toInt() }
        val total = light.sum()
        if (total < dark * light.size) return write(landmarksUnit, 0.7, 0.5, 0.2)
        val x = light.indices.sumOf { light[it].toLong() * (2 * (it % 112) + 1) } / (2.0 * 112 * total)
        val y = light.indices.sumOf { light[it].toLong() * (2 * (it / 112) + 1) } / (2.0 * 112 * total)
        write(landmarksUnit, x, y, Math.sqrt(total / 345.0) / 112)
    }

    private fun write(into: FloatBuffer, x: Double, y: Double, radius: Double) {
        for ((i, point) in pattern.withIndex()) {
            into.put(2 * i, (x + radius * point[0]).toFloat())
            into.put(2 * i + 1, (y + radius * point[1]).toFloat())
        }
    }

    override fun close() = Unit
}
