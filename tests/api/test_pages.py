"""The page: hashed assets for ever, the page always fresh, any address of ours as the page, and help when unbuilt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.app import create_app
from api.pages import BUILD_COMMAND, Pages
from pipeline.wiring import House
from tests.api.caller import Caller, problem

PAGE = "<!doctype html><title>Bahi</title>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small build."""
    built = tmp_path / "static"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text(PAGE)
    (built / "assets" / "index-abc123.js").write_text("export {}")
    (built / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (tmp_path / "secret.txt").write_text("secret")
    return built


@pytest.fixture
def visitor(house: House, folder: Path) -> Iterator[Caller]:
    """A caller of an application whose page is built."""
    app = create_app(house)
    app.router.default = Pages(folder)
    with Caller(app) as caller:
        yield caller


@pytest.mark.parametrize("path", ["/", "/customers/MSME_0001", "/customers/MSME_0001/results/bank"])
def test_any_address_of_ours_is_the_page_and_is_asked_for_again(visitor: Caller, path: str) -> None:
    response = visitor.get(path)
    assert (response.status_code, response.text) == (200, PAGE)
    assert response.headers["cache-control"] == "no-cache"
    assert visitor.get(path, If_None_Match=response.headers["etag"]).status_code == 304


def test_hashed_assets_are_kept_for_ever(visitor: Caller) -> None:
    response = visitor.get("/assets/index-abc123.js")
    assert response.headers["content-type"].startswith("text/javascript")
    assert "immutable" in response.headers["cache-control"]
    assert visitor.get("/favicon.svg").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/assets/gone.js", "/robots.txt", "/api", "/api/nothing", "/api/", "/healthz/x"]
)
def test_what_is_not_there_is_a_problem_and_not_the_page(visitor: Caller, path: str) -> None:
    response = visitor.get(path)
    assert (response.status_code, problem(response)["code"]) == (404, "PATH_NOT_FOUND")


@pytest.mark.parametrize(
    "path", ["/..%2fsecret.txt", "/assets/%2e%2e/%2e%2e/secret.txt", "/%00.txt", "//etc/passwd.txt"]
)
def test_nothing_beside_the_page_is_served(visitor: Caller, path: str) -> None:
    response = visitor.get(path)
    assert response.status_code in (400, 404) and "secret" not in response.text


def test_posting_to_the_page_is_refused(visitor: Caller) -> None:
    response = visitor.post("/customers")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD")


def test_without_a_build_the_page_says_which_command_builds_it(house: House, tmp_path: Path) -> None:
    app = create_app(house)
    app.router.default = Pages(tmp_path / "none")
    with Caller(app) as caller:
        response = caller.get("/")
    assert response.status_code == 503
    assert response.headers["content-type"].startswith("text/html") and BUILD_COMMAND in response.text


def test_the_build_command_is_one_the_makefile_knows() -> None:
    makefile = (Path(__file__).resolve().parents[2] / "Makefile").read_text()
    assert f"\n{BUILD_COMMAND.removeprefix('make ')}:" in makefile
