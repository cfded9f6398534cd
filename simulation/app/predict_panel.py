"""Predict first: the questions over covered pictures, and the reveal."""

from __future__ import annotations

from nicegui import ui

from simulation.app.faults import Do
from simulation.app.predict import QUESTIONS, Question
from simulation.app.tab import Tab


class PredictPanel:
    """Shown from the questions to the end of their answers; empty otherwise.

    Parameters
    ----------
    tab : Tab
        The tab whose run is predicted.
    do : callable
        Does an action, and says an error.
    """

    def __init__(self, tab: Tab, do: Do) -> None:
        self.tab = tab
        self.do = do
        self.answers: dict[str, ui.radio] = {}
        self.box = ui.element("section").classes("predict").props("data-test=predict-panel")
        if tab.predicting:
            self._ask()
        else:
            self.box.set_visibility(False)

    def _ask(self) -> None:
        tab, text, do = self.tab, self.tab.text, self.do
        with self.box:
            ui.label(text("predict.title")).classes("dialog-title").props('role="heading" aria-level="2"')
            ui.label(text("predict.note", week=tab.session.weeks)).classes("caption")
            with ui.element("div").classes("questions"):
                for question in QUESTIONS:
                    with ui.element("fieldset"):
                        with ui.element("legend"):
                            ui.label(text(f"predict.{question.key}"))
                        self._note(question)
                        options = {i: text(f"predict.{question.key}.{c}") for i, c in enumerate(question.choices)}
                        radio = ui.radio(options).props(f"dense data-test=question-{question.key}")
                        self.answers[question.key] = radio
            with ui.row():
                ui.button(text("predict.reveal"), icon="visibility", on_click=lambda: do(self.reveal)).props(
                    "unelevated no-caps data-test=reveal"
                )
                ui.button(text("predict.cancel"), on_click=lambda: do(tab.predict)).props("flat no-caps")

    def _note(self, question: Question) -> None:
        """Say what is measured, where the name of a measure is often misread."""
        if question.noted:
            ui.label(self.tab.text(f"predict.{question.key}.note")).classes("caption")

    async def reveal(self) -> None:
        """Run to the end, show the outcome beside the prediction, and uncover the pictures."""
        tab, text, do = self.tab, self.tab.text, self.do
        said = {key: radio.value for key, radio in self.answers.items()}
        if any(value is None for value in said.values()):
            ui.notify(text("predict.missing"), type="info")
            return
        await tab.reveal()
        right = 0
        self.box.clear()
        with self.box:
            score = ui.label().classes("dialog-title").props("data-test=score role=status")
            with ui.element("div").classes("questions"):
                for question in QUESTIONS:
                    answer = question.answer(tab.session.a)
                    hit = answer == said[question.key]
                    right += hit
                    with ui.element("div").classes("answer" + (" hit" if hit else "")):
                        ui.label(text(f"predict.{question.key}")).classes("caption")
                        self._note(question)
                        was = text(f"predict.{question.key}.{question.choices[answer]}")
                        ui.label(text("predict.was", answer=was)).classes("was")
                        yours = text(f"predict.{question.key}.{question.choices[said[question.key]]}")
                        ui.label(text("predict.right") if hit else text("predict.wrong", said=yours))
            score.set_text(text("predict.score", right=right, all=len(QUESTIONS)))
            with ui.row():
                ui.button(text("predict.watch"), icon="replay", on_click=lambda: do(self._watch)).props(
                    "outline no-caps"
                )
                ui.button(text("close"), on_click=lambda: self.box.set_visibility(False)).props("flat no-caps")

    async def _watch(self) -> None:
        self.box.set_visibility(False)
        await self.tab.restart()
        await self.tab.play()
