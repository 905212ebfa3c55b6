import type { KubernetesHandler } from '@charmed-feast/charm/testing'

import type { Pods } from '../pod/pods.ts'
import type { Charms } from './application.ts'
import type { HookRecord } from './run-hook.ts'

/** Options of a local model. */
export interface LocalModelOptions {
  /** What can be deployed, by the charm's name. */
  readonly charms: Charms
  /** Where the state is kept; without it, it is gone with the process. Its folder is made when missing (0700). */
  readonly file?: string
  /** Of a new model; `kubeflow` by default. */
  readonly name?: string
  /** Which of the units that have something to do does it; by default they take turns. */
  readonly pick?: (units: readonly string[]) => string
  /** Told of every hook that ended. */
  readonly onHook?: (record: HookRecord) => void
  readonly clock?: () => Date
  /** Runs the units' containers; without it their Pebbles are in this process and run nothing. */
  readonly pods?: Pods
  /** How many hooks run at once, each of another unit; 1 by default. */
  readonly parallel?: number
  /** Ends the model where it is: no other hook begins, nothing more is written. */
  readonly signal?: AbortSignal
  /** The cluster; without it there is one in this process, which is kept with the state. */
  readonly cluster?: KubernetesHandler
}
