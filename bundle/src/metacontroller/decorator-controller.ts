import type { KubernetesObject } from '@charmed-feast/charm'
import type { LabelSelector } from '@charmed-feast/charm/testing'

/** Whom to ask. */
export interface Webhook {
  readonly url: string
  readonly timeoutSeconds: number
  /** The Secret whose key holds the bearer token that goes along. */
  readonly secret: { readonly namespace: string; readonly name: string; readonly key: string } | null
}

/** What a DecoratorController says. */
export interface DecoratorSpec {
  readonly name: string
  readonly resources: readonly { readonly apiVersion: string; readonly resource: string; readonly selector: LabelSelector }[]
  readonly attachments: readonly { readonly apiVersion: string; readonly resource: string; readonly method: string }[]
  readonly resyncPeriodSeconds: number
  readonly sync: Webhook | null
  readonly finalize: Webhook | null
}

type Mapping = Readonly<Record<string, unknown>>

const asMapping = (value: unknown): Mapping => (typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {})
const asList = (value: unknown): readonly Mapping[] => (Array.isArray(value) ? value.map(asMapping) : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const number = (value: unknown, otherwise: number): number => (typeof value === 'number' && value > 0 ? value : otherwise)

const parseWebhook = (hook: unknown): Webhook | null => {
  const webhook = asMapping(asMapping(hook).webhook)
  if (typeof webhook.url !== 'string') return null
  const { name, namespace, key } = asMapping(asMapping(webhook.authorization).secretRef)
  return {
    url: webhook.url,
    timeoutSeconds: number(Number.parseFloat(text(webhook.timeout)), 10),
    secret: typeof name === 'string' ? { name, namespace: text(namespace), key: text(key) } : null,
  }
}

/**
 * Reads a DecoratorController (metacontroller.k8s.io/v1alpha1).
 *
 * @example
 * parseDecorator(object).resyncPeriodSeconds   // 10
 */
export const parseDecorator = (controller: KubernetesObject): DecoratorSpec => {
  const { resources, attachments, hooks, resyncPeriodSeconds } = asMapping(controller.spec)
  const { sync, finalize } = asMapping(hooks)
  return {
    name: controller.metadata.name,
    resources: asList(resources).map(({ apiVersion, resource, labelSelector }) => ({
      apiVersion: text(apiVersion),
      resource: text(resource),
      // The API server took it for a selector.
      selector: asMapping(labelSelector) as LabelSelector,
    })),
    attachments: asList(attachments).map(({ apiVersion, resource, updateStrategy }) => ({
      apiVersion: text(apiVersion),
      resource: text(resource),
      method: text(asMapping(updateStrategy).method) || 'OnDelete',
    })),
    resyncPeriodSeconds: number(resyncPeriodSeconds, 0),
    sync: parseWebhook(sync),
    finalize: parseWebhook(finalize),
  }
}
