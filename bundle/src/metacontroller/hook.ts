import type { KubernetesObject } from '@charmed-feast/charm'

import type { Webhook } from './decorator-controller.ts'

/** What a hook wants. */
export interface HookAnswer {
  readonly attachments: readonly KubernetesObject[]
  readonly labels: Readonly<Record<string, string | null>>
  readonly annotations: Readonly<Record<string, string | null>>
  readonly status: object | null
  /** 0: at the usual time. */
  readonly resyncAfterSeconds: number
  readonly finalized: boolean
}

/** How to ask. */
export interface HookCall {
  readonly webhook: Webhook
  /** JSON. */
  readonly body: string
  /** Goes along as `Authorization: Bearer`; null: nothing does. */
  readonly token: string | null
  /** Where a name of the cluster is on this machine. */
  readonly resolve: (url: URL) => URL
}

/** The hook says: not now. */
export interface Later {
  readonly laterSeconds: number
}

type Mapping = Readonly<Record<string, unknown>>

const asMapping = (value: unknown): Mapping => (typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {})

const parseAnswer = (text: string): HookAnswer => {
  const { attachments, labels, annotations, status, resyncAfterSeconds, finalized } = asMapping(JSON.parse(text))
  return {
    // What is none makes the API server refuse it, which is said in an event.
    attachments: Array.isArray(attachments) ? (attachments as readonly KubernetesObject[]) : [],
    labels: asMapping(labels) as HookAnswer['labels'],
    annotations: asMapping(annotations) as HookAnswer['annotations'],
    status: typeof status === 'object' ? status : null,
    resyncAfterSeconds: typeof resyncAfterSeconds === 'number' ? resyncAfterSeconds : 0,
    finalized: finalized === true,
  }
}

const retryAfter = (response: Response): number => {
  const seconds = Number(response.headers.get('retry-after'))
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 1
}

/**
 * Asks a hook. Only 200 is an answer and 429 a delay; everything else throws, quoting the body as metacontroller does (real-parts.md §4).
 *
 * @example
 * const answer = await askHook({ webhook: spec.sync, body, token: null, resolve: (url) => url })
 */
export const askHook = async ({ webhook, body, token, resolve }: HookCall): Promise<HookAnswer | Later> => {
  const headers = { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) }
  const signal = AbortSignal.timeout(webhook.timeoutSeconds * 1000)
  const response = await fetch(resolve(new URL(webhook.url)), { method: 'POST', headers, body, signal, redirect: 'manual' })
  const text = await response.text()
  if (response.status === 429) return { laterSeconds: retryAfter(response) }
  if (response.status !== 200) throw new Error(`sync hook failed: unsupported status code: ${response.status} body: ${text}`)
  try {
    return parseAnswer(text)
  } catch (cause) {
    throw new Error(`sync hook failed: can't unmarshal the response: ${text}`, { cause })
  }
}
