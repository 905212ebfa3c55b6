import { type RunTool, readTool } from './run.ts'

/**
 * Fetches a resource and gives the path of its file.
 *
 * @example
 * await resourceGet(run, 'oci-image') // '/var/lib/juju/agents/unit-feast-ui-0/resources/oci-image/content.yaml'
 */
export const resourceGet = (run: RunTool, name: string): Promise<string> => readTool(run, { tool: 'resource-get', args: [name] })
