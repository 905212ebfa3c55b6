import { readFile } from 'node:fs/promises'
import { openStore } from '@charmed-feast/store'

// `materialize-once.ts CONFIG VIEW START END`: materializes one view in a process of its own and prints the most memory that it had, in MB.

const [config = '', view = '', start = '', end = ''] = process.argv.slice(2)
await using store = await openStore({ env: { FEATURE_STORE_YAML_BASE64: Buffer.from(config).toString('base64') }, live: false })
await store.materialize({ start: new Date(start), end: new Date(end), views: [view] })
const [, kilobytes = ''] = /VmHWM:\s+(\d+)/.exec(await readFile('/proc/self/status', 'utf8')) ?? []
process.stdout.write(`${Number(kilobytes) / 1024}\n`)
