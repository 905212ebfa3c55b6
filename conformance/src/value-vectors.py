"""Reads [{"type", "python"}] and prints the bytes that Feast stores for each, as hexadecimal."""

import datetime
import json
import sys
import uuid
import zoneinfo
from decimal import Decimal

import numpy
from feast.type_map import python_values_to_proto_values
from feast.value_type import ValueType

names = {
    "D": Decimal,
    "at": lambda zone, *parts: datetime.datetime(*parts, tzinfo=zoneinfo.ZoneInfo(zone)),
    "datetime": datetime,
    "np": numpy,
    "u": uuid.UUID,
    "utc": lambda *parts: datetime.datetime(*parts, tzinfo=datetime.timezone.utc),
}


def stored(case):
    value = eval(case["python"], names)
    message = python_values_to_proto_values([value], ValueType[case["type"]])[0]
    return message.SerializeToString(deterministic=True).hex()


print(json.dumps([stored(case) for case in json.load(sys.stdin)]))
