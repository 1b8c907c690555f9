package io.github.facealign.sample

import android.content.Context
import android.graphics.Color
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.AdapterView
import android.widget.ArrayAdapter
import android.widget.Button
import android.widget.FrameLayout
import android.widget.LinearLayout
import android.widget.Spinner
import android.widget.TextView

/** A screen: its views above each other in the middle, its controls in a row below, a line of text at the top. */
internal fun Context.screen(stacked: List<View>, controls: List<View>, status: TextView): View {
    val stack = FrameLayout(this).apply { for (view in stacked) addView(view, MATCH_PARENT, MATCH_PARENT) }
    val row = LinearLayout(this).apply {
        for (control in controls) addView(control, LinearLayout.LayoutParams(0, WRAP_CONTENT, 1f))
    }
    return LinearLayout(this).apply {
        orientation = LinearLayout.VERTICAL
        // Not beneath the bars of the system.
        fitsSystemWindows = true
        setBackgroundColor(Color.BLACK)
        addView(status, MATCH_PARENT, WRAP_CONTENT)
        addView(stack, LinearLayout.LayoutParams(MATCH_PARENT, 0, 1f))
        addView(row, MATCH_PARENT, WRAP_CONTENT)
    }
}

internal fun Context.text() = TextView(this).apply {
    setTextColor(Color.WHITE)
    gravity = Gravity.CENTER
    val space = (8 * resources.displayMetrics.density).toInt()
    setPadding(space, space, space, space)
}

internal fun Context.button(label: String, act: () -> Unit) = Button(this).apply {
    text = label
    setOnClickListener { act() }
}

/** A choice of the model's files; `choose` is told the first as well. */
internal fun Context.variants(first: ModelVariant, choose: (ModelVariant) -> Unit) = Spinner(this).apply {
    val labels = ModelVariant.entries.map { it.label }
    adapter = ArrayAdapter(context, android.R.layout.simple_spinner_dropdown_item, labels)
    setSelection(first.ordinal)
    onItemSelectedListener = object : AdapterView.OnItemSelectedListener {
        override fun onItemSelected(parent: AdapterView<*>?, view: View?, position: Int, id: Long) =
            choose(ModelVariant.entries[position])

        override fun onNothingSelected(parent: AdapterView<*>?) = Unit
    }
}
