// Android's plugins compile Kotlin themselves, with the compiler of the plugin that is named last.
plugins {
    alias(libs.plugins.android.application) apply false
    alias(libs.plugins.android.library) apply false
    alias(libs.plugins.kotlin.jvm) apply false
}
