import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import type { RootOfTrust } from '../../src/port/root-of-trust.ts'

const UNAVAILABLE = { name: 'KmipFault', code: 'UNAVAILABLE' }
const context = new TextEncoder().encode('here')
const elsewhere = new TextEncoder().encode('there')

/** What every root of trust does. Each test makes one of its own and destroys it. */
export function describeRoot(name: string, kind: string, make: () => Promise<RootOfTrust>): void {
  describe(`a root that is ${name}`, () => {
    let root: RootOfTrust

    beforeEach(async () => {
      root = await make()
    })
    afterEach(() => {
      root.destroy()
    })

    test('unwraps what it wrapped, in the same context', async () => {
      expect(root.kind).toBe(kind)
      const key = nodeRandom.bytes(32)
      const wrapped = await root.wrap(key, context)
      expect((await root.unwrap(wrapped, context)).equals(key)).toBe(true)
    })

    test('wraps the same key differently each time, and never in the clear', async () => {
      const key = nodeRandom.bytes(32)
      const one = Buffer.from(await root.wrap(key, context))
      const other = Buffer.from(await root.wrap(key, context))
      expect(one.equals(other)).toBe(false)
      expect(key.expose((bytes) => one.includes(Buffer.from(bytes)))).toBe(false)
    })

    test('refuses each altered bit, each other length and another context', async () => {
      const wrapped = await root.wrap(nodeRandom.bytes(32), context)
      await expect(root.unwrap(wrapped, elsewhere)).rejects.toMatchObject(UNAVAILABLE)
      for (let bit = 0; bit < wrapped.length * 8; bit += 1) {
        const altered = Uint8Array.from(wrapped)
        altered[bit >>> 3] = (altered[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
        await expect(root.unwrap(altered, context), `bit ${bit}`).rejects.toMatchObject(UNAVAILABLE)
      }
      for (let length = 0; length < wrapped.length; length += 1) {
        const cut = root.unwrap(wrapped.subarray(0, length), context)
        await expect(cut, `length ${length}`).rejects.toMatchObject(UNAVAILABLE)
      }
    })

    test('does nothing once it is destroyed', async () => {
      const wrapped = await root.wrap(nodeRandom.bytes(32), context)
      root.destroy()
      root.destroy()
      const gone = { ...UNAVAILABLE, message: 'The root of trust was destroyed' }
      await expect(root.unwrap(wrapped, context)).rejects.toMatchObject(gone)
      await expect(root.wrap(nodeRandom.bytes(32), context)).rejects.toMatchObject(gone)
    })
  })
}
