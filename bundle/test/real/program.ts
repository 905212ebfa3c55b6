import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { root } from '../postgres/checkout.ts'

/** What a command said, and how it ended. */
export interface Ended {
  readonly exit: number | null
  readonly out: string
  readonly err: string
}

/** A bundle that runs, and what it has said so far. */
export interface Running {
  readonly child: ChildProcess
  readonly said: () => string
  /** Resolves once it has said these words; rejects when it ends before. */
  readonly says: (words: string) => Promise<void>
  readonly ended: Promise<number | null>
}

const spawnProgram = (args: readonly string[]): ChildProcess =>
  spawn(process.execPath, ['--conditions=source', join(root, 'bundle/src/cli/main.ts'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })

/** Runs `charmed-feast` to its end. */
export const runProgram = async (...args: readonly string[]): Promise<Ended> => {
  const child = spawnProgram(args)
  const said = async (stream: typeof child.stdout): Promise<string> => (stream ? text(stream) : '')
  const [[exit], out, err] = await Promise.all([once(child, 'close'), said(child.stdout), said(child.stderr)])
  return { exit: typeof exit === 'number' ? exit : null, out, err }
}

/** Starts `charmed-feast up`. */
export const startProgram = (...args: readonly string[]): Running => {
  const child = spawnProgram(args)
  let said = ''
  const hear = (chunk: Buffer): void => {
    said += chunk.toString()
  }
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', hear)
  const ended = once(child, 'close').then(([exit]) => (typeof exit === 'number' ? exit : null))
  const says = (words: string): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const look = (): void => (said.includes(words) ? resolve() : undefined)
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', look)
    void ended.then(() => reject(new Error(`it ended before it said "${words}": ${said}`)))
    look()
    return promise
  }
  return { child, said: () => said, says, ended }
}
