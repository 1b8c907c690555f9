package io.github.facealign

import android.graphics.Bitmap
import java.io.ByteArrayOutputStream
import java.io.File
import java.nio.ByteBuffer
import java.util.zip.ZipOutputStream
import kotlinx.serialization.json.jsonObject
import org.junit.Assume.assumeTrue
import org.junit.rules.ExternalResource
import org.robolectric.RuntimeEnvironment

/** An app with the golden model among its assets, and with TensorFlow Lite. */
class TestApp : ExternalResource() {
    private val opened = ArrayList<FaceAligner>()
    val context by lazy { context(mapOf("model.tflite" to model, "model.packed" to model)) }
    val asset = ModelSource.Asset("model.tflite")

    override fun before() {
        assumeTrue("Maven Central has TensorFlow Lite for Linux on x86 alone", InterpreterModel.isAvailable)
        InterpreterModel.loaded
    }

    override fun after() = opened.forEach { it.close() }

    fun aligner(options: FaceAlignerOptions = FaceAlignerOptions(asset)) =
        FaceAligner.create(context, options).also(opened::add)

    companion object {
        val model = File(Golden.folder, "model.tflite").readBytes()

        fun context(assets: Map<String, ByteArray>) = AppContext(RuntimeEnvironment.getApplication(), assets)
    }
}

/** Some content with a spec at its end that says nothing of its SHA-256. */
fun modelFile(content: ByteArray, scheme: String, inputSize: Int = 112): ModelSource.Memory {
    val spec = """{"name": "test", "scheme": $scheme, "input_size": $inputSize, "padding": [0.1, 0.1, 0.1, 0.1],
        "training_data": "", "licence": "", "nme_percent": {}}"""
    val bytes = ByteArrayOutputStream().apply { write(content) }
    ZipOutputStream(bytes).use { zip ->
        zip.putNextEntry(entryOf("model_spec.json", spec.toByteArray(), isStored = true))
        zip.write(spec.toByteArray())
    }
    return ModelSource.Memory(ByteBuffer.wrap(bytes.toByteArray()))
}

fun scene(config: Bitmap.Config = Bitmap.Config.ARGB_8888): Bitmap {
    val scene = Golden.picture("scene.png")
    val bitmap = Bitmap.createBitmap(scene.width, scene.height, config)
    bitmap.setPixels(scene.rgb(), 0, scene.width, 0, 0, scene.width, scene.height)
    return bitmap
}

fun cameraFrame(): CameraFrame {
    val about = Golden.json.getValue("camera").jsonObject
    val luma = Golden.picture("camera_y.png").bytes()
    val vu = Golden.picture("camera_vu.png").bytes()
    val stride = about.int("row_stride")
    return CameraFrame(
        about.int("width"), about.int("height"),
        CameraFrame.Plane(ByteBuffer.wrap(luma), stride, 1),
        CameraFrame.Plane(ByteBuffer.wrap(vu, 1, vu.size - 1).slice(), stride, 2),
        CameraFrame.Plane(ByteBuffer.wrap(vu), stride, 2),
    )
}
