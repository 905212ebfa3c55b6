import { openTestCluster } from '../cluster/open.ts'
import { testMetacontroller } from './table.ts'

testMetacontroller(openTestCluster)
