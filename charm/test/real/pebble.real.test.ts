import { testPebble } from '../pebble/conformance.ts'
import { startPebble } from './pebble-daemon.ts'

testPebble((env) => startPebble({ env }))
