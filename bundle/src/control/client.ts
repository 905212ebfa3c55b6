import { request } from 'node:http'
import { text } from 'node:stream/consumers'

import { BundleError, type BundleErrorCode, bundleError, errors } from '../errors.ts'
import { systemCode } from '../postgres/folder.ts'
import { type ControlAnswer, controlSocket } from './server.ts'

const isCode = (code: string): code is BundleErrorCode => code in errors

const read = (body: string): ControlAnswer => {
  // Written by serveControl.
  return JSON.parse(body) as ControlAnswer
}

/**
 * Sends a command to the bundle that runs on a state folder, and gives what it prints.
 *
 * @throws BUNDLE_NOT_RUNNING, and what the command throws there
 *
 * @example
 * await sendCommand('.state', ['status'])
 */
export const sendCommand = async (folder: string, words: readonly string[]): Promise<string> => {
  const body = await new Promise<string>((resolve, reject) => {
    const sent = request(
      { socketPath: controlSocket(folder), method: 'POST', path: '/' },
      (response) => void text(response).then(resolve, reject),
    )
    sent.once('error', (error) => reject(isAbsent(error) ? bundleError('BUNDLE_NOT_RUNNING', [folder]) : error))
    sent.end(JSON.stringify(words))
  })
  const answer = read(body)
  if ('out' in answer) return answer.out
  const { code, message } = answer.error
  throw isCode(code) ? new BundleError(code, message, errors[code].status) : new Error(message)
}

const isAbsent = (error: unknown): boolean => ['ENOENT', 'ECONNREFUSED'].includes(systemCode(error))
