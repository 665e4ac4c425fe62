"""The whole order from the first layer to the last, in a process of its own: what came of it, and how each layer was tried."""

from __future__ import annotations

from pathlib import Path

from nhi_center.domain.isolation import Level
from nhi_center.settings import LEVELS
from tests.support.restricted import terminal, told

WHOLE = """
from nhi_center.isolation import guard, probe, restrict
restrict.begin(settings, folder / "terminal.toml")
from PySide6.QtWidgets import QApplication, QLabel
application = QApplication([])
told["level"] = restrict.finish().level.name
label = QLabel("x"); label.show()
told["painted"] = label.grab().save(str(settings.business_folder / "window.png"))
told["home"] = os.environ["HOME"]
told["went through"] = [trial.what for trial in probe.trials(settings) if not trial.refused]
told["of our own"] = len(guard.take()[0])
told["fallen"] = restrict.look()
tried("incident", lambda: socket.create_connection(("192.0.2.1", 443)))
told["kept"] = [(one.act, one.target) for one in guard.take()[0]]
"""


def test_every_layer_is_reached_and_every_trial_refused(tmp_path: Path) -> None:
    settings = terminal(tmp_path)
    found = told(tmp_path, WHOLE, environment={"QT_QPA_PLATFORM": "offscreen"})
    assert found.pop("incident") == "EACCES"
    assert found == {
        "level": "FULL",
        "painted": True,
        "home": str(settings.home),
        "went through": [],
        "of our own": 0,
        "fallen": "",
        "kept": [["name", "192.0.2.1"]],
    }


LOOSE = """
from nhi_center.isolation import probe
(settings.home / "tmp").mkdir(parents=True)
from nhi_center.domain.isolation import Level
trials = probe.trials(settings)
told["refused"] = sorted({trial.layer.name for trial in trials if trial.refused and trial.layer is not Level.CALLS})
told["udp"] = next(trial.refused for trial in trials if trial.what == "UDP")
"""


def test_without_the_layers_the_same_trials_go_through(tmp_path: Path) -> None:
    terminal(tmp_path)
    assert told(tmp_path, LOOSE) == {"refused": [], "udp": False}


BELOW = """
from nhi_center.errors import EnvironmentTrouble
from nhi_center.isolation import restrict
import threading
stop = threading.Event()
thread = threading.Thread(target=stop.wait); thread.start()
try:
    restrict.begin(settings, folder / "terminal.toml")
except EnvironmentTrouble as error:
    told["code"] = error.code
stop.set(); thread.join()
"""


def test_below_the_minimum_it_does_not_open(tmp_path: Path) -> None:
    """A thread that runs already would go past Landlock: that layer is not reached, and the default asks for it."""
    terminal(tmp_path)
    assert told(tmp_path, BELOW) == {"code": "IS-01"}


def test_levels_of_settings_and_domain_are_the_same() -> None:
    assert tuple(level.name.lower() for level in Level) == LEVELS
