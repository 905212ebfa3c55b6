import { run } from '@charmed-feast/charm'

import { charm } from './charm.ts'

void run(charm)
