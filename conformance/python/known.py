# Prints what a release of Feast knows, out of its wheel: the lists of objects that a registry has, and the value types
# with their numbers.
import json

from feast.protos.feast.core.Registry_pb2 import Registry
from feast.value_type import ValueType
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto

message = DescriptorProto()
Registry.DESCRIPTOR.CopyToProto(message)
many, object_type = FieldDescriptorProto.LABEL_REPEATED, FieldDescriptorProto.TYPE_MESSAGE
lists = [field.name for field in message.field if field.label == many and field.type == object_type]
print(json.dumps({"lists": lists, "types": [[each.name, each.value] for each in ValueType]}))
