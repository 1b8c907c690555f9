package io.github.facealign

import android.app.Instrumentation
import android.os.Bundle
import javax.inject.Named
import org.robolectric.RobolectricTestRunner
import org.robolectric.android.internal.AndroidTestEnvironment
import org.robolectric.internal.AndroidSandbox.TestEnvironmentSpec
import org.robolectric.internal.ShadowProvider
import org.robolectric.pluginapi.Sdk
import org.robolectric.pluginapi.TestEnvironmentLifecyclePlugin
import org.robolectric.util.inject.Injector

/** Runs tests in the framework of Android 7 (API 24) and of Android 15 (API 35). */
class AndroidRunner(test: Class<*>) : RobolectricTestRunner(test, injector) {
    /** Robolectric's own instrumentation needs all of androidx.test, which comes from Google's Maven. */
    class Environment(
        @Named("runtimeSdk") runtimeSdk: Sdk,
        @Named("compileSdk") compileSdk: Sdk,
        shadows: Array<ShadowProvider>,
        plugins: Array<TestEnvironmentLifecyclePlugin>,
    ) : AndroidTestEnvironment(runtimeSdk, compileSdk, shadows, plugins) {
        override fun pickInstrumentation() = object : Instrumentation() {
            override fun runOnMainSync(runner: Runnable) = runner.run()

            override fun finish(resultCode: Int, results: Bundle?) = Unit
        }
    }

    private companion object {
        /** One for all tests: it keeps the frameworks, which take seconds to load. */
        val injector: Injector = defaultInjector()
            .bind(TestEnvironmentSpec::class.java, TestEnvironmentSpec(Environment::class.java)).build()
    }
}
