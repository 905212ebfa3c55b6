/** What people say of any object: every kind of definition may carry it. */
export interface Described {
  readonly description: string
  readonly tags: Readonly<Record<string, string>>
  readonly owner: string
}

/** {@link Described} as it is written: all of it may be left out. */
export interface DescribedSpec {
  readonly description?: string
  readonly tags?: Readonly<Record<string, string>>
  readonly owner?: string
}

/** Fills in what was left out. */
export const described = (spec: DescribedSpec): Described => ({
  description: spec.description ?? '',
  tags: Object.freeze({ ...spec.tags }),
  owner: spec.owner ?? '',
})
