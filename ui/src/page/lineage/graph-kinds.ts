/** Kinds that the graph holds. */
export const graphKinds = [
  'featureView',
  'onDemandFeatureView',
  'streamFeatureView',
  'labelView',
  'featureService',
  'entity',
  'dataSource',
  'savedDataset',
] as const
