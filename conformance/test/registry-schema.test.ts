import { describe, expect, test } from 'vitest'
import { createSchema } from '../../store/src/registry/schema.ts'
import { freshDatabase } from '../../store/test/registry/database.ts'
import { tested } from '../src/cell-note.ts'
import { runPython } from '../src/python.ts'

const createAll = `
import json, sys
from sqlalchemy import create_engine
from feast.infra.registry.sql import metadata
metadata.create_all(create_engine(json.load(sys.stdin).replace('postgresql://', 'postgresql+psycopg://')))
`

const verify = `
import json, sys
from sqlalchemy import create_engine
from feast.infra.registry.sql import SqlRegistry
SqlRegistry._verify_schema(create_engine(json.load(sys.stdin).replace('postgresql://', 'postgresql+psycopg://')))
print('true')
`

const columns = `
  SELECT table_name, ordinal_position, column_name, data_type, character_maximum_length, is_nullable, column_default
  FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position`

const indexes = `SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY tablename, indexname`

const constraints = `
  SELECT conrelid::regclass::text AS table_name, conname, pg_get_constraintdef(oid) AS definition
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2`

describe('the schema of the registry', () => {
  test('is the one that Feast 0.67 creates: columns, keys, indexes and their names', async () => {
    const [ours, theirs] = [await freshDatabase(), await freshDatabase()]
    await ours.database.transaction(createSchema)
    await runPython('0.67.0', createAll, { input: theirs.url })
    for (const statement of [columns, indexes, constraints]) {
      const { rows } = await theirs.database.query(statement)
      expect(rows.length).toBeGreaterThan(13)
      expect((await ours.database.query(statement)).rows).toEqual(rows)
      tested({ version: '0.67.0', operation: 'tables_of_registry' }, { rows: rows.length })
    }
  })

  test('is complete to Feast 0.67 once we have created it, also on top of the tables of Feast 0.49', async () => {
    const { database, url } = await freshDatabase()
    await runPython('0.49.0', createAll, { input: url })
    expect(await database.transaction(createSchema)).toEqual(['label_views', 'feature_view_version_history'])
    expect(await runPython('0.67.0', verify, { input: url })).toBe(true)
    tested({ version: '0.49.0', operation: 'tables_of_registry' })
  })
})
