import { expect, test } from 'vitest'
import { Bench, uid } from './harness.ts'
import { data, parameters, registerKey } from './key-sample.ts'

test('an unrestricted key is for every use (KMIP 2.1 section 12.1)', async () => {
  const bench = await Bench.open()
  const key = await registerKey(bench, {
    type: 'SymmetricKey',
    mask: 'Unrestricted',
    format: 'Raw',
    material: new Uint8Array(16),
    algorithm: 'AES',
    bits: 128,
  })
  const ecb = parameters({ BlockCipherMode: 'ECB' })
  const encrypted = await bench.ask('2.1', 'Encrypt', uid(key) + ecb + data(new Uint8Array(16)))
  expect(encrypted.status).toBe('Success')
  const mask = '<CryptographicUsageMask type="Integer" value="Decrypt WrapKey"/>'
  expect((await bench.ask('2.1', 'Check', uid(key) + mask)).status).toBe('Success')
})
