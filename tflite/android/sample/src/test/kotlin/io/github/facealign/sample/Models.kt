package io.github.facealign.sample

import java.io.File

/** The folder of the app's models, before the build copies them. */
val modelFolder = File(System.getProperty("facealign.models"))

/** tflite/android. */
val androidFolder = File(System.getProperty("facealign.android"))
