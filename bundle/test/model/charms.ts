import { active, blocked, defineCharm, secretUri, waiting } from '@charmed-feast/charm'
import { inProcess, type ScenarioCharm } from '@charmed-feast/charm/testing'

/** Offers a word, as a secret, to everybody who asks. */
const giver = defineCharm({
  metadata: { name: 'giver', provides: { word: { interface: 'word' } }, config: { word: { type: 'string', default: 'hello' } } },
  observe: async (hook) => ({ config: await hook.config(), words: await hook.relations('word', ['remoteApp']) }),
  reconcile: ({ config, words }) => ({
    secrets: {
      owns: (label) => label.startsWith('word.'),
      present: words.map((relation) => ({
        label: `word.${relation.id}`,
        owner: 'application' as const,
        content: { word: config.word },
        grants: [relation],
      })),
    },
    relations: words.map((relation) => ({ relation, app: { word: secretUri(`word.${relation.id}`) } })),
    unitStatus: [active()],
  }),
})

/** Takes a word, and writes it into its container. */
const taker = defineCharm({
  metadata: {
    name: 'taker',
    requires: { word: { interface: 'word', limit: 1 } },
    containers: { taker: {} },
    config: { loud: { type: 'boolean', default: false } },
  },
  observe: async (hook) => {
    const [relation] = await hook.relations('word', ['remoteApp'])
    const id = relation?.remoteApp.word
    return { relation, content: id === undefined ? null : await hook.findSecret({ id, label: 'word', revision: 'refresh' }) }
  },
  reconcile: ({ relation, content }) => ({
    ...(content === null ? {} : { containers: { taker: { files: { '/word': { content: content.word ?? '' } } } } }),
    unitStatus: [relation === undefined ? blocked('no word') : content === null ? waiting('no word yet') : active()],
  }),
  actions: {
    greet: async (action) => action.set({ greeting: `hello ${String(action.params.name)}` }),
    stumble: async () => {
      throw new Error('stumbled')
    },
  },
})

/** Charms of two kinds that need each other, to see a model at work. */
export const wordCharms: Readonly<Record<string, ScenarioCharm>> = { giver: inProcess(giver), taker: inProcess(taker) }

/** A charm whose hooks of these names fail, as often as the map says. */
export const failing = (charm: ScenarioCharm, failures: Map<string, number>): ScenarioCharm => ({
  ...charm,
  run: async (world) => {
    const left = failures.get(world.context.hookName) ?? 0
    if (left === 0) return charm.run(world)
    failures.set(world.context.hookName, left - 1)
    await charm.run(world)
    return { exit: 1, stdout: '', stderr: 'on purpose' }
  },
})
