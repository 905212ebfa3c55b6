import { run } from '@charmed-feast/charm'

import { charm } from './charm.ts'

await run(charm)
