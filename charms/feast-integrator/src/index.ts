export { charm } from './charm.ts'
export type { Database, Tls } from './database.ts'
export {
  answerKey,
  askKey,
  configurationBag,
  configurationKeys,
  configurationSecret,
  type ParsedConfiguration,
  parseConfigurationBag,
  parseConfigurationSecret,
} from './feast-configuration.ts'
export { certificateName, certificatesOf, type EntityKeyVersion, type FeatureStore } from './feature-store.ts'
export { renderFeatureStoreYaml, type YamlOptions } from './feature-store-yaml.ts'
