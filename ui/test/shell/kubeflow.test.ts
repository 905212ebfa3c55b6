import { describe, expect, test } from 'vitest'
import { readMessage } from '../../src/shell/kubeflow.ts'
import { projectOfNamespace } from '../../src/shell/project.ts'

describe('readMessage', () => {
  test('reads the namespace that the dashboard chose', () => {
    expect(readMessage({ type: 'namespace-selected', value: 'team-a' })).toBe('team-a')
    expect(readMessage({ type: 'all-namespaces', value: ['a', 'b'] })).toBe('a')
  })

  test.each([
    null,
    'namespace-selected',
    {},
    { type: 'namespace-selected', value: '' },
    { type: 'other', value: 'x' },
    { type: 'namespace-selected', value: 5 },
  ])('ignores %j', (data) => {
    expect(readMessage(data)).toBeNull()
  })
})

test('a namespace finds the project of its name, else the one labelled with it', () => {
  const projects = [{ spec: { name: 'fraud', tags: { 'kubeflow.org/namespace': 'team-a' } } }, { spec: { name: 'team-b' } }]
  expect(projectOfNamespace(projects, 'team-b')).toBe('team-b')
  expect(projectOfNamespace(projects, 'team-a')).toBe('fraud')
  expect(projectOfNamespace(projects, 'team-c')).toBeNull()
})
