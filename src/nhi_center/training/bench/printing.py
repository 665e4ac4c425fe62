"""``print``: a thousand cards in one run by the product's own PDF process, beside the ways and engines it was chosen over."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from nhi_center.errors import EnvironmentTrouble
from nhi_center.printing.sheets import CertificateSheet, PdfJob
from nhi_center.printing.worker import PdfWorker
from nhi_center.training.bench.print_deck import make_deck
from nhi_center.training.bench.print_peers import PEERS, seconds
from nhi_center.training.bench.result import Measurement
from nhi_center.training.bench.room import Room, say
from nhi_center.training.bench.start import surroundings
from nhi_center.training.bench.timing import median

WARM_CARDS = 30
_PATIENCE_S = 300.0
_OURS = "資格確認書1枚(表裏)"


def measure(room: Room) -> Iterator[Measurement]:
    """Seconds a card by each way, then bytes, memory and the first card."""
    count = room.sizes.cards
    folder = room.folder / "print"
    folder.mkdir()
    ours = _ways(room, folder, "form", count)
    yield Measurement("print.redraw", ours, "ms", "同じ証を、地紋も枠も一枚ごとに描いて", _ways(room, folder, "redraw", count))
    few = max(count // 20, 2)
    yield Measurement("print.stock", ours, "ms", "素の reportlab、一枚ずつ一つの PDF", _ways(room, folder, "stock", few))
    sheets = make_deck(count)
    for peer in PEERS:
        if not peer.there():
            say(f"  {peer.name} はこの機械にありません。installer/bench-peers.sh で入ります。")
            continue
        say(f"  {peer.name} で{min(peer.cards, count)}枚")
        yield Measurement(f"print.{peer.name}", ours, "ms", peer.title, 1000 * seconds(peer, sheets, _made(folder / peer.name)))
    yield from _process(folder, sheets)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _ways(room: Room, folder: Path, way: str, count: int) -> float:
    """Milliseconds a card. Raises EnvironmentTrouble TR-02."""
    say(f"  {way} で{count}枚")
    command = [sys.executable, "-P", "-m", "nhi_center.training.bench.print_once", str(count), way, str(folder)]
    done = subprocess.run(command, env=surroundings(room.folder / "bytecode"), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise EnvironmentTrouble("TR-02", f"証を作る測定が、最後まで動きませんでした。{done.stderr.strip()[-1500:]}")
    return 1000 * float(done.stdout.splitlines()[-1]) / count


def _process(folder: Path, cards: tuple[CertificateSheet, ...]) -> Iterator[Measurement]:
    """The PDF process as the window has it: its first card from nothing, a card later, a whole batch, and what it holds."""
    worker = PdfWorker()
    began = time.perf_counter()
    worker.start()
    try:
        worker.make(PdfJob(cards[:1], folder / "cold.pdf"), _PATIENCE_S)
        cold = 1000 * (time.perf_counter() - began)
        warm = []
        for number in range(WARM_CARDS):
            began = time.perf_counter()
            worker.make(PdfJob((cards[number % len(cards)],), folder / "warm.pdf"), _PATIENCE_S)
            warm.append(1000 * (time.perf_counter() - began))
        began = time.perf_counter()
        batch = worker.make(PdfJob(cards, folder / "batch.pdf"), _PATIENCE_S)
        took = 1000 * (time.perf_counter() - began) / len(cards)
        memory = _peak_mb(worker.process_id)
    finally:
        worker.stop()
    yield Measurement("print.cold", cold, "ms", _OURS, took)
    yield Measurement("print.warm", median(warm), "ms", _OURS, took)
    yield Measurement("print.bytes", batch.size / len(cards), "bytes", "一枚だけの PDF", (folder / "warm.pdf").stat().st_size)
    yield Measurement("print.memory", memory, "MB", "束の PDF の大きさ", batch.size / 1e6)


def _peak_mb(process: int | None) -> float:
    """VmHWM of proc(5): the most a process has ever held."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024
