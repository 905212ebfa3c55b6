import { describe, expect, test } from 'vitest'
import { openApi } from '../src/openapi.ts'
import { routes } from '../src/routes.ts'

describe('the table of routes', () => {
  test('is what docs/reference/openapi.json says; write it anew with vitest --update', async () => {
    await expect(`${JSON.stringify(openApi(routes), null, 2)}\n`).toMatchFileSnapshot('../../docs/reference/openapi.json')
  })

  test('has each method and path once', () => {
    const ids = routes.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('changes something only by rights that are closed unless they are opened', () => {
    const changing = routes.filter(({ method }) => method !== 'GET')
    const harmless = [
      '/registry/refresh',
      '/plan',
      ...changing.filter(({ path }) => path.startsWith('/monitoring')).map(({ path }) => path),
    ]
    const open = changing.filter(({ right, path }) => ['open', 'describe', 'plan'].includes(right) && !harmless.includes(path))
    expect(open.map(({ method, path }) => `${method} ${path}`)).toEqual([])
  })
})
