import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { CharmMetadata } from '@charmed-feast/charm'
import { runScenario, type State, throughDispatch } from '@charmed-feast/charm/testing'

// The process's own peak of memory: what getrusage says would be that of whoever started it, when that was more.
const meter = `process.on('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage()
  const [, kibibytes] = /^VmHWM:\\s+(\\d+)/m.exec(require('node:fs').readFileSync('/proc/self/status', 'utf8'))
  process.stdout.write(JSON.stringify({ milliseconds: (userCPUTime + systemCPUTime) / 1000, mebibytes: kibibytes / 1024 }))
})`

/** What an idle hook cost the charm's own process: user and system time, and the peak of its memory. */
export interface IdleCost {
  readonly milliseconds: number
  readonly mebibytes: number
}

/** What {@link measureIdle} runs. */
export interface IdleOptions {
  readonly metadata: CharmMetadata
  /** Where the packed charm is unpacked. */
  readonly charmDir: string
  /** One in which nothing is left to do. */
  readonly state: State
  /** For the meter. */
  readonly folder: string
  /** It is run again, fifteen times at most, until it costs less than this: neighbours on the machine only add. */
  readonly milliseconds: number
}

/**
 * Runs `update-status` through the packed charm's dispatch and gives the least that it cost. The tools are the fake ones and cost nothing
 * here.
 *
 * @throws {Error} when the hook fails or logs something: then it was not idle.
 */
export const measureIdle = async ({ metadata, charmDir, state, folder, milliseconds: limit }: IdleOptions): Promise<IdleCost> => {
  const path = join(folder, 'meter.cjs')
  await writeFile(path, meter)
  const charm = throughDispatch({ metadata, charmDir, path: '/nonexistent', env: { NODE_OPTIONS: `--require ${path}` } })
  const costs: IdleCost[] = []
  const least = (): number => Math.min(...costs.map(({ milliseconds }) => milliseconds))
  while (costs.length === 0 || (costs.length < 15 && least() >= limit)) {
    const { stdout, failure } = await runScenario(charm, state, { name: 'update-status' })
    if (failure !== null) throw new Error(failure)
    costs.push(JSON.parse(stdout))
  }
  return {
    milliseconds: least(),
    mebibytes: Math.max(...costs.map(({ mebibytes }) => mebibytes)),
  }
}
