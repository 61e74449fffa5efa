"""The lazy registry of sources: a folder here is a source; its files are imported when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from kit.errors import NotFound
from kit.source import Declaration, Definition, Selector, Source

AnySource = Source[Any, Any, Any]
