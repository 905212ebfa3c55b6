import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { generate, generatedFiles, generatedFolder } from '../../proto/generate.ts'

describe('generated protobuf code', () => {
  test('is what the .proto files generate', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'proto-'))
    try {
      await generate(folder)
      const fresh = await generatedFiles(folder)
      expect(fresh.length).toBeGreaterThan(20)
      expect(await generatedFiles(generatedFolder)).toEqual(fresh)
      for (const file of fresh) {
        expect(await readFile(join(generatedFolder, file), 'utf8'), file).toBe(await readFile(join(folder, file), 'utf8'))
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
