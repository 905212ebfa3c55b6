import { afterAll, beforeAll } from 'vitest'

import { type Cluster, startCluster } from '../../../tools/cluster.ts'
import { testMetacontroller } from '../metacontroller/table.ts'
import { openOn } from './real-cluster.ts'

let cluster: Cluster

beforeAll(async () => {
  cluster = await startCluster({ controllers: true })
})

afterAll(() => cluster[Symbol.asyncDispose]())

testMetacontroller((options) => openOn(cluster)(options))
