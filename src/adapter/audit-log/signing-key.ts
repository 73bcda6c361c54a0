import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Sealer } from '../../port/sealer.ts'
import type { Store } from '../../port/store.ts'
import { hasAuthority, readAuthority, writeAuthority } from '../../repository/authority-record.ts'
import { Secret } from '../../secret/secret.ts'

/**
 * The Ed25519 key that signs the checkpoints of the audit log of a store. It is made where there is none, and is kept in
 * the store: whoever has the log alone cannot sign.
 *
 * Throws `UNAVAILABLE` when the store cannot be used.
 */
export async function auditSigningKey(parts: {
  readonly store: Store
  readonly sealer: Sealer
}): Promise<KeyObject> {
  if (!(await hasAuthority(parts.store, 'audit'))) await makeKey(parts)
  const { key } = await readAuthority(parts, 'audit')
  try {
    return key.expose((der) =>
      createPrivateKey({
        key: Buffer.from(der.buffer, der.byteOffset, der.length),
        format: 'der',
        type: 'pkcs8',
      }),
    )
  } finally {
    key.destroy()
  }
}

/** The other half, as it lies beside the log. */
export function publicKeyPem(key: KeyObject): string {
  const half = key.type === 'private' ? createPublicKey(key) : key
  return half.export({ type: 'spki', format: 'pem' }).toString()
}

async function makeKey({
  store,
  sealer,
}: {
  readonly store: Store
  readonly sealer: Sealer
}): Promise<void> {
  const pair = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  })
  const key = Secret.take(pair.privateKey)
  try {
    await writeAuthority({ store, sealer }, 'audit', { certificate: pair.publicKey, key })
  } finally {
    key.destroy()
  }
}
