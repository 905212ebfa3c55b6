import type { ConfigValue } from './hook-tool/config.ts'
import type { CharmMetadata, ConfigOf } from './metadata.ts'

/**
 * Puts what Juju says over what the charm declares: every declared option, with its default where Juju knows no value (yet: in the middle of a refresh).
 *
 * @example
 * readConfig({ name: 'x', config: { label: { type: 'string', default: 'a' } } }, {}).label // 'a'
 */
export const readConfig = <const Metadata extends CharmMetadata>(
  metadata: Metadata,
  values: Readonly<Record<string, ConfigValue>>,
): ConfigOf<Metadata> => {
  const options = Object.entries(metadata.config ?? {}).map(([name, option]) => [name, values[name] ?? option.default] as const)
  // Juju has checked each value against the declared type before the hook.
  return Object.freeze(Object.fromEntries(options)) as ConfigOf<Metadata>
}
