package io.github.facealign.sample

import io.github.facealign.ModelSource

/** The files of one model, which the build copies from tflite/models into the app's assets. */
internal enum class ModelVariant(val label: String) {
    DYNAMIC_INT8("dynamic_int8"),
    INT8("int8"),
    FLOAT16("float16"),
    ;

    val asset get() = ModelSource.Asset("$label.tflite")
}
