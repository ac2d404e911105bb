"""A page that cannot be served says so in the project's own words."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import FakeAssistant

from rag.pages.chat import launch_page

ROOT = Path(__file__).resolve().parents[2]


def test_a_port_that_is_taken_is_told_with_the_setting_that_chooses_another() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f":{port}; is it taken.*POLICYQA_PORT"):
            launch_page(FakeAssistant(), host="127.0.0.1", port=port, open_browser=False)


@pytest.mark.parametrize(("option", "code"), [("--help", 0), ("--port=80", 2)])
def test_an_option_does_not_start_the_page(option: str, code: int) -> None:
    found = subprocess.run(
        [sys.executable, "app.py", option], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == code
    assert ("POLICYQA_PORT" in found.stdout) == (code == 0)
