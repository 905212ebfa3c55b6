import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import type { KubernetesObject, ObjectReference } from '../../kubernetes/object.ts'
import type { Bag } from '../model/model.ts'
import type { PortState, ScenarioEvent, State, StatusState } from '../scenario/state.ts'

/** What a Python charm left behind: see the README of the recordings. */
export interface Expectation {
  readonly outcome: 'ok' | 'hook-failed'
  readonly unitStatus: StatusState
  readonly unitStatusHistory: readonly StatusState[]
  readonly appStatus: StatusState
  /** Only those that changed. */
  readonly relations?: readonly { readonly id: number; readonly localAppData: Bag; readonly localUnitData: Bag }[]
  readonly secrets?: readonly { readonly id: string; readonly label: string | null; readonly content: Bag; readonly revision: number }[]
  readonly ports?: readonly PortState[]
  readonly containers: readonly ExpectedContainer[]
  readonly kubernetes?: {
    readonly changed: readonly KubernetesObject[]
    readonly deleted: readonly (Omit<ObjectReference, 'metadata'> & { readonly namespace?: string; readonly name: string })[]
  }
}

/** A container afterwards; one that cannot be reached has its name only. */
export interface ExpectedContainer {
  readonly name: string
  readonly canConnect: boolean
  readonly plan?: { readonly services?: Readonly<Record<string, Readonly<Record<string, unknown>>>> }
  readonly services?: Readonly<Record<string, { readonly startup: string; readonly current: string }>>
  readonly files?: Readonly<Record<string, string>>
}

/** One recorded hook of a Python charm. */
export interface Fixture {
  readonly charm: string
  readonly name: string
  readonly area: string
  readonly description: string
  readonly state: State
  readonly event: ScenarioEvent & { readonly hook: string }
  readonly expect: Expectation
  /** What the `feature_store.yaml` published or written here must mean. */
  readonly intended?: { readonly 'feature_store.yaml': unknown }
  /** Credentials of this state: never in a log line, a status or a process argument. */
  readonly sensitive?: readonly string[]
  readonly knownDefect?: string
  readonly shouldInstead?: string
  readonly defectPaths?: readonly string[]
  readonly mayDiffer?: readonly string[]
}

/**
 * Reads every recording of a folder, in the order of their file names.
 *
 * @example
 * readFixtures('charms/feast-ui/test/golden').length   // 216
 */
export function readFixtures(directory: string): Fixture[] {
  const files = readdirSync(directory).filter((name) => name.endsWith('.json'))
  return files.sort().map((name) => readFixture(join(directory, name)))
}

/** Our own recordings: their shape is what the README beside them says. */
function readFixture(path: string): Fixture {
  return JSON.parse(readFileSync(path, 'utf8')) as Fixture
}
