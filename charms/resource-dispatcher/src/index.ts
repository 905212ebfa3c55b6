export { charm } from './charm.ts'
export { startWorkload, type Workload, type WorkloadOptions } from './workload.ts'
