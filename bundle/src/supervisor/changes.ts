/** A step of a change. */
export interface WorkTask {
  readonly kind: string
  readonly summary: string
  /** Does it. What it gives is the task's data; what it throws is the reason of its failure. */
  readonly work: () => Promise<Readonly<Record<string, unknown>> | undefined>
  /** Lines for the task's log when it failed. */
  readonly lastWords?: () => readonly string[]
}

/** A change to be made. */
export interface Work {
  readonly kind: string
  readonly summary: string
  readonly tasks: readonly WorkTask[]
}

interface TaskRecord {
  readonly id: string
  readonly kind: string
  readonly summary: string
  status: 'Do' | 'Doing' | 'Done' | 'Error' | 'Hold'
  log: readonly string[]
  data: Readonly<Record<string, unknown>>
}

interface ChangeRecord {
  readonly id: string
  readonly kind: string
  readonly summary: string
  readonly tasks: readonly TaskRecord[]
  readonly spawned: string
  status: 'Doing' | 'Done' | 'Error'
  error: string | null
  readonly done: Promise<void>
}

const line = (level: string, text: string): string => `${new Date().toISOString()} ${level} ${text}`

/** So many changes are remembered, the newest. */
const remembered = 500

/**
 * Work that goes on while others wait for it or not. Its tasks are done one after the other; when one fails, those behind it are not begun.
 */
export class Changes {
  readonly #changes = new Map<string, ChangeRecord>()
  #count = 0

  /** Begins work behind `after`, and gives its id. */
  begin({ kind, summary, tasks }: Work, after: Promise<unknown> = Promise.resolve()): string {
    this.#count += 1
    const id = String(this.#count)
    const records = tasks.map(
      (task, index): TaskRecord => ({ ...describe(task), id: `${id}.${index + 1}`, status: 'Do', log: [], data: {} }),
    )
    const { promise, resolve } = Promise.withResolvers<void>()
    const change: ChangeRecord = {
      ...{ id, kind, summary, tasks: records, spawned: new Date().toISOString() },
      ...{ status: 'Doing', error: null, done: promise },
    }
    this.#changes.set(id, change)
    if (this.#changes.size > remembered) this.#changes.delete(this.#changes.keys().next().value ?? '')
    void after.then(() => this.#run(change, tasks)).then(resolve)
    return id
  }

  find(id: string): object | undefined {
    const change = this.#changes.get(id)
    return change && format(change)
  }

  list(query: URLSearchParams): readonly object[] {
    const select = query.get('select') ?? 'in-progress'
    const service = query.get('for')
    const chosen = [...this.#changes.values()].filter(
      ({ status, summary, tasks }) =>
        (select === 'all' || (status === 'Doing') === (select === 'in-progress')) &&
        (service === null || [summary, ...tasks.map((task) => task.summary)].some((text) => text.includes(`"${service}"`))),
    )
    return chosen.map(format)
  }

  /** Waits for a change; false when that took longer. */
  async wait(id: string, milliseconds: number | null): Promise<boolean> {
    const change = this.#changes.get(id)
    if (change === undefined || change.status !== 'Doing') return true
    if (milliseconds === null) return change.done.then(() => true)
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const timer = setTimeout(() => resolve(false), milliseconds)
    try {
      return await Promise.race([promise, change.done.then(() => true)])
    } finally {
      clearTimeout(timer)
    }
  }

  async #run(change: ChangeRecord, tasks: readonly WorkTask[]): Promise<void> {
    const failures: string[] = []
    for (const [index, task] of tasks.entries()) {
      const record = change.tasks[index]
      if (record === undefined) continue
      if (failures.length > 0) {
        record.status = 'Hold'
        continue
      }
      record.status = 'Doing'
      try {
        record.data = (await task.work()) ?? {}
        record.status = 'Done'
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        if (error instanceof TaskFailure) record.data = error.data
        record.status = 'Error'
        record.log = [line('ERROR', why), ...(task.lastWords?.() ?? []).map((text) => line('INFO', text))]
        failures.push(`- ${task.summary} (${why})`)
      }
    }
    change.status = failures.length > 0 ? 'Error' : 'Done'
    if (failures.length > 0) change.error = `cannot perform the following tasks:\n${failures.join('\n')}`
  }
}

/** A failed task that has something to say beside its reason. */
export class TaskFailure extends Error {
  readonly data: Readonly<Record<string, unknown>>

  constructor(message: string, data: Readonly<Record<string, unknown>>) {
    super(message)
    this.data = data
  }
}

const describe = ({ kind, summary }: WorkTask): Pick<WorkTask, 'kind' | 'summary'> => ({ kind, summary })

const format = ({ id, kind, summary, tasks, status, error, spawned }: ChangeRecord): object => ({
  id,
  kind,
  summary,
  status,
  tasks: tasks.map((task) => ({ ...task, 'spawn-time': spawned })),
  ready: status !== 'Doing',
  ...(error === null ? {} : { err: error }),
  'spawn-time': spawned,
})
