"""The pictures of the manual: cut out of the tour's, in the few colours of the house, as sharp as they were."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from nhi_center import resources
from nhi_center.services.manual import PICTURES
from nhi_center.training.tour.manual import WANTED, write_pictures

PAGE = (20, 10, 120, 70)


def a_day(folder: Path) -> Path:
    """Pictures as a tour leaves them: a blue part within the page, what is outside of it red."""
    for number, source in enumerate(sorted(set(WANTED.values())), start=1):
        window = Image.new("RGB", (140, 80), "#ff0000")
        window.paste("#ffffff", PAGE)
        window.paste("#0017c1", (40, 30, 60, 40))
        window.save(folder / f"{number:02}-{source}.png")
    return folder


def test_each_is_the_page_alone_in_the_colours_of_the_house(tmp_path: Path) -> None:
    out = tmp_path / "out"
    size = write_pictures(a_day(tmp_path), out, {"": PAGE, "lock": (30, 20, 70, 50)})
    assert sorted(path.stem for path in out.iterdir()) == sorted(WANTED)
    assert size == sum(path.stat().st_size for path in out.iterdir())
    with Image.open(out / "entry.png") as picture:
        assert (picture.size, picture.mode) == ((100, 60), "P")
        plain = picture.convert("RGB")
        assert plain.getpixel((0, 0)) == (255, 255, 255)
        assert plain.getpixel((25, 25)) == (0, 23, 193)
        assert len(plain.getcolors() or ()) == 2
    with Image.open(out / "lock.png") as picture:
        assert picture.size == (40, 30)


def test_the_first_picture_of_a_name_is_taken(tmp_path: Path) -> None:
    a_day(tmp_path)
    Image.new("RGB", (140, 80), "#0017c1").save(tmp_path / f"99-{WANTED['entry']}.png")
    write_pictures(tmp_path, tmp_path / "out", {"": PAGE})
    with Image.open(tmp_path / "out" / "entry.png") as picture:
        assert picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def test_a_picture_the_day_did_not_take_is_no_manual(tmp_path: Path) -> None:
    a_day(tmp_path)
    next(tmp_path.glob(f"*-{WANTED['book']}.png")).unlink()
    with pytest.raises(FileNotFoundError, match=WANTED["book"]):
        write_pictures(tmp_path, tmp_path / "out", {"": PAGE})


def test_what_is_shipped_is_what_the_tour_makes() -> None:
    assert [path.stem for path in resources.listing(PICTURES, ".png")] == sorted(WANTED)
