import { openTestCluster } from './open.ts'

// Writes objects one after the other and says so after each answer, until it is killed.

const [folder = ''] = process.argv.slice(2)
const opened = await openTestCluster({ folder })
for (let index = 0; ; index += 1) {
  const made = await opened.create('/api/v1/namespaces/default/configmaps', { kind: 'ConfigMap', metadata: { name: `c${index}` } })
  process.stdout.write(`${made.metadata.name} ${String(made.metadata.uid)}\n`)
}
