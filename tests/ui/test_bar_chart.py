"""Bars of a year's size: no number of the axis and no caption is cut."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage

from nhi_center.ui.common import bar_chart
from nhi_center.ui.common.bar_chart import BarChart, BarGroup
from tests.ui import gallery


@pytest.mark.parametrize(
    ("highest", "scale"),
    [(0, (1, 1)), (1, (1, 1)), (7, (5, 10)), (150, (50, 150)), (2_900, (1_000, 3_000)), (70_000, (50_000, 100_000))],
)
def test_the_axis_has_few_round_lines(highest: int, scale: tuple[int, int]) -> None:
    assert bar_chart._scale(highest) == scale
    step, top = scale
    assert top >= highest
    assert top // step <= 3


def drawn(chart: BarChart, width: int = 700, height: int = 260) -> QImage:
    gallery.dressed_application()
    chart.resize(width, height)
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    chart.render(image)
    return image


def dark_columns(image: QImage, area: QRectF) -> set[int]:
    rows = range(int(area.top()), int(area.bottom()))
    return {
        x for x in range(int(area.left()), int(area.right())) if any(QColor(image.pixel(x, y)).lightness() < 200 for y in rows)
    }


def test_long_numbers_have_room_left_of_the_bars() -> None:
    chart = BarChart(("受付", "入力済"), "件")
    chart.set_groups(tuple(BarGroup(f"{month}月", (28_000, 12_000)) for month in (3, 4, 5)))
    columns = dark_columns(drawn(chart), QRectF(0, 40, 60, 190))
    assert min(columns) >= 1, "30,000 begins inside the picture"
    assert len([x for x in columns if x < 50]) > 20, "and is all there"


def test_two_forms_of_like_names_are_told_apart() -> None:
    pictures = []
    for second in ("資格取得届(転入)", "資格取得届(社保離脱など)"):
        chart = BarChart(("受付", "入力済"), "件")
        chart.set_groups((BarGroup("資格喪失届(転出・死亡)", (9, 4)), BarGroup(second, (7, 2))))
        pictures.append(drawn(chart))
    assert pictures[0] != pictures[1]
