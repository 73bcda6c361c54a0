import { poly1305 } from '@noble/ciphers/_poly1305.js'
import type { Secret } from '../../secret/secret.ts'
import type { MacEngine } from './cmac.ts'
import { invalid } from './refusal.ts'

const KEY_BYTES = 32

/** Poly1305 (RFC 8439 section 2.5), which OpenSSL has and Node 20 does not offer. Its key serves one message. */
export function poly1305Engine(key: Secret): MacEngine {
  if (key.length !== KEY_BYTES) throw invalid('The key has not a length of the algorithm')
  const state = key.expose((bytes) => poly1305.create(bytes))
  return {
    update: (bytes) => {
      state.update(bytes)
    },
    digest: () => state.digest(),
    destroy: () => {
      state.destroy()
    },
  }
}
