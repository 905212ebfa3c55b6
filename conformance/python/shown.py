# Values of Feast, of pandas and of numpy in a form that JSON can hold, the same for equal values whichever they come from.
import calendar
import datetime
import decimal
import json
import math
import uuid

import numpy as np
import pandas as pd


def number(value):
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    return value if math.isfinite(value) else repr(value)


def moment(value):
    if pd.isna(value):
        return None
    if value.tzinfo is not None:
        value = value.astimezone(datetime.timezone.utc)
    return {"seconds": calendar.timegm(value.timetuple())}


def shown(value):
    if isinstance(value, (np.ndarray, np.generic)):
        value = pd.Timestamp(value) if isinstance(value, np.datetime64) else value.tolist()
    if value is None or value is pd.NaT or isinstance(value, (bool, str)):
        return value if isinstance(value, (bool, str)) else None
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, (bytes, memoryview)):
        return {"bytes": bytes(value).hex()}
    if isinstance(value, datetime.datetime):
        return moment(value)
    if isinstance(value, (uuid.UUID, decimal.Decimal)):
        return str(value)
    if isinstance(value, dict):
        return {"entries": sorted(([shown(key), shown(item)] for key, item in value.items()), key=json.dumps)}
    if isinstance(value, (set, frozenset)):
        return {"set": sorted((shown(item) for item in value), key=json.dumps)}
    return [shown(item) for item in value]
