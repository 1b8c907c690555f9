import org.jetbrains.kotlin.gradle.dsl.JvmTarget

plugins {
    alias(libs.plugins.android.application)
}

android {
    namespace = "io.github.facealign.sample"
    compileSdk = libs.versions.compile.sdk.get().toInt()

    defaultConfig {
        minSdk = libs.versions.min.sdk.get().toInt()
        targetSdk = libs.versions.compile.sdk.get().toInt()
        versionCode = 1
        versionName = libs.versions.facealign.get()
    }

    // Of the model's folder its .tflite files, as they are: a compressed file cannot be mapped into memory.
    sourceSets["main"].assets.srcDir("../../models/300w-tiny")
    androidResources {
        ignoreAssetsPattern = "!*.md:!*.json:!*.jpg"
        noCompress += "tflite"
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_1_8
        targetCompatibility = JavaVersion.VERSION_1_8
    }
}

kotlin {
    compilerOptions {
        jvmTarget = JvmTarget.JVM_1_8
        allWarningsAsErrors = true
    }
}

dependencies {
    implementation(project(":facealign"))
    implementation(libs.tensorflow.lite)
}
