package io.github.facealign

import android.graphics.Bitmap
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.shadow.api.Shadow.directlyOn
import org.robolectric.shadows.ShadowNativeBitmap
import org.robolectric.util.ReflectionHelpers.ClassParameter.from

/** Lets Android take one bitmap for one in the graphics chip's memory, which a desktop has none of. */
@Implements(Bitmap::class, minSdk = 26, callNativeMethodsByDefault = true)
class HardwareBitmaps : ShadowNativeBitmap() {
    companion object {
        /** `Bitmap.Config.HARDWARE`. */
        private const val HARDWARE = 7
        private var instance = 0L

        fun with(bitmap: Bitmap, work: () -> Unit) {
            instance = bitmap.nativeInstance
            work()
            instance = 0
        }

        @JvmStatic
        @Implementation(methodName = "nativeConfig")
        fun configOf(bitmap: Long): Int {
            if (bitmap == instance) return HARDWARE
            return directlyOn(Bitmap::class.java, "nativeConfig", from(Long::class.javaPrimitiveType, bitmap))
        }
    }
}
