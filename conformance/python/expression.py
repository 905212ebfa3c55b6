# Python expressions that tests write values in: `u` is uuid.UUID, `D` Decimal, `utc(...)` a datetime in UTC, `at(zone, ...)` one in a zone.
import datetime
import uuid
import zoneinfo
from decimal import Decimal

import numpy

names = {
    "D": Decimal,
    "at": lambda zone, *parts: datetime.datetime(*parts, tzinfo=zoneinfo.ZoneInfo(zone)),
    "datetime": datetime,
    "np": numpy,
    "u": uuid.UUID,
    "utc": lambda *parts: datetime.datetime(*parts, tzinfo=datetime.timezone.utc),
}


def value_of(text):
    return eval(text, names)
