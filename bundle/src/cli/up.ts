import { join } from 'node:path'

import { deployFeast, feastCharms } from '../feast.ts'
import { type LocalModel, openLocalModel } from '../model/local-model.ts'
import { type Postgres, startPostgres } from '../postgres/postgres.ts'
import { embeddedServer } from '../postgresql/server.ts'

/** Where the model's state lies in a state folder. */
export const modelFile = (folder: string): string => join(folder, 'model', 'model.json')

/** A running deployment. */
export interface Deployed extends AsyncDisposable {
  readonly model: LocalModel
  readonly postgres: Postgres
}

/** What {@link bringUp} is told. */
export interface UpOptions {
  /** The state folder: made when missing, taken up where it was else. */
  readonly folder: string
  /** Told of every hook, in a line. */
  readonly say: (line: string) => void
}

/**
 * Starts PostgreSQL, opens the model and deploys what is missing of Charmed Feast; gives it once nothing is left to do.
 *
 * @throws BundleError of the embedded PostgreSQL or the local model
 *
 * @example
 * await using deployed = await bringUp({ folder: '.state', say: console.log })
 */
export const bringUp = async ({ folder, say }: UpOptions): Promise<Deployed> => {
  const postgres = await startPostgres({ directory: join(folder, 'postgres'), log: say })
  try {
    const model = openLocalModel({
      charms: feastCharms(embeddedServer(postgres)),
      file: modelFile(folder),
      onHook: ({ unit, name, failure }) => say(`${unit}: ${name}${failure === null ? '' : ` failed: ${failure}`}`),
    })
    deployFeast(model)
    // PostgreSQL may answer on another port than yesterday: every charm looks once.
    model.updateStatus()
    await model.settle()
    return { model, postgres, [Symbol.asyncDispose]: () => postgres.stop() }
  } catch (error) {
    await postgres.stop()
    throw error
  }
}
