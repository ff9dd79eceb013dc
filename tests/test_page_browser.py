"""The page in a real browser: from disk, by keyboard, on a phone, on paper."""

from __future__ import annotations

import base64
import html
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim import files
from sim.assembly.choices import Choice
from sim.assembly.members import Members
from sim.report.page import computed, page_of
from sim.report.page.way import WIDE
from sim.report.words import whole_percent
from sim.runs.simulate import exact_arm
from sim.scenario.ballots import ballots
from sim.scenario.case import resolve
from sim.scenario.path import path_of
from sim.vote.exact.path import mean_and_error, solve_path
from sim.vote.exact.path.points import POINTS
from sim.vote.exact.solve import chance_of_known

webdriver = pytest.importorskip("selenium.webdriver")
pytestmark = pytest.mark.skipif(
    shutil.which("chromedriver") is None, reason="chromium and its driver are not installed"
)
KEYS = pytest.importorskip("selenium.webdriver.common.keys").Keys
SWITCHES = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
NAME, WAY = "cuba-embargo-2016", "gaza-amendment-2023"
FIXED = {"BRA": Choice.YES, "DEU": Choice.ABSTAIN, "JPN": Choice.NO}
HOSTILE = (
    "<script>document.title='broken'</script>\"'&lt; \u05de\u05d9\u05de\u05d9\u05df " + "x" * 500
)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("page") / "page.html"
    place.write_text(page_of(computed(resolve(NAME))), encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    for switch in SWITCHES:
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    with webdriver.Chrome(options=options, service=service) as driver:
        yield driver


@pytest.fixture(scope="module")
def opened(browser: Any, page: Path) -> Callable[..., Any]:
    def open_page(*, fragment: str = "", width: int = 1200, file: Path = page) -> Any:
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.get("about:blank")
        browser.get(file.as_uri() + fragment)
        return counted(browser)

    return open_page


def counted(browser: Any) -> Any:
    """The browser, once the counts have followed."""
    wait = pytest.importorskip("selenium.webdriver.support.ui").WebDriverWait
    wait(browser, 40, 0.05).until(
        lambda driver: (
            driver.execute_script("return document.querySelector('#counts').ariaBusy") == "false"
        )
    )
    return browser


def text_of(browser: Any, selector: str) -> str:
    """What an element says."""
    found: str = browser.execute_script(
        "return document.querySelector(arguments[0]).textContent", selector
    )
    return found


def row_of(browser: Any, code: str) -> list[str]:
    """A state's row in the table: yes, no, abstain, not voting, in per cent."""
    cells = browser.execute_script(
        "return [...document.querySelector(arguments[0]).cells].map(cell => cell.textContent)",
        f"#row-{Members.load().row(code)}",
    )
    return list(cells[2:])


def test_it_opens_from_disk_without_an_error_and_asks_nobody(browser: Any, opened: Any) -> None:
    for log in ("browser", "performance"):
        browser.get_log(log)
    opened()
    assert [entry["message"] for entry in browser.get_log("browser")] == []
    sent = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = {
        message["params"]["request"]["url"].split(":")[0]
        for message in sent
        if message["method"] == "Network.requestWillBeSent"
    }
    assert urls <= {"file", "blob", "about"}


def test_it_is_one_small_file(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert len(text.encode()) < 500_000
    assert not re.search(r"(src|href)=|https?://(?!www\.w3\.org)|@import|url\(", text)


def test_three_votes_set_by_keyboard_give_the_numbers_of_python(opened: Any) -> None:
    browser = opened()
    for code, choice in FIXED.items():
        select = browser.find_element("id", f"row-{Members.load().row(code)}")
        browser.execute_script("arguments[0].querySelector('select').focus()", select)
        browser.switch_to.active_element.send_keys(choice.label[0])
    counted(browser)
    case = resolve(NAME, known=FIXED)
    ballot = next(iter(ballots(case).values()))
    expected = exact_arm(ballot, case.rule)
    for code in ("IND", "FRA", "ISR"):
        chances = expected.states[Members.load().row(code)]
        shown = [cell.lstrip("<>") for cell in row_of(browser, code)]
        for cell, choice in zip(shown, (0, 2, 1, 3), strict=True):
            assert abs(float(cell) - 100 * chances[choice]) < 1.001
    mean = float(expected.tallies[Choice.YES] @ np.arange(194))
    cells = browser.find_elements("css selector", "#count-0 td")
    assert cells[0].text == f"{mean:.0f}"
    low, high = (int(part) for part in cells[2].text.split(" to "))
    below = expected.tallies[Choice.YES].cumsum()
    assert (low, high) == tuple(np.searchsorted(below, [0.05, 0.95]))
    assert "3 votes are set" in text_of(browser, "#fixed")


def test_a_link_restores_what_was_set_and_undo_takes_it_back(browser: Any, opened: Any) -> None:
    opened(fragment="#arm=us-abstains&effect=1.5&known=BRA:no,ISR:abstain")
    before = [row_of(browser, code) for code in ("FRA", "GBR")]
    link = browser.current_url
    assert "BRA:no" in link
    browser.find_element("id", "reset").click()
    counted(browser)
    assert [row_of(browser, code) for code in ("FRA", "GBR")] != before
    browser.find_element("id", "undo").click()
    counted(browser)
    assert browser.current_url == link
    assert [row_of(browser, code) for code in ("FRA", "GBR")] == before


def test_arrow_keys_move_over_the_map_and_letters_set_votes(browser: Any, opened: Any) -> None:
    opened()
    start = f"cell-{Members.load().row('FRA')}"
    browser.execute_script("document.getElementById(arguments[0]).focus()", start)
    browser.switch_to.active_element.send_keys(KEYS.ARROW_RIGHT)
    reached = browser.switch_to.active_element
    assert reached.get_attribute("id") != start
    reached.send_keys("n")
    counted(browser)
    assert "set to no" in reached.get_attribute("aria-label")
    letter = reached.find_element("css selector", ".letter")
    assert "underline" in letter.value_of_css_property("text-decoration")  # a frame is lost on blue
    reached.send_keys(KEYS.DELETE)
    assert "No vote is set" in text_of(browser, "#fixed")


def test_what_is_unusual_is_said(browser: Any, opened: Any) -> None:
    opened(fragment="#known=VEN:yes,CUB:no,CHN:no")
    assert "Read this as a question" in text_of(browser, "#unusual")
    assert browser.find_element("id", "learning").is_displayed()


def test_odds_are_told_in_plain_numbers(browser: Any, opened: Any) -> None:
    for states, odds in (("VEN CUB CHN", r"[\d.]+"), ("VEN CUB CHN IND BRA ZAF PRK", r"[1-9]0+")):
        votes = dict.fromkeys(states.split(), Choice.NO)
        opened(fragment=f"#known={','.join(f'{code}:no' for code in votes)}")
        said = text_of(browser, "#fixed")
        [times] = re.findall(r"about 1 in ([\d,]+)\.$", said) or [""]
        case = resolve(NAME, known=votes)
        known = chance_of_known(next(iter(ballots(case).values())))
        if known > 0.001:
            assert said.endswith(f"{100 * known:.1f}\N{NO-BREAK SPACE}%."), said
        else:
            assert re.fullmatch(odds, times.replace(",", "")), said
            assert 0.6 < known * int(times.replace(",", "")) < 1.6, (said, known)


def test_a_state_is_found_by_any_of_its_names(browser: Any, opened: Any) -> None:
    opened()
    find = browser.find_element("id", "filter")
    for asked, codes in {
        "south korea": ["KOR"],
        "Turkey": ["TUR"],
        "cote d'ivoire": ["CIV"],
        "guinea-bissau": ["GNB"],
        "atlantis": [],
    }.items():
        find.clear()
        find.send_keys(asked)
        rows = browser.find_elements("css selector", "#states tr")
        shown = [row.get_attribute("id") for row in rows if row.is_displayed()]
        assert shown == [f"row-{Members.load().row(code)}" for code in codes], asked
        assert text_of(browser, "#not-found") == ("" if codes else "No state of this name.")


def test_a_keyboard_passes_the_table_of_states_by(browser: Any, opened: Any) -> None:
    opened()
    browser.find_element("id", "filter").send_keys(KEYS.TAB)
    button = browser.switch_to.active_element
    assert button.text == "Go on below the table"
    assert button.size["width"] > 100  # seen while it has the focus
    button.send_keys(KEYS.ENTER)
    assert browser.switch_to.active_element.get_attribute("id") == "movers"
    browser.switch_to.active_element.send_keys(KEYS.TAB)
    assert browser.switch_to.active_element.get_attribute("data-file").endswith("states.csv")
    assert browser.find_element("id", "past").size["width"] <= 1


def test_where_nobody_is_moved_the_page_says_why_the_strength_changes_nothing(
    browser: Any, opened: Any
) -> None:
    opened()
    numbers = "return document.querySelector('#states').textContent"
    for arm, still in (("us-votes-no", True), ("us-abstains", False)):
        opened(fragment=f"#arm={arm}")
        assert browser.find_element("id", "still").is_displayed() is still
        before = browser.execute_script(numbers)
        opened(fragment=f"#arm={arm}&effect=3")
        assert (browser.execute_script(numbers) == before) is still
    browser.execute_script(  # while the slider is held
        """const slider = document.querySelector("#effect");
        slider.value = 2;
        slider.dispatchEvent(new Event("input"))"""
    )
    assert text_of(browser, "#effect-value") == "2.0 times as assumed"


def test_a_link_restores_what_calls_are_for(browser: Any, opened: Any) -> None:
    opened(fragment="#calls=99")
    assert "calls" not in browser.current_url
    choose(browser, "target", browser.find_elements("css selector", "#target option")[1].text)
    link = browser.current_url
    assert "calls=1" in link
    opened(fragment=link[link.index("#") :])
    assert browser.find_element("id", "target").get_attribute("value") == "1"
    choose(browser, "target", "the majority")
    browser.find_element("id", "undo").click()
    assert browser.current_url == link
    assert browser.find_element("id", "target").get_attribute("value") == "1"


def test_a_phone_has_no_overflow(browser: Any, opened: Any) -> None:
    opened(width=360)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 360


def test_a_phone_shows_the_code_of_every_state(browser: Any, opened: Any) -> None:
    opened(width=360)
    cells = browser.execute_script(
        """return [...document.querySelectorAll("#map .cell")].map((cell) => {
          const [box, code] = [cell.firstElementChild, cell.querySelector(".code")]
            .map((part) => part.getBoundingClientRect());
          const {left, top, width} = box;
          return [code.textContent, left, top, width, code.left, code.width, code.height];
        })"""
    )
    assert [code for code, *_ in cells] != []
    assert len({(round(left), round(top)) for _, left, top, *_ in cells}) == 193
    for code, left, _, width, start, wide, high in cells:
        assert width >= 24, code  # that a finger can meet
        assert high >= 9, code
        assert left <= start <= start + wide <= left + width <= 360, code
    # arrows go by what is seen: Angola stands at the left, Burundi right of it
    start = f"cell-{Members.load().row('AGO')}"
    browser.execute_script("document.getElementById(arguments[0]).focus()", start)
    browser.switch_to.active_element.send_keys(KEYS.ARROW_RIGHT)
    reached = browser.switch_to.active_element.get_attribute("id")
    assert reached == f"cell-{Members.load().row('BDI')}"


def test_a_phone_shows_every_number_of_the_tally_and_of_every_state(opened: Any) -> None:
    browser = opened(width=360)
    for rows, numbers in (("#tally tbody tr", 5), ("#states tr", 5)):
        shown = browser.execute_script(
            """return [...document.querySelectorAll(arguments[0])].map((row) => (
              [...row.querySelectorAll("td")].map((cell) => cell.getBoundingClientRect())
                .filter(({width, right}) => width > 20 && right <= 345).length))""",
            rows,
        )
        assert set(shown) == {numbers}
    find = browser.find_element("id", "filter")
    find.send_keys("brazil")
    rows = browser.find_elements("css selector", "#states tr")
    assert [row.get_attribute("id") for row in rows if row.is_displayed()] == [
        f"row-{Members.load().row('BRA')}"
    ]


def test_a_table_that_goes_on_to_the_right_says_so(browser: Any, opened: Any, way: Path) -> None:
    hidden = """return [...document.querySelectorAll(".sideways")].map((one) => (
      [one.scrollWidth > one.clientWidth, one.previousElementSibling.matches(".swipe")
        && one.previousElementSibling.checkVisibility()]))"""
    opened(file=way, width=360)
    assert browser.execute_script(hidden) == [[True, True], [False, False]]
    opened(file=way, width=1200)
    assert browser.execute_script(hidden) == [[False, False], [False, False]]


@pytest.fixture(scope="module")
def threat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with a long word in the names of its arms."""
    place = tmp_path_factory.mktemp("threat") / "threat.html"
    place.write_text(page_of(computed(resolve("jerusalem-2017"))), encoding="utf-8")
    return place


@pytest.mark.parametrize("kind", ["page", "way", "threat"])
def test_no_word_breaks_and_no_caption_is_cut_on_a_phone(
    browser: Any, opened: Any, kind: str, request: pytest.FixtureRequest
) -> None:
    opened(width=360, file=request.getfixturevalue(kind))
    broken = browser.execute_script(
        """const found = [];
        for (const part of document.querySelectorAll("h1, h2, h3, th, .answer")) {
          if (!part.getClientRects().length) continue;
          const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            for (const {0: word, index} of node.data.matchAll(/\\p{L}+/gu)) {
              const range = document.createRange();
              range.setStart(node, index);
              range.setEnd(node, index + word.length);
              if (range.getClientRects().length > 1) found.push(word);
            }
          }
        }
        for (const one of document.querySelectorAll("caption")) {
          if (one.getBoundingClientRect().right > 360) found.push(one.textContent);
        }
        return found"""
    )
    assert broken == []


def test_states_are_listed_by_the_names_shown(browser: Any, opened: Any, way: Path) -> None:
    opened(file=way, width=1200)
    names = browser.execute_script(
        "return [...document.querySelectorAll('#states th')].map(cell => cell.textContent)"
    )
    assert len(names) == 193
    assert names[:3] == ["Afghanistan", "Albania", "Algeria"]
    sorted_in_browser = "return [...arguments[0]].sort((a, b) => a.localeCompare(b, 'en'))"
    # punctuation apart, as an index has it
    bare = [re.sub(r"[^\w ]", "", name) for name in names]
    assert bare == browser.execute_script(sorted_in_browser, bare)
    offered = browser.execute_script(
        "return [...document.querySelector('#step-state').options].map(one => one.text)"
    )
    assert offered == [name for name in names if name in set(offered)]
    assert len(offered) > 180


def test_no_call_is_offered_that_raises_nothing(browser: Any, opened: Any, page: Path) -> None:
    opened(file=page)
    wait = pytest.importorskip("selenium.webdriver.support.ui").WebDriverWait
    wait(browser, 40, 0.05).until(
        lambda driver: (
            driver.execute_script("return document.querySelector('#calls').ariaBusy") == "false"
        )
    )
    calls = [one.text for one in browser.find_elements("css selector", "#calls li")]
    assert [call for call in calls if "+0.0 " in call] == []
    assert browser.find_element("id", "no-call").is_displayed() == (not calls)


@pytest.mark.parametrize(
    "name", [NAME, "anniversary-2025", "human-rights-council-2022", WAY, "path-to-peace-path-2025"]
)
def test_it_prints_on_two_pages(browser: Any, opened: Any, tmp_path: Path, name: str) -> None:
    place = tmp_path / "printed.html"
    place.write_text(page_of(computed(resolve(name))), encoding="utf-8")
    opened(file=place)
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    pdf = base64.b64decode(printed["data"])
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2


def test_hostile_titles_and_labels_stay_text(browser: Any, opened: Any, tmp_path: Path) -> None:
    tables = resolve(NAME).scenario.model_dump()
    tables["title"] = tables["question"] = HOSTILE
    for table in tables["arms"].values():
        table["label"] = HOSTILE
    place = tmp_path / "hostile.html"
    place.write_text(page_of(computed(resolve(tables))), encoding="utf-8")
    browser.get_log("browser")
    opened(file=place, width=360)
    assert browser.get_log("browser") == []
    assert text_of(browser, "h1") == HOSTILE == browser.title
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 360


@pytest.fixture(scope="module")
def way(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("way") / "way.html"
    place.write_text(page_of(computed(resolve(WAY))), encoding="utf-8")
    return place


def followed(browser: Any) -> Any:
    """The browser, once the steps have followed."""
    wait = pytest.importorskip("selenium.webdriver.support.ui").WebDriverWait
    wait(browser, 40, 0.05).until(
        lambda driver: (
            driver.execute_script("return document.querySelector('#steps').ariaBusy") == "false"
        )
    )
    return browser


def page_source(browser: Any) -> str:
    """The picture of the way as it stands."""
    found = browser.execute_script("return document.querySelector('.way').outerHTML")
    assert isinstance(found, str)
    return found


Picture = tuple[list[float], list[tuple[str, list[float]]], list[str]]


def picture(page: str) -> Picture:
    """How wide boxes are, what bands there are and where they lie, and what is said."""
    [drawn] = re.findall(r"<svg[^>]*class=\"way\".*?</svg>", page, re.DOTALL)
    boxes = [float(wide) for wide in re.findall(r"<rect[^>]* width=\"([\d.]+)\"", drawn)]
    paths = re.findall(r"<path[^>]*>", drawn)
    bands = [
        (
            re.findall(r"class=\"([^\"]*)\"", path)[0],
            [float(part) for part in re.findall(r"[\d.]+", re.findall(r" d=\"(.*?)\"", path)[0])],
        )
        for path in paths
    ]
    return boxes, bands, re.findall(r"<text[^>]*>([^<]*)", html.unescape(drawn))


def alike(one: Picture, other: Picture) -> None:
    """Assert that two pictures are the same to the last decimal that is written."""
    assert one[0] == pytest.approx(other[0], abs=0.1001)
    assert [kind for kind, _ in one[1]] == [kind for kind, _ in other[1]]
    for (_, band), (_, same) in zip(one[1], other[1], strict=True):
        assert band == pytest.approx(same, abs=0.1001)
    assert one[2] == other[2]


def choose(browser: Any, name: str, label: str) -> None:
    """Choose what a select offers."""
    select = pytest.importorskip("selenium.webdriver.support.ui").Select
    select(browser.find_element("id", name)).select_by_visible_text(label)


def test_a_vote_set_on_a_step_gives_the_numbers_of_python(
    browser: Any, opened: Any, way: Path
) -> None:
    browser.get_log("browser")
    opened(file=way)
    as_written = picture(way.read_text(encoding="utf-8"))
    followed(browser)
    as_forecast = picture(page_source(browser))
    alike(as_forecast, as_written)
    for name, label in (("step", "text"), ("step-state", "Brazil"), ("step-vote", "no")):
        choose(browser, name, label)
    browser.find_element("id", "step-set").click()
    followed(browser)
    case = resolve(WAY)
    tables = case.scenario.model_dump()
    tables["steps"][1]["known"] = {"BRA": "no"}
    path = path_of(resolve(tables, record=case.record))
    solved = solve_path(path, seed=case.scenario.seed, most=POINTS)["us-votes-no"]
    chances, _ = mean_and_error(solved.ends, solved.known)
    shown = browser.find_elements("css selector", "#step-ends li")
    for line, end, chance in zip(shown, path.ends, chances, strict=True):
        name, rest = line.text.split(": ")
        assert name == end
        assert rest.split(" (")[0] == whole_percent(chance)
    yes = solved.tallies[1, Choice.YES]
    cell = browser.find_elements("css selector", "#steps tbody tr:nth-child(2) td")[2]
    low, high = np.searchsorted(yes.cumsum(), [0.05, 0.95])
    assert cell.text.split("\n") == [f"{yes @ np.arange(194):.0f}", f"{low} to {high}"]
    assert "steps=2:BRA:no" in browser.current_url
    # the picture has followed: ends are as wide as they are likely, the real way is still marked
    boxes, bands, words = picture(page_source(browser))
    assert boxes[2:] == pytest.approx([WIDE * chance for chance in chances], abs=0.0501)
    assert {kind for kind, _ in bands} >= {"no real", "yes real"}
    assert words != as_forecast[2]
    browser.find_element("css selector", "#step-votes button").click()
    followed(browser)
    assert "No vote of a step is set" in text_of(browser, "#step-known")
    alike(picture(page_source(browser)), as_forecast)
    assert browser.get_log("browser") == []


def test_a_link_restores_votes_of_steps(browser: Any, opened: Any, way: Path) -> None:
    followed(opened(file=way, fragment="#steps=1:FRA:yes,2:BRA:abstain", width=360))
    buttons = browser.find_elements("css selector", "#step-votes button")
    assert [one.text for one in buttons] == [
        "amendment: France yes \u00d7",
        "text: Brazil abstain \u00d7",
    ]
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 360


def test_the_page_of_the_longest_path_is_small_too() -> None:
    page = page_of(computed(resolve("path-to-peace-path-2025")))
    assert len(page.encode()) < 500_000


def test_votes_of_a_committee_are_set_but_those_of_the_scenario_stand(
    browser: Any, opened: Any, tmp_path: Path
) -> None:
    case, place = resolve("crimea-rights-2018"), tmp_path / "committee.html"
    place.write_text(page_of(computed(case)), encoding="utf-8")
    browser.get_log("browser")
    opened(fragment="#steps=1:ARM:yes", file=place)
    followed(browser)
    assert "steps=1" not in browser.current_url  # Armenia said no
    choose(browser, "step", "third-committee")
    options = browser.find_elements("css selector", "#step-state option")
    closed = {option.text for option in options if not option.is_enabled()}
    assert len(closed) == 26
    assert "Armenia" in closed
    for name, label in (("step-state", "Brazil"), ("step-vote", "yes")):
        choose(browser, name, label)
    browser.find_element("id", "step-set").click()
    followed(browser)
    tables = case.scenario.model_dump()
    tables["steps"][0]["known"] |= {"BRA": "yes"}
    path = path_of(resolve(tables, record=case.record))
    solved = next(iter(solve_path(path, seed=case.scenario.seed, most=POINTS).values()))
    cells = browser.find_elements("css selector", "#steps tbody tr:nth-child(2) td")
    yes = solved.tallies[1, Choice.YES]
    low, high = np.searchsorted(yes.cumsum(), [0.05, 0.95])
    assert cells[2].text.split("\n") == [f"{yes @ np.arange(194):.0f}", f"{low} to {high}"]
    assert "Only votes in a committee are set" in text_of(browser, "#step-known")
    assert browser.get_log("browser") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["page", "way"])
def test_axe_finds_no_violation(
    browser: Any, opened: Any, scheme: str, kind: str, request: pytest.FixtureRequest
) -> None:
    if "AXE_CORE" not in os.environ:
        pytest.skip("axe-core is not installed: .ci/browser does")
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    opened(fragment="#known=BRA:no&steps=2:BRA:no", file=request.getfixturevalue(kind))
    source = files.read_text(Path(os.environ["AXE_CORE"]))
    found = browser.execute_cdp_cmd(
        "Runtime.evaluate",
        {
            "expression": f"{source}; axe.run().then(found => JSON.stringify(found.violations"
            ".map(({id, nodes}) => [id, nodes.slice(0, 3).map(node => node.html)])))",
            "awaitPromise": True,
            "returnByValue": True,
        },
    )
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert json.loads(found["result"]["value"]) == []
