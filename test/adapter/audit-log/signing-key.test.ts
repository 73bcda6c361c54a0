import { createPublicKey } from 'node:crypto'
import { expect, test } from 'vitest'
import { auditSigningKey, publicKeyPem } from '../../../src/adapter/audit-log/signing-key.ts'
import { memoryStore } from '../../../src/adapter/store-memory.ts'
import { plainSealer } from '../../fixtures/plain-sealer.ts'

test('the key of the audit log is made once, and is another one in another store', async () => {
  const parts = { store: memoryStore(), sealer: plainSealer() }
  const key = await auditSigningKey(parts)
  expect(key).toMatchObject({ type: 'private', asymmetricKeyType: 'ed25519' })
  const pem = publicKeyPem(key)
  expect(createPublicKey(pem).asymmetricKeyType).toBe('ed25519')
  expect(publicKeyPem(await auditSigningKey(parts))).toBe(pem)
  const other = await auditSigningKey({ store: memoryStore(), sealer: plainSealer() })
  expect(publicKeyPem(other)).not.toBe(pem)
})
