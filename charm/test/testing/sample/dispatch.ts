import { run } from '../../../src/dispatch.ts'
import { sample } from './charm.ts'

await run(sample)
