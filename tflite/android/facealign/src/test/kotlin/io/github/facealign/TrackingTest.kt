package io.github.facealign

import android.graphics.Bitmap
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertSame
import org.junit.Test
import org.junit.runner.RunWith

private val video = Golden.json.getValue("video").jsonObject
private val frames = video.list("frames").map { it.jsonObject }

@RunWith(AndroidRunner::class)
class TrackingTest {
    private val given = ArrayList<Pair<Bitmap?, CameraFrame?>>()
    private var expected = frames[0]
    private var last: Frame? = null

    private val aligner = FaceAligner(
        LandmarkPipeline(discSpec(), DiscModel()),
        detector = { frame ->
            last = frame
            given.add(frame.bitmap to frame.image as CameraFrame?)
            assertEquals(0, frame.rotationDegrees)
            assertEquals(video.int("width"), frame.pixels.width)
            detections(expected)
        },
        smoothing = true,
        Accelerator.CPU,
        gpuFault = null,
    )

    @Test
    fun `bitmaps are tracked as Python tracks them`() {
        val bitmap = Bitmap.createBitmap(video.int("width"), video.int("height"), Bitmap.Config.ARGB_8888)
        for (frame in frames) {
            expected = frame
            val pixels = grey(frame).map { -0x1000000 or it.toInt().and(255) * 0x10101 }.toIntArray()
            bitmap.setPixels(pixels, 0, bitmap.width, 0, 0, bitmap.width, bitmap.height)
            check(frame, aligner.track(bitmap, frame.double("seconds")))
        }
        for ((shown, image) in given) {
            assertSame(bitmap, shown)
            assertNull(image)
        }
        assertNull(last!!.bitmap)
    }

    @Test
    fun `frames of a camera are tracked as Python tracks them`() {
        for (frame in frames) {
            expected = frame
            val (width, height) = video.int("width") to video.int("height")
            val image = CameraFrame.grey(width, height, grey(frame), frame.double("seconds"))
            val asked = given.size
            check(frame, aligner.track(image))
            for ((bitmap, shown) in given.drop(asked)) {
                assertSame(image, shown)
                assertNull(bitmap)
            }
        }
        assertNull(last!!.image)
    }

    @Test
    fun `faces are detected without tracking, at the boxes of the landmarks seen there`() {
        expected = frames.first { it.list("boxes_px").isNotEmpty() }
        val (width, height) = video.int("width") to video.int("height")
        val image = CameraFrame.grey(width, height, grey(expected))
        val bitmap = Bitmap.createBitmap(width, height, Bitmap.Config.ARGB_8888)
        for (found in listOf(aligner.detect(image), aligner.detect(bitmap))) {
            assertEquals(expected.doubles("scores").toList(), found.map { it.score })
        }
        for ((detection, found) in detections(expected).zip(aligner.detect(image))) {
            val points = aligner.align(image, detection.box).landmarksPx.toList().chunked(2)
            val seen = listOf(points.minOf { it[0] }, points.minOf { it[1] }, points.maxOf { it[0] }, points.maxOf { it[1] })
            assertEquals(seen, found.box.run { listOf(x0, y0, x1, y1) })
        }
        assertEquals(listOf(null to image, bitmap to null), given.take(2))
    }

    private fun check(frame: JsonObject, faces: List<TrackedFace>) {
        val expected = frame.list("faces").map { it.jsonObject }
        assertEquals(expected.map { it.int("track") }, faces.map { it.track })
        for ((face, should) in faces.zip(expected)) {
            assertArrayEquals(should.doubles("box_px"), face.boxPx, 1e-6)
            assertArrayEquals(should.doubles("landmarks_px"), face.landmarksPx, 1e-6)
        }
    }
}
