package io.github.facealign.sample

import android.content.Context
import android.os.Handler
import android.os.HandlerThread
import android.os.Looper
import io.github.facealign.FaceAligner
import io.github.facealign.FaceAlignerOptions
import io.github.facealign.FaceAlignException

/**
 * A thread with an aligner, which serves one thread only.
 *
 * @param fail is told on the main thread what went wrong.
 */
internal class AlignerThread(context: Context, private val fail: (FaceAlignException) -> Unit) {
    private val context = context.applicationContext
    private val thread = HandlerThread("aligner").apply { start() }
    private val main = Handler(Looper.getMainLooper())
    private var aligner: FaceAligner? = null
    val handler = Handler(thread.looper)

    /** From now on another file is the model. */
    fun load(variant: ModelVariant) {
        handler.post {
            guarded {
                aligner?.close()
                aligner = null
                aligner = FaceAligner.create(context, FaceAlignerOptions(variant.asset))
            }
        }
    }

    /** Works after what the thread was given before. */
    fun post(work: (FaceAligner) -> Unit) {
        handler.post { now(work) }
    }

    /** For callers that are on the thread; there is no aligner if its model could not be loaded. */
    fun now(work: (FaceAligner) -> Unit) = guarded { aligner?.let(work) }

    fun onMain(work: () -> Unit) {
        main.post(work)
    }

    fun close() {
        handler.post { aligner?.close() }
        thread.quitSafely()
    }

    private fun guarded(work: () -> Unit) {
        try {
            work()
        } catch (fault: FaceAlignException) {
            onMain { fail(fault) }
        }
    }
}
