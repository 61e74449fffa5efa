"""Planted: a step that asks the machine what day it is."""

import datetime as calendar
import time
from datetime import date


def as_of() -> object:
    calendar.datetime.now()
    date.today()
    return time.time()
