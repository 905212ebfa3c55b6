import type { Change } from './change.ts'
import { type Application, applicationOf, type Bag, type Model, type Unit } from './model.ts'
import type { Secret } from './secret.ts'

/** The model with one application changed. */
export function withApplication(model: Model, name: string, change: (application: Application) => Application): Model {
  const application = model.applications[name]
  return application ? { ...model, applications: { ...model.applications, [name]: change(application) } } : model
}

/** The model with one unit changed. */
export function withUnit(model: Model, name: string, change: (unit: Unit) => Unit): Model {
  const unit = model.units[name]
  return unit ? { ...model, units: { ...model.units, [name]: change(unit) } } : model
}

/** The model with one secret changed. */
export function withSecret(model: Model, id: string, change: (secret: Secret) => Secret): Model {
  return { ...model, secrets: model.secrets.map((secret) => (secret.id === id ? change(secret) : secret)) }
}

/** A bag with others written over it; an empty text deletes. */
export function mergeBag(bag: Bag, written: Bag): Bag {
  return Object.fromEntries(Object.entries({ ...bag, ...written }).filter(([, value]) => value !== ''))
}

/**
 * The model after a change that does not wait for the hook's end.
 *
 * @example
 * applyChange(model, { kind: 'unit-status', unit: 'feast-ui/0', status: 'active', message: '' })
 */
export function applyChange(model: Model, change: Change): Model {
  switch (change.kind) {
    case 'unit-status':
      return withUnit(model, change.unit, (unit) => ({ ...unit, status: { status: change.status, message: change.message } }))
    case 'application-status':
      return withApplication(model, applicationOf(change.unit), (application) => ({
        ...application,
        status: { status: change.status, message: change.message },
      }))
    case 'workload-version':
      return withUnit(model, change.unit, (unit) => ({ ...unit, workloadVersion: change.version }))
    case 'leader-settings':
      return withApplication(model, applicationOf(change.unit), (application) => ({
        ...application,
        leaderSettings: mergeBag(application.leaderSettings, change.settings),
      }))
    case 'secret-consumed':
      return withSecret(model, change.id, (secret) => ({
        ...secret,
        consumers: { ...secret.consumers, [change.unit]: { revision: change.revision, label: change.label } },
      }))
    case 'secret-relabelled':
      return withSecret(model, change.id, (secret) => ({ ...secret, label: change.label }))
    case 'action-message':
    case 'secret-id-reserved':
      return model
  }
}
