"""Mesa's own SolaraViz shows, steps and resets the model."""

from __future__ import annotations

import warnings

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Solara's and Mesa's front ends import names that their own libraries deprecate
    import ipyvuetify as vuetify
    import solara
    from mesa.visualization import SolaraViz
    from mesa.visualization.components import make_plot_component
    from mesa.visualization.solara_viz import ModelController

from mesa import DataCollector

from simulation import MomentumModel

pytestmark = pytest.mark.filterwarnings("ignore")  # the same, while they draw


class Collected(MomentumModel):
    """The model of `docs/howto.md`, with Mesa's own data collection for Mesa's own plots."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self.datacollector = DataCollector({"effectiveness": "effectiveness"})

    def step(self) -> None:
        super().step()
        self.datacollector.collect(self)


def test_solaraviz_draws_the_model_with_a_plot_of_effectiveness() -> None:
    model = Collected(spec="classroom", rng=1)
    model.step()
    page = SolaraViz(model, components=[make_plot_component("effectiveness")], name="wushi")
    box, context = solara.render(page, handle_error=False)
    assert context is not None
    assert box.children


def test_solaraviz_steps_and_resets_the_model() -> None:
    model = Collected(spec="classroom", rng=1)
    current = solara.reactive(model)
    controls = ModelController(
        current,
        model_parameters=solara.reactive({"spec": "classroom", "rng": 1}),
        play_interval=solara.reactive(1),
        render_interval=solara.reactive(1),
        use_threads=solara.reactive(False),
    )
    _, context = solara.render(controls, handle_error=False)
    found = {str(button.children[0]): button for button in context.find(vuetify.Btn).widgets if button.children}
    found["Step"].click()
    assert current.value.week == 1
    found["Reset"].click()
    assert current.value.week == 0
    assert current.value is not model
    assert current.value.spec.name == "classroom"
