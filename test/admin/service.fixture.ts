import { createKeyPair } from '../../src/adapter/certificate-authority.ts'
import type { ObjectCatalogue } from '../../src/admin/catalogue.ts'

export const objects: ObjectCatalogue = {
  async list({ limit, after }) {
    if (after === 'broken') throw new TypeError('a bug that says 5ec2e7')
    const number = Number(after ?? 0)
    const next = String(number + limit)
    const page = [{ id: `object ${String(number)}`, type: 'SymmetricKey', owner: 'a' }]
    return Promise.resolve({ objects: page, next })
  },
  async show(id) {
    if (id !== 'there/is one?') return Promise.resolve(undefined)
    const attributes = [{ name: 'State', value: 'Active' }]
    return Promise.resolve({ id, type: 'SymmetricKey', owner: 'a', attributes })
  },
  describe: async (id) => Promise.resolve(id === 'there/is one?' ? ['SymmetricKey of a'] : []),
  trust: async (id) => Promise.resolve(id === 'there/is one?'),
}

export const EPOCHS = [
  { number: 4, line: 'default', isSealing: false, seals: 9 },
  { number: 5, line: 'default', isSealing: true, seals: 1 },
]
export const KEYS = {
  epochs: [
    { epoch: 4, namespace: 'default', seals: false, sealed: 9 },
    { epoch: 5, namespace: 'default', seals: true, sealed: 1 },
  ],
  moving: { moved: 7, left: 8 },
}
export const REPORT = {
  objects: 1,
  clients: 2,
  entries: 40,
  findings: [{ where: 'store', problem: 'x' }],
}

/** A public key, base64: what is approved is the adding of one. */
export const SAME_KEY = Buffer.from(createKeyPair().publicKey).toString('base64')
