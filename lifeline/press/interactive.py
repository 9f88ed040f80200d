"""The part of the HTML edition in which a reader moves the model's main assumptions.

{flow-model} writes the numbers of the point model into the page as JSON; static/flow.js computes from them and
from nothing else. Without JavaScript the part stays hidden and the table beneath it has the numbers; in the PDF
a sentence stands in its place.
"""

import json
from dataclasses import dataclass
from html import escape
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from lifeline import evidence
from lifeline.evidence import Evidence
from lifeline.method import DRAWS, LEVELS


@dataclass(frozen=True)
class Slider:
    """A range input: name of the number, label, ends and step in the unit shown, how many of ours are in one."""

    name: str
    label: str
    low: float
    high: float
    step: float
    digits: int
    unit: str
    per: float = 1


SLIDERS = (
    Slider("people", "People who live in the South and are old enough", 10_000, 40_000, 100, 0, "people"),
    Slider("share", "Share of them who send in the year", 5, 60, 0.1, 1, "percent"),
    Slider("amount", "Sum that one sender sends in the year", 0.5, 6, 0.01, 2, "million won", 1e6),
    Slider("fee", "Commission that the chain keeps", 0, 80, 0.1, 1, "percent"),
)
RESULTS = {"sent": "Sent", "fees": "Kept as commission", "lost": "Not arriving", "delivered": "Delivered"}

SUBSTITUTIONS = {
    "flow_draws": f"{DRAWS:,}",
    "flow_inner": f"{LEVELS[0] * 100:.0f}",
    "flow_outer": f"{LEVELS[1] * 100:.0f}",
}
"""Numbers of the method that prose can name as {{ flow_draws }}."""


def parameters(known: Evidence) -> dict[str, Any]:
    """What the script needs: the numbers of each surveyed year, and how to show each."""
    from lifeline import flow

    return {
        "years": {year: flow.at_point(known, year) for year in flow.SURVEYED},
        "sliders": {s.name: {"per": s.per, "digits": s.digits, "unit": s.unit} for s in SLIDERS},
        "results": RESULTS,
    }


def slider_html(slider: Slider) -> str:
    """A range input with its label and its value."""
    key = f"flow-{slider.name}"
    return (
        f'<div class="flow-slider"><label for="{key}">{escape(slider.label)}</label>'
        f'<input type="range" id="{key}" min="{slider.low:g}" max="{slider.high:g}" step="{slider.step:g}">'
        f'<output id="{key}-value" for="{key}" aria-live="off"></output></div>'
    )


def html(known: Evidence) -> str:
    """The whole part."""
    made = parameters(known)
    numbers = json.dumps(made, sort_keys=True).replace("<", "\\u003c")
    years = "".join(f"<option>{year}</option>" for year in reversed(made["years"]))
    results = "".join(
        f'<div><dt>{label}</dt><dd><output id="flow-{name}" aria-live="off"></output></dd></div>'
        for name, label in RESULTS.items()
    )
    return (
        '<link rel="stylesheet" href="../_static/flow.css">'
        '<form class="flow-model" id="flow-model" aria-label="The model with assumptions to move" hidden>'
        '<p><label for="flow-year">Begin with the assumptions of</label> '
        f'<select id="flow-year">{years}</select> <button type="button" id="flow-reset">Put them back</button></p>'
        f"{''.join(map(slider_html, SLIDERS))}<dl>{results}</dl>"
        '<p id="flow-said" role="status" aria-live="polite"></p></form>'
        '<p id="flow-still">Moving the assumptions needs JavaScript. The table below has the numbers.</p>'
        f'<script type="application/json" id="flow-parameters">{numbers}</script>'
        '<script src="../_static/flow.js" defer></script>'
    )


class FlowModel(SphinxDirective):
    """{flow-model}: the part, in the HTML edition; a sentence in others."""

    def run(self) -> list[nodes.Node]:
        """Both, of which each edition shows one."""
        for name in ("flow_assumptions", "exchange_rates"):
            self.env.note_dependency((evidence.DATA / f"{name}.csv").as_posix())
        shown = nodes.raw("", html(evidence.read()), format="html")
        text = "In the web edition these assumptions can be moved, and the result follows."
        otherwise = nodes.paragraph("", text)
        return [addnodes.only("", shown, expr="html"), addnodes.only("", otherwise, expr="not html")]
