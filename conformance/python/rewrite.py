# Reads definitions as Feast does, makes Feast's objects of them, and writes them again.
# Reads {"definitions": [{"kind", "bytes"}]} from standard input; prints [{"bytes"} or {"error"}], all bytes in base64.
import base64
import json
import sys

from feast import Entity, FeatureService, FeatureView, OnDemandFeatureView, StreamFeatureView
from feast.data_source import DataSource
from feast.permissions.permission import Permission
from feast.project import Project
from feast.protos.feast.core.DataSource_pb2 import DataSource as DataSourceProto
from feast.protos.feast.core.Entity_pb2 import Entity as EntityProto
from feast.protos.feast.core.FeatureService_pb2 import FeatureService as FeatureServiceProto
from feast.protos.feast.core.FeatureView_pb2 import FeatureView as FeatureViewProto
from feast.protos.feast.core.OnDemandFeatureView_pb2 import OnDemandFeatureView as OnDemandFeatureViewProto
from feast.protos.feast.core.Permission_pb2 import Permission as PermissionProto
from feast.protos.feast.core.Project_pb2 import Project as ProjectProto
from feast.protos.feast.core.SavedDataset_pb2 import SavedDataset as SavedDatasetProto
from feast.protos.feast.core.StreamFeatureView_pb2 import StreamFeatureView as StreamFeatureViewProto
from feast.protos.feast.core.ValidationProfile_pb2 import ValidationReference as ValidationReferenceProto
from feast.saved_dataset import SavedDataset, ValidationReference

kinds = {
    "entity": (EntityProto, Entity),
    "data-source": (DataSourceProto, DataSource),
    "feature-view": (FeatureViewProto, FeatureView),
    "stream-feature-view": (StreamFeatureViewProto, StreamFeatureView),
    "on-demand-feature-view": (OnDemandFeatureViewProto, OnDemandFeatureView),
    "feature-service": (FeatureServiceProto, FeatureService),
    "saved-dataset": (SavedDatasetProto, SavedDataset),
    "validation-reference": (ValidationReferenceProto, ValidationReference),
    "permission": (PermissionProto, Permission),
    "project": (ProjectProto, Project),
}
try:
    from feast.labeling.label_view import LabelView
    from feast.protos.feast.core.LabelView_pb2 import LabelView as LabelViewProto

    kinds["label-view"] = (LabelViewProto, LabelView)
except ImportError:
    pass

answers = []
for each in json.load(sys.stdin)["definitions"]:
    try:
        message, python = kinds[each["kind"]]
        read = python.from_proto(message.FromString(base64.b64decode(each["bytes"])))
        answers.append({"bytes": base64.b64encode(read.to_proto().SerializeToString()).decode()})
    except Exception as error:
        answers.append({"error": f"{type(error).__name__}: {error}"[:200]})
print(json.dumps(answers))
