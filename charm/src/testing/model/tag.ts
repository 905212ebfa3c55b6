/** Juju's tag of an application: `application-pg`. */
export function applicationTag(name: string): string {
  return `application-${name}`
}

/** Juju's tag of a unit: `unit-pg-0`. */
export function unitTag(name: string): string {
  return `unit-${name.replace('/', '-')}`
}

/** Juju's tag of a relation's key: `relation-a.db#pg.database` of `a:db pg:database`. */
export function relationTag(key: string): string {
  return `relation-${key.replaceAll(':', '.').replace(' ', '#')}`
}

const applicationPart = '[a-z][a-z0-9]*(?:-[a-z0-9]*[a-z][a-z0-9]*)*'
const applicationName = new RegExp(`^${applicationPart}$`)
const unitName = new RegExp(`^${applicationPart}/(?:0|[1-9][0-9]*)$`)
const storageName = new RegExp(`^${applicationPart}/(?:0|[1-9][0-9]*)$`)

/** Whether a text can be an application's name. */
export function isApplicationName(text: string): boolean {
  return applicationName.test(text)
}

/** Whether a text can be a unit's name. */
export function isUnitName(text: string): boolean {
  return unitName.test(text)
}

/** Whether a text can be the id of a storage instance. */
export function isStorageId(text: string): boolean {
  return storageName.test(text)
}
