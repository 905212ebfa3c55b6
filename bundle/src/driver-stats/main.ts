import { readFile } from 'node:fs/promises'

import { loadConfig } from '@charmed-feast/store'

import { loadSample, runExample } from './run.ts'

// The example, inside a notebook: nothing is known of the stores but the file that FEAST_FS_YAML_FILE_PATH names. Prints what it got as JSON.

const { offlineStore } = await loadConfig({ repoPath: process.cwd(), environment: process.env })
if (offlineStore?.kind !== 'postgres') throw new Error('cannot load the sample: the offline store of feature_store.yaml is no PostgreSQL')
const { hosts, database, user, password = '', sslMode, sslRootCert } = offlineStore.target
const [{ host, port }] = hosts
const ssl = sslMode === 'verify-full' && sslRootCert !== undefined ? { ca: await readFile(sslRootCert, 'utf8') } : false
const now = new Date()
await loadSample({ host, port, database, user, password, ssl }, now)
const result = await runExample({ folder: process.cwd(), env: process.env }, now)
process.stdout.write(`${JSON.stringify(result, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}\n`)
