package io.github.facealign

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement

/**
 * What the landmarks of a model are, in their order.
 *
 * `image_left` in a name is the left of the picture: a person facing the camera has the right eye there.
 *
 * @property name what the scheme is called, such as `ibug68`.
 * @property landmarkNames one unique name a landmark.
 * @property flipPermutation landmark `i` of a mirrored face is landmark `flipPermutation[i]` of the face.
 * @property normalizers a name and the two groups of landmarks whose means are that distance apart.
 * @property regions a name, such as `mouth_outer`, and the indices of the landmarks there.
 * @property lines polylines of indices for drawing; a closed one repeats its first index.
 */
public class LandmarkScheme internal constructor(
    public val name: String,
    public val landmarkNames: List<String>,
    public val normalizers: Map<String, List<List<Int>>>,
    public val regions: Map<String, List<Int>>,
    public val lines: List<List<Int>>,
) {
    public val flipPermutation: List<Int> = flipPermutationOf(landmarkNames)

    /** How many landmarks a face has. */
    public val size: Int get() = landmarkNames.size

    override fun toString(): String = "LandmarkScheme($name, $size landmarks)"

    internal companion object {
        private val known: Map<String, LandmarkScheme> by lazy {
            // From the root, because a shrinker moves this class to another package and the file to none.
            val text = LandmarkScheme::class.java.getResource("/io/github/facealign/schemes.json")!!.readText()
            (Json.parseToJsonElement(text) as JsonArray).map(::schemeOf).associateBy { it.name }
        }

        /** The scheme a spec carries: the name of a known one, or a definition. */
        fun carried(scheme: JsonElement): LandmarkScheme {
            val name = scheme.textOrNull() ?: return schemeOf(scheme)
            return known[name] ?: malformed(
                "unknown landmark scheme '$name'; known: ${known.keys.joinToString()}",
            )
        }
    }
}

private const val LEFT = "image_left_"
private const val RIGHT = "image_right_"

private fun flipPermutationOf(names: List<String>): List<Int> {
    val indexOf = names.withIndex().associate { (index, name) -> name to index }
    if (indexOf.size != names.size) malformed("a landmark name occurs more than once")
    return names.map { name ->
        indexOf[otherSide(name)] ?: malformed("landmark '$name' has no mirror partner")
    }
}

private fun otherSide(name: String): String = when {
    name.startsWith(LEFT) -> RIGHT + name.removePrefix(LEFT)
    name.startsWith(RIGHT) -> LEFT + name.removePrefix(RIGHT)
    else -> name
}
