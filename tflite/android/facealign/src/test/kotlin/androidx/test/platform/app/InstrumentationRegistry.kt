package androidx.test.platform.app

import android.app.Instrumentation
import android.os.Bundle

/** The one class that Robolectric calls in our tests of androidx.test, which comes from Google's Maven. */
@Suppress("unused", "UNUSED_PARAMETER")
object InstrumentationRegistry {
    @JvmStatic
    fun registerInstance(instrumentation: Instrumentation?, arguments: Bundle?) = Unit
}
