#!/usr/bin/python3 -I
"""policy.nft for one terminal: the template with the literal addresses of its settings. Standard library alone.

render.py TEMPLATE SETTINGS.toml        writes to standard output; exit status 1 and a sentence when an entry is wrong
"""

import ipaddress
import sys
import tomllib
from pathlib import Path

NEIGHBOURS = "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept"


def address(host: object, port: object) -> tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int]:
    """A literal address and a port: no name, since nothing on this machine may look one up. Raises ValueError."""
    found = ipaddress.ip_address(str(host))
    number = int(str(port))
    if not 0 < number < 65_536:
        raise ValueError(port)
    return found, number


def permitted(settings: dict) -> list[tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int]]:
    segment = settings["segment"]
    named = [address(segment["host"], segment["port"])]
    for printer in settings.get("printing", {}).get("printers", []):
        host, _colon, port = printer.rpartition(":")
        named.append(address(host.removeprefix("[").removesuffix("]"), port))
    return sorted(set(named), key=lambda one: (one[0].version, int(one[0]), one[1]))


def elements(named: list, version: int) -> str:
    of_version = [f"{host} . {port}" for host, port in named if host.version == version]
    return f"elements = {{ {', '.join(of_version)} }}" if of_version else ""


def render(template: str, settings: dict, file: str) -> str:
    named = permitted(settings)
    neighbours = NEIGHBOURS if any(host.version == 6 for host, _port in named) else ""
    for mark, text in (
        ("@SETTINGS@", file),
        ("@PERMITTED4@", elements(named, 4)),
        ("@PERMITTED6@", elements(named, 6)),
        ("@NEIGHBOURS_OUT@", neighbours),
        ("@NEIGHBOURS_IN@", neighbours),
    ):
        template = template.replace(mark, text)
    return template


if __name__ == "__main__":
    template_file, settings_file = Path(sys.argv[1]), Path(sys.argv[2])
    try:
        made = render(template_file.read_text("utf-8"), tomllib.loads(settings_file.read_text("utf-8")), settings_file.name)
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        sys.exit(f"{settings_file}: segment.host・segment.port・printing.printers を、IPアドレスとポート番号にしてください。")
    sys.stdout.write(made)
