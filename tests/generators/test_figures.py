"""Every figure of the world says what it is, where it is from and since when it holds, in an order that makes it easy to find."""

from __future__ import annotations

import json
from datetime import date

import pytest

from generators.figures import Figures
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
