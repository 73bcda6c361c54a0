import { randomFillSync, type KeyObject } from 'node:crypto'
import { Secret } from '../../secret/secret.ts'
import { IV_BYTES, TAG_BYTES, decryptGcm, encryptGcm } from '../aes-gcm.ts'
import { lengthPrefixed, utf8 } from '../length-prefixed.ts'

/**
 * Seals the key of a backup: IV, ciphertext, tag.
 *
 * @param sealing - hangs from the keyring
 */
export function sealBackupKey(
  sealing: KeyObject,
  backupId: Uint8Array,
  backupKey: Secret,
): Uint8Array {
  const iv = randomFillSync(new Uint8Array(IV_BYTES))
  const associated = contextOf(backupId)
  const { ciphertext, tag } = backupKey.expose((bytes) =>
    encryptGcm({ key: sealing, iv, associated }, bytes),
  )
  return Uint8Array.of(...iv, ...ciphertext, ...tag)
}

/** Undefined when it was sealed under another key, for another backup, or altered. */
export function openBackupKey(
  sealing: KeyObject,
  backupId: Uint8Array,
  sealed: Uint8Array,
): Secret | undefined {
  const end = sealed.length - TAG_BYTES
  if (end < IV_BYTES) return undefined
  const input = { key: sealing, iv: sealed.subarray(0, IV_BYTES), associated: contextOf(backupId) }
  const opened = decryptGcm(input, {
    ciphertext: sealed.subarray(IV_BYTES, end),
    tag: sealed.subarray(end),
  })
  return opened === undefined ? undefined : Secret.take(opened)
}

function contextOf(backupId: Uint8Array): Uint8Array {
  return lengthPrefixed([utf8('kmipd backup key'), backupId])
}
