import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

import { bundleError } from '../errors.ts'
import type { ModelState } from './state.ts'

/**
 * Writes a model's state so that a reader finds the old or the new one, whole, whenever the process dies. Mode 0600: secrets are in it.
 *
 * @example
 * writeState('.state/model.json', state)
 */
export function writeState(path: string, state: ModelState): void {
  const fresh = `${path}.new`
  const file = openSync(fresh, 'w', 0o600)
  try {
    writeFileSync(file, JSON.stringify(state))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(fresh, path)
}

/**
 * Reads a model's state; undefined when there is none.
 *
 * @throws BUNDLE_STATE_INVALID when the file is no state, or one of another format.
 *
 * @example
 * const state = readState('.state/model.json') ?? newModelState({ name: 'kubeflow', uuid })
 */
export function readState(path: string): ModelState | undefined {
  const text = readIfThere(path)
  if (text === undefined) return undefined
  const value = parseJson(path, text)
  if (typeof value !== 'object' || value === null || !('format' in value))
    throw bundleError('BUNDLE_STATE_INVALID', [path, 'it is not a state'])
  if (value.format !== 1) throw bundleError('BUNDLE_STATE_INVALID', [path, `its format is ${String(value.format)}; allowed: 1`])
  // Written by writeState alone, whole or not at all.
  return value as ModelState
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw bundleError('BUNDLE_STATE_INVALID', [path, 'it cannot be read'], { cause: error })
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own words would quote the text, and with it secrets.
    throw bundleError('BUNDLE_STATE_INVALID', [path, 'it is not JSON'])
  }
}
