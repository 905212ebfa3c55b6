import type { Job } from '@charmed-feast/store'
import type { ProjectIndex } from '../registry/registry-index.ts'
import type { Rooms } from '../route.ts'
import { intervalRuns, newestFirst, type Run, runOfJob } from './run.ts'

/** The most jobs of a project that are looked at. */
const jobLimit = 2000

/** The jobs of a project, newest first; none without an online store. */
const jobsOf = async ({ store, config }: Rooms, project: string, view?: string): Promise<readonly Job[]> =>
  config.onlineStore === null ? [] : await store.online.jobs(project, { limit: jobLimit, ...(view === undefined ? {} : { view }) })

/** All runs that are known of a project: what this server started, jobs of the store, and intervals that others left. Newest first. */
export const runsOf = async (rooms: Rooms, project: ProjectIndex): Promise<readonly Run[]> => {
  const jobs = await jobsOf(rooms, project.name)
  const recorded = jobs.filter((job) => !rooms.runner.owns(job)).map(runOfJob)
  return [...rooms.runner.list(project.name), ...recorded, ...intervalRuns(project, jobs)].toSorted(newestFirst)
}
