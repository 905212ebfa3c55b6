import { expect, test } from 'vitest'
import { inside, toArgv } from '../../src/supervisor/place.ts'
import { splitCommand } from '../../src/supervisor/words.ts'

test.each([
  ['sleep 1000', ['sleep', '1000']],
  [`sh -c 'echo "a b"; exit 3'`, ['sh', '-c', 'echo "a b"; exit 3']],
  ['sleep "1 000" [ --default ]', ['sleep', '1 000', '--default']],
  [`a"b"'c'\\ d ""`, ['abc d', '']],
  ['say "it\\"s" \\$x', ['say', 'it"s', '$x']],
])('%j is taken apart', (command, words) => {
  expect(splitCommand(command)).toEqual(words)
})

test.each([
  ['/home/ubuntu', '/state/home/ubuntu'],
  ['/home/../../../etc/passwd', '/state/etc/passwd'],
  ['/', '/state/'],
])('no path leads out of a container: %j', (path, here) => {
  expect(inside({ root: '/state' }, path)).toBe(here)
})

test('what an image brings is started as it is here, and names what is below the root', () => {
  const place = {
    root: '/usr',
    address: '127.77.0.5',
    environment: {},
    programs: { feast: (args: readonly string[]) => ['/node', 'feast.js', ...args] },
  }
  expect(toArgv(place, ['feast', 'ui', '--folder', '/bin/x', '--root_path', '/feast'])).toEqual([
    ...['/node', 'feast.js', 'ui', '--folder', '/usr/bin/x', '--root_path', '/feast'],
  ])
})
