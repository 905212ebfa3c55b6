import type { Job } from '@charmed-feast/store'
import type { ProjectIndex } from '../registry/registry-index.ts'
import type { Rooms } from '../route.ts'
import { intervalRuns, newestFirst, type Run, runOfJob } from './run.ts'
import { ownedJobs } from './run-records.ts'
import { shownRun } from './stored-run.ts'

/** The most jobs of a project that are looked at. */
const jobLimit = 2000

/** The jobs of a project, newest first; none without an online store. */
const jobsOf = async ({ store, config }: Rooms, project: string): Promise<readonly Job[]> =>
  config.onlineStore === null ? [] : await store.online.jobs(project, { limit: jobLimit })

/** All runs that are known of a project: what servers started, jobs of the store, and intervals that others left. Newest first. */
export const runsOf = async (rooms: Rooms, project: ProjectIndex): Promise<readonly Run[]> => {
  const [runs, jobs] = await Promise.all([rooms.runner.list(project.name), jobsOf(rooms, project.name)])
  const isOwned = ownedJobs(runs)
  const recorded = jobs.filter((job) => !isOwned(job)).map(runOfJob)
  const started = runs.map((run) => shownRun(run, rooms.now()))
  return [...started, ...recorded, ...intervalRuns(project, jobs)].toSorted(newestFirst)
}
