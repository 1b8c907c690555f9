import org.jetbrains.kotlin.gradle.dsl.JvmTarget

plugins {
    alias(libs.plugins.android.library)
}

android {
    namespace = "io.github.facealign"
    compileSdk = libs.versions.compile.sdk.get().toInt()

    defaultConfig {
        minSdk = libs.versions.min.sdk.get().toInt()
        consumerProguardFiles("consumer-rules.pro")
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_1_8
        targetCompatibility = JavaVersion.VERSION_1_8
    }
}

kotlin {
    explicitApi()
    compilerOptions {
        jvmTarget = JvmTarget.JVM_1_8
        allWarningsAsErrors = true
        optIn.add("io.github.facealign.InternalFaceAlignApi")
    }
}

dependencies {
    api(project(":facealign-core"))
    // The app chooses TensorFlow Lite, or LiteRT.
    compileOnly(libs.tensorflow.lite)
    compileOnly(libs.tensorflow.lite.gpu)
    compileOnly(libs.tensorflow.lite.gpu.api)
}
