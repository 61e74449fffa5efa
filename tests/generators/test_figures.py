"""Every figure of the world says what it is, where it is from and since when it holds, in an order that makes it easy to find."""

from __future__ import annotations

import json
from datetime import date

import pytest

import sources
from generators import personas
from generators.figures import Figures
from generators.world import Look, World
from kit.chance import Stream
from kit.source import Document
from tests.sources import given
from warehouse import assets

FILES = assets.figures()


@pytest.mark.parametrize("name", FILES)
def test_every_figure_is_explained_sourced_and_dated(name: str) -> None:
    figures = Figures(FILES[name])
    assert figures.names() and set(figures.names()) == set(FILES[name])
    for figure in FILES[name].values():
        assert isinstance(figure, dict) and set(figure) == {"about", "source", "values"}
        assert all(isinstance(figure[key], str) and figure[key] for key in ("about", "source"))
        assert isinstance(figure["values"], list) and figure["values"]
        days = [one["since"] for one in figure["values"] if isinstance(one, dict) and "value" in one]
        assert len(days) == len(figure["values"]) and days == sorted(set(map(str, days)))
        assert [date.fromisoformat(str(day)) for day in days]


@pytest.mark.parametrize("name", FILES)
def test_figures_stand_in_the_order_of_their_names(name: str) -> None:
    text = (assets.root() / "generators" / "figures" / f"{name}.json").read_text("utf-8")
    assert text.endswith("}\n") and text.isascii()
    names = list(json.loads(text))
    assert names == sorted(names)


def test_a_figure_holds_from_its_day_on_and_the_first_before_it() -> None:
    values = [{"since": "2025-09-22", "value": 500}, {"since": "2017-07-01", "value": 1200}]
    figures = Figures({"rate_bps": {"about": "a rate", "source": "practice", "values": [*values]}})
    asked = [date(2001, 1, 1), date(2025, 9, 21), date(2025, 9, 22)]
    assert [figures.whole("rate_bps", day) for day in asked] == [1200, 1200, 500]
    assert figures.changes("rate_bps") == (date(2017, 7, 1), date(2025, 9, 22))


@pytest.mark.parametrize("lacking", ["about", "source"])
def test_a_figure_that_does_not_explain_itself_is_refused(lacking: str) -> None:
    entry = {"about": "a rate", "source": "practice", "values": []} | {lacking: ""}
    with pytest.raises(ValueError, match="rate_bps"):
        Figures({"rate_bps": entry})  # type: ignore[dict-item]


def test_the_figures_ship_with_the_packages() -> None:
    assert {"mess", "tax"} <= set(FILES)
    assert assets.figures() is FILES


class _Noted(Figures):
    """Figures that remember which of them were asked for."""

    def __init__(self, document: Document, asked: set[str]) -> None:
        super().__init__(document)
        self._asked = asked

    def on(self, name: str, day: date) -> object:
        self._asked.add(name)
        return super().on(name, day)

    def changes(self, name: str) -> tuple[date, ...]:
        self._asked.add(name)
        return super().changes(name)


@pytest.mark.full
def test_no_figure_stands_there_for_nothing() -> None:
    """Anchors are what the world is compared with, and the rates of dirt are named by its kinds."""
    asked: dict[str, set[str]] = {name: set() for name in FILES}
    world = World({name: _Noted(document, asked[name]) for name, document in FILES.items()})
    for number, persona in enumerate([None, None, *personas.names(), *["drawn"] * 60]):
        look = Look(given.AS_OF, persona=persona)
        business = world.business(Stream(number, "READ", "world"), f"READ-{number}", look)
        assert business.fate.disbursed_on > given.AS_OF and business.tax_months is not None
        for source in sources.names() if number < 12 else ():
            for parcel in given.answers(source, business, given.pulls(business)):
                assert list(parcel.lines)
    unread = {f"{name}.{one}" for name in FILES for one in FILES[name].keys() - asked[name]}
    assert not {one for one in unread if one.split(".")[0] not in ("anchors", "mess")}
