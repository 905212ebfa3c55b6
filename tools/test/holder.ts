// Holds a cluster until it is killed: run by cluster.real.test.ts.

import { startCluster } from '../cluster.ts'

const { folder, url } = await startCluster()
process.stdout.write(`${JSON.stringify({ folder, url })}\n`)
setInterval(() => undefined, 60_000)
