package io.github.facealign

import java.nio.ByteBuffer
import java.security.MessageDigest
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/**
 * How to use a model; read out of the model file itself.
 *
 * @property name a short name, such as `300w`.
 * @property scheme what its landmarks are.
 * @property inputSize side of the square RGB crop in pixels; values 0 to 255.
 * @property padding how far a face box is widened before it is cut.
 * @property trainingData what it was trained on, in words.
 * @property licence licence of the weights, in words.
 * @property nmePercent measured error by evaluation set, in percent.
 * @property sha256 hex digest of the file's bytes before the spec; empty: not stated.
 * @property variant number format, such as `int8`; empty: not stated.
 * @property madeBy the program and version that wrote the file; empty: not stated.
 */
public class ModelSpec internal constructor(
    public val name: String,
    public val scheme: LandmarkScheme,
    public val inputSize: Int,
    public val padding: Padding,
    public val trainingData: String,
    public val licence: String,
    public val nmePercent: Map<String, Double>,
    public val sha256: String,
    public val variant: String,
    public val madeBy: String,
) {
    override fun toString(): String = "ModelSpec($name, $scheme, $variant)"

    public companion object {
        /**
         * Reads the spec of a model and holds the model's content against its SHA-256.
         *
         * @param model the whole `.tflite` file, from the buffer's position to its limit; neither moves.
         * @throws MissingSpecException if it carries no spec.
         * @throws MalformedSpecException if the spec does not have the form this version knows.
         * @throws DamagedModelException if its content is not the one the spec was written for.
         */
        @JvmStatic
        public fun read(model: ByteBuffer): ModelSpec {
            val archive = readSpecArchive(model)
            val spec = parseSpec(String(archive.json, Charsets.UTF_8))
            if (spec.sha256.isNotEmpty() && sha256(model, archive.modelBytes) != spec.sha256) {
                throw DamagedModelException("the model's content does not have the sha256 of its $ENTRY")
            }
            return spec
        }
    }
}

private val known = setOf("name", "scheme", "input_size", "padding", "training_data", "licence", "nme_percent")
private val later = setOf("sha256", "variant", "made_by")
private const val LARGEST_PADDING = 10.0
private val number = Regex("-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?")
private val wholeNumber = Regex("[1-9][0-9]{0,3}")

/** Crops that are larger have no use, and their buffers would have to be counted in gigabytes. */
private const val LARGEST_INPUT = 2048

internal fun parseSpec(text: String): ModelSpec {
    val fields = parseJson(text)
    if (fields.keys + later != known + later) {
        malformed("it must have exactly the keys ${(known + later).sorted().joinToString()}")
    }
    return ModelSpec(
        name = fields.text("name"),
        scheme = LandmarkScheme.carried(fields.getValue("scheme")),
        inputSize = sizeOf(fields.getValue("input_size")),
        padding = paddingOf(fields.getValue("padding")),
        trainingData = fields.text("training_data"),
        licence = fields.text("licence"),
        nmePercent = errorsOf(fields.getValue("nme_percent")),
        sha256 = fields.text("sha256"),
        variant = fields.text("variant"),
        madeBy = fields.text("made_by"),
    )
}

private fun parseJson(text: String): JsonObject = try {
    Json.parseToJsonElement(text) as? JsonObject ?: malformed("no JSON object")
} catch (error: SerializationException) {
    throw MalformedSpecException("$ENTRY is no JSON", error)
}

private fun JsonObject.text(key: String): String {
    val value = get(key) ?: return ""
    return value.textOrNull() ?: malformed("$key must be text")
}

private fun sizeOf(value: JsonElement): Int {
    val text = (value as? JsonPrimitive)?.takeIf { !it.isString }?.content.orEmpty()
    val size = if (wholeNumber.matches(text)) text.toInt() else 0
    return if (size in 1..LARGEST_INPUT) size else malformed("input_size must be 1 to $LARGEST_INPUT")
}

private fun paddingOf(value: JsonElement): Padding {
    val shares = (value as? JsonArray)?.map { it.numberOrNull() ?: malformed("padding must be four numbers") }
    if (shares?.size != 4) malformed("padding must be four numbers")
    if (!shares.all { it > -0.5 && it <= LARGEST_PADDING }) {
        malformed("padding must be above -0.5 and at most $LARGEST_PADDING")
    }
    return Padding(shares[0], shares[1], shares[2], shares[3])
}

private fun errorsOf(value: JsonElement): Map<String, Double> =
    (value as? JsonObject)?.mapValues { it.value.numberOrNull() ?: malformed("nme_percent must be numbers") }
        ?: malformed("nme_percent must map names to numbers")

private fun JsonElement.numberOrNull(): Double? =
    (this as? JsonPrimitive)?.takeIf { !it.isString && number.matches(it.content) }
        ?.content?.toDouble()?.takeIf { Math.abs(it) <= Double.MAX_VALUE }

private fun sha256(model: ByteBuffer, size: Int): String {
    val content = model.slice()
    if (size !in 0..content.limit()) malformed("the archive it is in is damaged")
    (content as java.nio.Buffer).limit(size)
    val digest = MessageDigest.getInstance("SHA-256").apply { update(content) }.digest()
    return digest.joinToString("") { "%02x".format(it) }
}
