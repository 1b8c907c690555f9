package androidx.test.platform.app

import android.app.Instrumentation
import android.os.Bundle

/** The one class of androidx.test that Robolectric calls in our tests; that library is on Google's Maven only. */
@Suppress("unused", "UNUSED_PARAMETER")
object InstrumentationRegistry {
    @JvmStatic
    fun registerInstance(instrumentation: Instrumentation?, arguments: Bundle?) = Unit
}
