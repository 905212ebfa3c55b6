import { mkdir, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Command } from '../command.ts'
import { cliError } from '../errors.ts'

const yaml = (project: string): string => `project: ${project}
provider: local
registry: data/registry.db
online_store:
  type: sqlite
  path: data/online.db
offline_store:
  type: file
entity_key_serialization_version: 3
`

const features = `import { days, entity, featureService, featureView, fileSource, float32, int64 } from '@charmed-feast/store'

export const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })

export const stats = featureView({
  name: 'driver_hourly_stats',
  entities: [driver],
  ttl: days(1),
  schema: { conv_rate: float32, acc_rate: float32, avg_daily_trips: int64 },
  source: fileSource({
    name: 'driver_stats',
    path: 'data/driver_stats.parquet',
    timestampField: 'event_timestamp',
    createdTimestampColumn: 'created',
  }),
})

export const activity = featureService({ name: 'driver_activity', features: [stats] })
`

const exists = async (path: string): Promise<boolean> => {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}

/** `feast init`. */
export const command: Command = {
  arguments: [{ name: '[folder]', description: 'where; my_project when left out' }],
  options: [{ flags: '-m, --minimal', description: 'feature_store.yaml alone' }],
  async run(terminal, { args: [folder = 'my_project'], options, global }) {
    const project =
      folder
        .split(/[\\/]/)
        .filter((part) => part !== '')
        .at(-1) ?? folder
    if (!/^[A-Za-z0-9][\w]*$/.test(project))
      throw cliError('CLI_ARGUMENT_INVALID', ['project name', project, 'it may hold letters, digits and underscores'])
    const path = resolve(global.chdir, folder)
    if (await exists(join(path, 'feature_store.yaml')))
      throw cliError('CLI_ARGUMENT_INVALID', ['folder', path, 'it has a feature_store.yaml already'])
    await mkdir(join(path, 'data'), { recursive: true })
    await writeFile(join(path, 'feature_store.yaml'), yaml(project))
    if (options.minimal !== true) await writeFile(join(path, 'features.ts'), features)
    terminal.out(`Creating a new Feast repository in ${path}.\n`)
    return undefined
  },
}
