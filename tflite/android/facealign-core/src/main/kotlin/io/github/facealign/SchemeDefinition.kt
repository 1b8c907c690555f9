package io.github.facealign

import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

private val required = setOf("name", "landmarks", "normalizers")
private val keys = required + setOf("regions", "lines")

/** Reads the definition of a scheme, which names landmarks and never their indices. */
internal fun schemeOf(definition: JsonElement): LandmarkScheme {
    val fields = definition as? JsonObject ?: malformed("scheme must be a name or a definition")
    (fields.keys - keys).firstOrNull()?.let { malformed("scheme: unknown key '$it'") }
    (required - fields.keys).firstOrNull()?.let { malformed("scheme: the key '$it' is missing") }
    val names = namesOf(fields.getValue("landmarks"), "landmarks")
    val indexOf = names.withIndex().associate { (index, name) -> name to index }

    fun indices(value: JsonElement, what: String) =
        namesOf(value, what).map { indexOf[it] ?: malformed("scheme: $what: unknown landmark '$it'") }

    return LandmarkScheme(
        name = fields.getValue("name").textOrNull() ?: malformed("scheme: name must be text"),
        landmarkNames = names,
        normalizers = mapOf(fields.getValue("normalizers"), "normalizers").mapValues { (key, groups) ->
            groupsOf(groups, key).map { indices(it, "normalizer '$key'") }
        },
        regions = fields["regions"]?.let { mapOf(it, "regions") }.orEmpty()
            .mapValues { (key, value) -> indices(value, "region '$key'") },
        lines = fields["lines"]?.let { listOf(it, "lines") }.orEmpty().map { indices(it, "lines") },
    )
}

/** Two groups of landmarks; a group of one may be written as its name alone. */
private fun groupsOf(value: JsonElement, key: String): List<JsonElement> {
    val groups = listOf(value, "normalizer '$key'")
    if (groups.size != 2) malformed("scheme: normalizer '$key' needs two groups of landmarks")
    return groups.map { if (it is JsonPrimitive) JsonArray(listOf(it)) else it }
}

private fun namesOf(value: JsonElement, what: String): List<String> {
    val names = listOf(value, what).map { it.textOrNull() ?: malformed("scheme: $what must be names") }
    if (names.isEmpty() || "" in names) malformed("scheme: $what must be a list of landmark names")
    return names
}

private fun listOf(value: JsonElement, what: String): List<JsonElement> =
    value as? JsonArray ?: malformed("scheme: $what must be a list")

private fun mapOf(value: JsonElement, what: String): Map<String, JsonElement> =
    value as? JsonObject ?: malformed("scheme: $what must map names to landmarks")

internal fun JsonElement.textOrNull(): String? = (this as? JsonPrimitive)?.takeIf { it.isString }?.content

internal fun malformed(fault: String): Nothing = throw MalformedSpecException("$ENTRY: $fault")
