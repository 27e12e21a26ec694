"""Places, pictures, drawings and codes on the tablet, in a real Chromium with a camera that sees a barcode."""

from __future__ import annotations

import base64
import json
import re
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Geolocation, Locator, Page, Playwright, expect

from tests.conftest import Running
from tests.e2e.axe import serious_in_every_look
from tests.e2e.tablet_page import FLAGS, WAIT_MS

pytestmark = pytest.mark.browser

CODE = "4006381333931"
STREETS = """\
name,label,geometry
1,Königstraße,51.4341 6.7586 0 0;51.4344 6.7623 0 0
2,Rathaus,51.4359 6.7603 0 0
"""
HOME = {"latitude": 51.4344, "longitude": 6.7623}
KEPT_PICTURES = """
() => {
  window.pictures = []
  const decode = window.createImageBitmap
  window.createImageBitmap = (source, ...rest) => {
    if (source instanceof Blob) document.documentElement.dataset.pictures = window.pictures.push(source)
    return decode.call(window, source, ...rest)
  }
}
"""
"""The app decodes a picture only from its bytes; the last one that it shows is the one that it has kept."""
LAST_PICTURE = """
async () => {
  const picture = window.pictures.at(-1)
  const { width, height } = await createImageBitmap(picture)
  window.pictures.pop()
  const bytes = new Uint8Array(await picture.arrayBuffer())
  const text = Array.from(bytes, (each) => String.fromCharCode(each)).join('')
  return { width, height, type: picture.type, bytes: btoa(text) }
}
"""
LARGE_JPEG = """
() => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1800, height: 1200 })
  canvas.getContext('2d').fillRect(200, 200, 900, 500)
  return canvas.toDataURL('image/jpeg').split(',')[1]
}
"""


def ean13(code: str) -> str:
    """The bars of an EAN-13 (ISO/IEC 15420) as zeros and ones, with the white that belongs beside them."""
    odd = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
    parity = ("000000", "001011", "001101", "001110", "010011", "011001", "011100", "010101", "010110", "011010")
    right = ["".join("10"[int(bar)] for bar in digit) for digit in odd]
    left = "".join(
        right[int(digit)][::-1] if even == "1" else odd[int(digit)]
        for digit, even in zip(code[1:7], parity[int(code[0])], strict=True)
    )
    return f"{'0' * 11}101{left}01010{''.join(right[int(digit)] for digit in code[7:])}101{'0' * 11}"


def camera_film(target: Path, code: str) -> Path:
    """A film of 640 x 480 pixels (YUV4MPEG2) that shows a barcode."""
    bars = ean13(code)
    width, height, bar = 640, 480, 5
    margin = (width - len(bars) * bar) // 2
    row = b"\xeb" * margin + b"".join((b"\x10" if each == "1" else b"\xeb") * bar for each in bars)
    row += b"\xeb" * (width - len(row))
    blank = b"\xeb" * width
    frame = blank * 120 + row * 240 + blank * 120 + b"\x80" * (width * height // 2)
    target.write_bytes(
        b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420mpeg2\n" + b"".join(b"FRAME\n" + frame for _ in range(5))
    )
    return target


def with_exif(jpeg: bytes) -> bytes:
    """The picture as a camera writes it: with a segment that tells the maker, before everything else."""
    tag = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x0f\0\x02\0\0\0\x0e\0\0\0\x1a\0\0\0\0Plovdiv GPS 42\0"
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(tag) + 2) + tag + jpeg[2:]


def form() -> str:
    def asked(kind: str, name: str, german: str, bulgarian: str, **more: Any) -> dict[str, Any]:
        return {"type": kind, "name": name, "label": {"de": german, "bg": bulgarian}, **more}

    def page(name: str, *questions: dict[str, Any]) -> dict[str, Any]:
        return asked("group", name, name, name, questions=list(questions))

    near = {"capture-accuracy": 10}
    layer = {"reference-geometry": "streets"}
    document = {
        "feldbuch_form": 1,
        "id": "neighbourhood",
        "title": {"de": "Im Viertel", "bg": "В квартала"},
        "languages": [{"code": "de", "name": "Deutsch"}, {"code": "bg", "name": "Български"}],
        "default_language": "de",
        "data_files": {"streets": "csv"},
        "questions": [
            page("p1", asked("geopoint", "home", "Wo wohnen Sie?", "Къде живеете?", parameters=near)),
            page("p2", asked("geotrace", "way", "Ihr Weg?", "Вашият път?", parameters=layer)),
            page("p3", asked("geoshape", "quarter", "Ihr Viertel?", "Вашият квартал?")),
            page(
                "p4",
                asked("image", "door", "Die Tür", "Вратата", parameters={"max-pixels": 480}),
                asked("image", "sign", "Ihre Unterschrift", "Вашият подпис", appearance="signature"),
                asked("image", "street", "Was ändern?", "Какво?", appearance="annotate"),
            ),
            page("p5", asked("barcode", "card", "Der Code", "Кодът"), asked("file", "paper", "Dokument", "Документ")),
        ],
    }
    return json.dumps(document)


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    film = camera_film(tmp_path_factory.mktemp("camera") / "barcode.y4m", CODE)
    media = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    browser = playwright.chromium.launch(
        executable_path=chromium_path, args=[*FLAGS, *media, f"--use-file-for-fake-video-capture={film}"]
    )
    yield browser
    browser.close()


@pytest.fixture
def page(browser: Browser, feldbuch: Callable[..., Running], tmp_path: Path) -> Iterator[Page]:
    """The form in the preview; whatever the page complains about fails the test at its end."""
    file = tmp_path / "neighbourhood.json"
    file.write_text(form(), "utf-8")
    (tmp_path / "streets.csv").write_text(
        "name,label,geometry\n1,Königstraße,51.4341 6.7586 0 0;51.4344 6.7623 0 0\n2,Rathaus,51.4359 6.7603 0 0\n",
        "utf-8",
    )
    running = feldbuch("form", "preview", file, "--no-open")
    [url] = re.findall(r"http://127\.0\.0\.1:\d+/", running.wait_for_line("is shown at"))
    context = browser.new_context(viewport={"width": 800, "height": 1280}, locale="de-DE", has_touch=True)
    context.grant_permissions(["camera"])
    context.add_init_script(f"({KEPT_PICTURES})()")
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{url}frame")
    yield page
    context.close()
    assert complaints == []


def question(page: Page, name: str) -> Locator:
    return page.locator(f'[data-name="{name}"][data-kind]')


def answered(card: Locator) -> None:
    expect(card).to_have_attribute("data-answered", "true")


def test_places_pictures_and_codes_stand_in_the_record(page: Page, tmp_path: Path) -> None:
    where_one_lives(page)
    page.get_by_test_id("interview-next").click()
    a_way_and_an_area(page)
    page.get_by_test_id("interview-next").click()
    pictures(page, tmp_path)
    page.get_by_test_id("interview-next").click()
    a_code_and_a_file(page, tmp_path)

    page.get_by_test_id("finish-open").click()
    page.get_by_test_id("finish-submit").click()
    record = page.get_by_test_id("record-xml").text_content() or ""
    [home] = re.findall(r"<home>(.*?)</home>", record)
    assert [float(each) for each in home.split()] == [HOME["latitude"], HOME["longitude"], 0, 6]
    [way] = re.findall(r"<way>(.*?)</way>", record)
    assert len(way.split(";")) == 2
    [quarter] = re.findall(r"<quarter>(.*?)</quarter>", record)
    corners = quarter.split(";")
    assert len(corners) == 4
    assert corners[0] == corners[-1]
    assert all(abs(float(each.split()[0]) - HOME["latitude"]) < 0.1 for each in [*way.split(";"), *corners])
    for name, kind in {"door": "jpg", "sign": "png", "street": "jpg", "paper": "pdf"}.items():
        assert re.search(rf"<{name}>{name}-[\w-]+\.{kind}</{name}>", record), record
    assert f"<card>{CODE}</card>" in record


def at_home(accuracy: float) -> Geolocation:
    return {"latitude": HOME["latitude"], "longitude": HOME["longitude"], "accuracy": accuracy}


def where_one_lives(page: Page) -> None:
    """Without leave to know the place, coordinates are typed; with it, the place is taken when it is good enough."""
    home = question(page, "home")
    home.get_by_test_id("place-measure").click()
    expect(home.get_by_test_id("error")).to_have_attribute("data-code", "position.denied")
    home.get_by_test_id("place-enter").click()
    home.get_by_test_id("place-latitude").fill("99")
    home.get_by_test_id("place-latitude").press("Enter")
    expect(home.get_by_test_id("place-entry").get_by_role("alert")).to_be_visible()
    expect(home.get_by_test_id("place-latitude")).to_be_focused()
    home.get_by_test_id("place-latitude").fill("51,5")
    home.get_by_test_id("place-longitude").fill("6° 30' O")
    home.get_by_test_id("place-entry-take").click()
    expect(home.get_by_test_id("place-answer")).to_contain_text("6,500000°")

    page.context.grant_permissions(["camera", "geolocation"])
    page.context.set_geolocation(at_home(24))
    home.get_by_test_id("place-measure").click()
    expect(home.get_by_test_id("place-accuracy")).to_have_text("± 24 m")
    assert serious_in_every_look(page) == []
    page.context.set_geolocation(at_home(6))
    expect(home.get_by_test_id("place-answer")).to_contain_text("51,434400°")
    answered(home)


def a_way_and_an_area(page: Page) -> None:
    """Drawn on the streets of the form, and on a blank sheet around the place that is known."""
    way = question(page, "way")
    sheet = way.get_by_role("application")
    expect(way.get_by_test_id("map-label")).to_have_text(["Wo wohnen Sie?", "Rathaus"])
    sheet.click(position={"x": 100, "y": 150})
    expect(way.get_by_test_id("line-missing")).to_be_visible()
    expect(way).to_have_attribute("data-answered", "false")
    sheet.click(position={"x": 250, "y": 200})
    answered(way)
    sheet.click(position={"x": 320, "y": 300})
    expect(way.get_by_test_id("line-summary")).to_contain_text("3 Punkte")
    way.get_by_test_id("line-undo").click()
    expect(way.get_by_test_id("line-summary")).to_contain_text("2 Punkte")
    assert serious_in_every_look(page) == []

    page.get_by_test_id("interview-next").click()
    quarter = question(page, "quarter")
    sheet = quarter.get_by_role("application")
    for x, y in ((100, 100), (400, 80)):
        sheet.click(position={"x": x, "y": y})
    # The keyboard sets points as well: in the middle of the map, which the arrows move.
    sheet.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    answered(quarter)
    quarter.get_by_test_id("place-clear").click()
    expect(quarter).to_have_attribute("data-answered", "false")
    quarter.get_by_test_id("place-undo").click()
    answered(quarter)


def kept_picture(page: Page, card: Locator) -> tuple[dict[str, Any], bytes]:
    """Size, type and bytes of the picture that was kept last."""
    answered(card)
    expect(card.get_by_test_id("photo-preview")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-pictures", re.compile(r"[1-9]"))
    found = page.evaluate(LAST_PICTURE)
    return found, base64.b64decode(found["bytes"])


def pictures(page: Page, folder: Path) -> None:
    """A photo by the camera and one from a file, both small and without a word beside them; a signature; marks."""
    door = question(page, "door")
    door.get_by_test_id("photo-take").click()
    page.get_by_test_id("camera-shutter").click()
    page.get_by_test_id("camera-use").click()
    expect(page.get_by_test_id("camera")).to_have_count(0)
    found, taken = kept_picture(page, door)
    assert (found["type"], max(found["width"], found["height"])) == ("image/jpeg", 480)
    assert b"Exif" not in taken

    photo = folder / "from-a-camera.jpg"
    photo.write_bytes(with_exif(base64.b64decode(page.evaluate(LARGE_JPEG))))
    assert b"GPS" in photo.read_bytes()
    page.evaluate("document.documentElement.dataset.pictures = window.pictures.length = 0")
    door.get_by_test_id("photo-input").set_input_files(photo)
    expect(door.get_by_test_id("photo-preview")).to_have_js_property("height", 320)
    found, chosen = kept_picture(page, door)
    assert (found["width"], found["height"]) == (480, 320)
    assert b"Exif" not in chosen
    assert b"GPS" not in chosen

    sign = question(page, "sign")
    sign.get_by_test_id("drawing-open").click()
    sheet = page.get_by_test_id("drawing")
    expect(sheet.get_by_test_id("drawing-done")).to_be_disabled()
    assert serious_in_every_look(page) == []
    stroke(page, sheet, (0.2, 0.6), (0.4, 0.3), (0.6, 0.7))
    sheet.get_by_test_id("drawing-clear").click()
    expect(sheet.get_by_test_id("drawing-done")).to_be_disabled()
    sheet.get_by_test_id("drawing-undo").click()
    sheet.get_by_test_id("drawing-done").click()
    found, drawn = kept_picture(page, sign)
    assert (found["type"], found["width"]) == ("image/png", 1600)
    assert len(drawn) > 2_000
    assert b"tEXt" not in drawn

    street = question(page, "street")
    street.get_by_test_id("photo-input").set_input_files(photo)
    stroke(page, sheet, (0.3, 0.3), (0.7, 0.7))
    sheet.get_by_test_id("drawing-close").click()
    # What was drawn waits at the question, and nothing is kept before the interviewer says so.
    expect(street.get_by_test_id("drawing-waiting")).to_be_visible()
    expect(street).to_have_attribute("data-answered", "false")
    street.get_by_test_id("drawing-open").click()
    page.evaluate("document.documentElement.dataset.pictures = window.pictures.length = 0")
    sheet.get_by_test_id("drawing-done").click()
    found, marked = kept_picture(page, street)
    assert (found["type"], found["width"]) == ("image/jpeg", 1600)
    assert b"GPS" not in marked


def stroke(page: Page, dialog: Locator, *dots: tuple[float, float]) -> None:
    """Draw a line on the sheet; dots in shares of its width and height."""
    box = dialog.get_by_test_id("drawing-sheet").bounding_box()
    assert box is not None
    for index, (x, y) in enumerate(dots):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=1 if index == 0 else 8)
        if index == 0:
            page.mouse.down()
    page.mouse.up()
    expect(dialog.get_by_test_id("drawing-undo")).to_be_enabled()


def a_code_and_a_file(page: Page, folder: Path) -> None:
    """The code is read by itself as soon as the camera sees it; a file that is empty is refused."""
    card = question(page, "card")
    card.get_by_test_id("barcode-scan").click()
    expect(card.locator("input")).to_have_value(CODE)
    expect(page.get_by_test_id("camera")).to_have_count(0)
    answered(card)

    paper = question(page, "paper")
    empty = folder / "empty.pdf"
    empty.write_bytes(b"")
    paper.get_by_test_id("file-input").set_input_files(empty)
    expect(paper.get_by_test_id("error")).to_have_attribute("data-code", "file.empty")
    full = folder / "Vertrag Ivanova.pdf"
    full.write_bytes(b"%PDF-1.4 ...")
    paper.get_by_test_id("file-input").set_input_files(full)
    answered(paper)
