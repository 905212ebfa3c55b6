"""Reads hexadecimal bytes of values and prints for each what Feast makes of them: nothing when it refuses them, else the bytes that it
would store again and the Python value in a form that JSON can hold."""

import datetime
import decimal
import json
import math
import sys
import uuid

from feast.protos.feast.types.Value_pb2 import Value
from feast.type_map import feast_value_type_to_python_type


def number(value):
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    return value if math.isfinite(value) else repr(value)


def shown(value):
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, datetime.datetime):
        return {"seconds": int(value.timestamp())}
    if isinstance(value, (uuid.UUID, decimal.Decimal)):
        return str(value)
    if isinstance(value, dict):
        return {"entries": sorted(([shown(key), shown(item)] for key, item in value.items()), key=json.dumps)}
    if isinstance(value, set):
        return {"set": sorted((shown(item) for item in value), key=json.dumps)}
    return [shown(item) for item in value]


def reading(text):
    try:
        message = Value.FromString(bytes.fromhex(text))
    except Exception:
        return None
    return {"hex": message.SerializeToString(deterministic=True).hex(), "value": shown(feast_value_type_to_python_type(message))}


def accepted(text):
    try:
        Value.FromString(bytes.fromhex(text))
        return True
    except Exception:
        return False


request = json.load(sys.stdin)
print(json.dumps({"readings": [reading(text) for text in request["values"]], "accepted": [accepted(text) for text in request["bytes"]]}))
