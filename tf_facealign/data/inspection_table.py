"""An inspection as text."""

from typing import Any

from tf_facealign.data.inspection import Inspection

SHOWN = 10
"""Findings of one kind that are printed; the JSON has all."""


def inspection_table(inspection: Inspection) -> str:
    """Counts, sizes, poses and problems, for a terminal."""
    lines = [f"{'split':<20}{'faces':>8}{'official':>10}"]
    for split, counts in inspection.splits.items():
        lines.append(_count_line(split, counts))
        lines += [_count_line(f"  {name}", part) for name, part in counts["subsets"].items()]
    lines += ["", *_number_lines(inspection.numbers), ""]
    for kind, findings in inspection.problems.items():
        lines.append(f"{kind.replace('_', ' '):<32}{len(findings) or 'none'}")
        lines += [f"  {finding}" for finding in findings[:SHOWN]]
        if len(findings) > SHOWN:
            lines.append(f"  … and {len(findings) - SHOWN} more (--json lists all)")
    return "\n".join(lines)


def _count_line(name: str, counts: dict[str, Any]) -> str:
    faces, official = counts["faces"], counts["official"]
    line = f"{name:<20}{faces:>8,}"
    if official is None:
        return line
    if faces == official:
        return f"{line}{official:>10,}"
    difference = "missing" if faces < official else "too many"
    return f"{line}{official:>10,}  {abs(official - faces):,} {difference}"


def _number_lines(numbers: dict[str, Any]) -> list[str]:
    lines = []
    for what in ("image_height_px", "image_width_px", "box_height_px", "box_width_px"):
        spread = numbers[what]
        if spread:
            low, middle, high = (f"{spread[part]:g}" for part in ("min", "median", "max"))
            name = what.removesuffix("_px").replace("_", " ")
            lines.append(f"{name:<32}{low} to {high} pixels, median {middle}")
    for where in ("image", "crop"):
        outside = numbers[f"landmarks_outside_{where}"]
        name = f"landmarks outside their {where}"
        lines.append(f"{name:<32}{outside['landmarks']:,} in {outside['faces']:,} faces")
    if numbers["hidden_landmarks_percent"] is not None:
        lines.append(f"{'hidden landmarks':<32}{numbers['hidden_landmarks_percent']:g} %")
    for name, counts in numbers["pose"].items():
        bars = " ".join(f"{count:>5}" for count in counts)
        lines.append(f"{'pose, side to side, ' + name:<32}{bars}")
    return lines
