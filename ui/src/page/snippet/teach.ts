/** What an empty list teaches: the shortest definition that makes the first one. */
export const snippets = {
  featureView: `driver_stats = FeatureView(
    name="driver_stats", entities=[driver], ttl=timedelta(days=1),
    schema=[Field(name="conv_rate", dtype=Float32)], source=driver_source)`,
  entity: 'driver = Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.INT64)',
  dataSource: `driver_source = PostgreSQLSource(
    name="driver_source", table="driver_stats", timestamp_field="event_timestamp")`,
  featureService: 'pricing = FeatureService(name="pricing", features=[driver_stats[["conv_rate"]]])',
  labelView: `labels = LabelView(
    name="driver_labels", entities=[driver], source=label_push,
    schema=[Field(name="label", dtype=String), Field(name="labeler", dtype=String)])`,
  savedDataset: `job = store.get_historical_features(entity_df=rows, features=pricing)
store.create_saved_dataset(from_=job, name="march", storage=SavedDatasetPostgreSQLStorage("march"))`,
  permission: `Permission(
    name="readers", types=[FeatureView], policy=RoleBasedPolicy(roles=["reader"]),
    actions=[AuthzedAction.DESCRIBE, AuthzedAction.READ_ONLINE])`,
} as const
