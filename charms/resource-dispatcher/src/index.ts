export { charm } from './charm.ts'
