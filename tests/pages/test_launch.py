"""A page that cannot be served says so in the project's own words."""

from __future__ import annotations

import socket

import pytest
from fakes import FakeAssistant

from rag.pages.chat import launch_page


def test_a_port_that_is_taken_is_told_with_the_setting_that_chooses_another() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f":{port}; is it taken.*POLICYQA_PORT"):
            launch_page(FakeAssistant(), host="127.0.0.1", port=port, open_browser=False)
