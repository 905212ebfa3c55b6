import { environmentVariables, feastVersions, makeEnvironment } from './src/environment.ts'

/** Makes the Python environments that are missing, and tells the tests where they are. */
export const setup = async (): Promise<void> => {
  for (const version of feastVersions)
    process.env[environmentVariables[version]] = await makeEnvironment(version, (line) => process.stdout.write(`${line}\n`))
}
