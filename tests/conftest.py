"""Shared by all tests. Standing here, it also puts tests/ on the path, so that fakes imports."""

from __future__ import annotations

import os

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
