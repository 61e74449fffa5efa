"""Planted: a face that makes its own right."""

from dataclasses import replace
from kit.scope import Grant as Right
from kit.scope import Scope


def scope_of(scope: Scope) -> Scope:
    Scope("X", 103, None, ())
    replace(scope, purpose=101)
    object.__setattr__(scope, "purpose", 101)
    Right()
    return scope
