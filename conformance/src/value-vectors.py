"""Reads [{"type", "python"}] and prints the bytes that Feast stores for each, as hexadecimal."""

import json
import sys

from expression import value_of
from feast.type_map import python_values_to_proto_values
from feast.value_type import ValueType


def stored(case):
    value = value_of(case["python"])
    message = python_values_to_proto_values([value], ValueType[case["type"]])[0]
    return message.SerializeToString(deterministic=True).hex()


print(json.dumps([stored(case) for case in json.load(sys.stdin)]))
