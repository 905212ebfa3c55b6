import { join } from 'node:path'

/** A program that tests run and that is none of ours: built from a Go module, whose `go.sum` says every byte of its source. */
export interface GoProgram {
  /** For people, with its version. */
  readonly title: string
  /** The folder of the module that requires it. */
  readonly module: string
  /** What `go build` is told: a package of that module or of one that it requires. */
  readonly target: string
  /** For the linker; the symbol table and debug information are always left out. */
  readonly linkFlags: readonly string[]
  /** Files of ours that go into it, beside `go.mod` and `go.sum`. */
  readonly sources: readonly string[]
}

const at = (...names: readonly string[]): string => join(import.meta.dirname, ...names)

const kubernetes = (name: string): GoProgram => {
  const stamp = {
    gitVersion: 'v1.37.2',
    gitMajor: '1',
    gitMinor: '37',
    gitCommit: 'none',
    gitTreeState: 'clean',
    buildDate: '2026-01-01T00:00:00Z',
  }
  return {
    title: `${name} 1.37.2`,
    module: at('kube'),
    target: `k8s.io/kubernetes/cmd/${name}`,
    linkFlags: Object.entries(stamp).map(([key, value]) => `-X k8s.io/component-base/version.${key}=${value}`),
    sources: [],
  }
}

/** Every program that `npm run test:real` needs, in the order of building: quick ones first, and those that share packages together. */
export const programs = {
  pebble: {
    title: 'Pebble 1.32.1',
    module: at('pebble'),
    target: 'github.com/canonical/pebble/cmd/pebble',
    linkFlags: [],
    sources: [],
  },
  /** Reads YAML as Juju does: goyaml v2, which Pebble's module brings along. */
  goyaml: {
    title: 'goyaml v2',
    module: at('pebble'),
    target: './yaml',
    linkFlags: [],
    sources: [at('pebble', 'yaml', 'main.go')],
  },
  etcd: { title: 'etcd 3.7.0', module: at('etcd'), target: 'go.etcd.io/etcd/server/v3', linkFlags: [], sources: [] },
  'kube-apiserver': kubernetes('kube-apiserver'),
  'kube-controller-manager': kubernetes('kube-controller-manager'),
} as const satisfies Readonly<Record<string, GoProgram>>

/** The name of a program, which is also its file's. */
export type ProgramName = keyof typeof programs
