// The build for Android Studio. What is checked before a change is merged is Maven's.
pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositories {
        google()
        mavenCentral()
    }
}

rootProject.name = "facealign-android"
include(":facealign-core", ":facealign", ":sample")
