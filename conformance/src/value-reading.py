"""Reads hexadecimal bytes of values and prints for each what Feast makes of them: nothing when it refuses them, else the bytes that it
would store again and the Python value in a form that JSON can hold."""

import json
import sys

from feast.protos.feast.types.Value_pb2 import Value
from feast.type_map import feast_value_type_to_python_type
from shown import shown


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
