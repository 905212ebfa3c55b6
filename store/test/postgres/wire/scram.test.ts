import { expect, test } from 'vitest'
import { prepare, Scram } from '../../../src/postgres/wire/scram.ts'

// That logins work is shown against real servers; here is what a real server does not do.

test.each([
  ['plain', 'plain'],
  ['I\u00adX', 'IX'],
  ['\u00aa', 'a'],
  ['\u2168', 'IX'],
  ['a\u00a0b', 'a b'],
  ['ﬁ', 'fi'],
  ['e\u0301', 'é'],
  // Forbidden, so taken as it is: https://www.rfc-editor.org/rfc/rfc4013#section-3
  ['\u0007', '\u0007'],
  ['ﬁ\u0007', 'ﬁ\u0007'],
  ['\u00ad', '\u00ad'],
])('the password %j is hashed as %j', (password, prepared) => {
  expect(prepare(password)).toBe(prepared)
})

const first = (nonce: string): string => `r=${nonce},s=c2FsdA==,i=4096`

test('a server that does not continue the nonce is refused', async () => {
  const scram = new Scram('p', { kind: 'none' }, 'ours')
  await expect(scram.answer(first('theirs'))).rejects.toThrow('does not continue our nonce')
  await expect(scram.answer(first('ours'))).rejects.toThrow('does not continue our nonce')
})

test('a server that gives no salt or a senseless count is refused', async () => {
  const scram = new Scram('p', { kind: 'none' }, 'ours')
  await expect(scram.answer('r=oursX,i=4096')).rejects.toThrow('no salt or no iteration count')
  await expect(scram.answer('r=oursX,s=c2FsdA==,i=0')).rejects.toThrow('no salt or no iteration count')
})

test('a server that does not know the password is refused, before and after the proof', async () => {
  const scram = new Scram('p', { kind: 'none' }, 'ours')
  expect(() => scram.verify('v=')).toThrow('does not prove')
  await scram.answer(first('oursX'))
  expect(() => scram.verify(`v=${Buffer.alloc(32).toString('base64')}`)).toThrow('does not prove')
  expect(() => scram.verify('e=invalid-proof')).toThrow('does not prove')
})

test('each way of standing to the channel says so', () => {
  const [bound, refused, none] = [{ kind: 'bound', hash: Buffer.alloc(32) }, { kind: 'not offered' }, { kind: 'none' }] as const
  expect(new Scram('p', bound, 'x').first).toBe('p=tls-server-end-point,,n=,r=x')
  expect(new Scram('p', refused, 'x').first).toBe('y,,n=,r=x')
  expect(new Scram('p', none, 'x').first).toBe('n,,n=,r=x')
})
