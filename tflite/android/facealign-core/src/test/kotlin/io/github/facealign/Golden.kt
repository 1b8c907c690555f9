package io.github.facealign

import java.awt.image.BufferedImage
import java.io.File
import java.nio.ByteBuffer
import java.nio.FloatBuffer
import javax.imageio.ImageIO
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.double
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

/** The vectors that Python wrote; `tflite/golden/make_golden.py` says what they are, and makes them anew. */
object Golden {
    val folder = File(System.getProperty("facealign.golden"))
    val json: JsonObject = Json.parseToJsonElement(File(folder, "golden.json").readText()).jsonObject
    val cases: List<GoldenCase> = json.list("cases").map { GoldenCase(it.jsonObject) }
    val model: ByteBuffer = ByteBuffer.wrap(File(folder, "model.tflite").readBytes())
    val spec: ModelSpec = ModelSpec.read(model)

    fun picture(name: String): BufferedImage = ImageIO.read(File(folder, name))
}

class GoldenCase(private val fields: JsonObject) {
    val name: String = fields.text("name")
    val box: Box = fields.doubles("box_px").let { Box(it[0], it[1], it[2], it[3]) }
    val isMirrored: Boolean = fields.getValue("mirrored").jsonPrimitive.boolean
    val affine: List<DoubleArray> = fields.list("affine").map { it.doubles() }
    val landmarksUnit: DoubleArray = fields.points("landmarks_unit")
    val landmarksPx: DoubleArray = fields.points("landmarks_px")
    val crop: FloatArray = Golden.picture("crop_$name.png").rgb()
        .flatMap { listOf(it shr 16 and 255, it shr 8 and 255, it and 255) }
        .map { it.toFloat() }.toFloatArray()

    fun image(): SourceImage {
        val rotation = fields.int("rotation")
        return if (fields.text("source") == "camera") cameraImage(rotation) else sceneImage(rotation)
    }

    override fun toString() = name
}

fun sceneImage(rotation: Int): SourceImage {
    val scene = Golden.picture("scene.png")
    return ArgbImage().apply { set(scene.rgb(), scene.width, scene.height, rotation) }
}

/** V and U in turn, as most phones have them. */
fun cameraImage(rotation: Int): SourceImage {
    val about = Golden.json.getValue("camera").jsonObject
    val luma = Golden.picture("camera_y.png").bytes()
    val vu = Golden.picture("camera_vu.png").bytes()
    val stride = about.int("row_stride")
    val u = ByteBuffer.wrap(vu, 1, vu.size - 1).slice()
    val image = YuvImage()
    image.set(
        about.int("width"), about.int("height"),
        ByteBuffer.wrap(luma), stride, u, ByteBuffer.wrap(vu), stride, 2, rotation,
    )
    return image
}

fun BufferedImage.rgb(): IntArray = getRGB(0, 0, width, height, null, 0, width)

fun BufferedImage.bytes(): ByteArray = raster.getDataElements(0, 0, width, height, null) as ByteArray

fun JsonObject.text(key: String): String = getValue(key).jsonPrimitive.content

fun JsonObject.int(key: String): Int = getValue(key).jsonPrimitive.int

fun JsonObject.double(key: String): Double = getValue(key).jsonPrimitive.double

fun JsonObject.list(key: String): JsonArray = getValue(key).jsonArray

fun JsonObject.doubles(key: String): DoubleArray = getValue(key).doubles()

/** Points [[x, y], …] as x, y, x, y …. */
fun JsonObject.points(key: String): DoubleArray = list(key).flatMap { it.jsonArray }.numbers()

fun JsonElement.doubles(): DoubleArray = jsonArray.numbers()

private fun List<JsonElement>.numbers() = map { (it as JsonPrimitive).double }.toDoubleArray()

/** The crop of an image by the rule of a spec's padding. */
fun cropOf(image: SourceImage, box: Box, padding: Padding, mirrored: Boolean = false, size: Int = 112): FloatArray {
    val into = FloatArray(size * size * 3)
    val square = CropSquare().apply { fit(box, padding) }
    FaceCropper(size).cut(image, square, mirrored, FloatBuffer.wrap(into))
    return into
}
