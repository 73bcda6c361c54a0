import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startKmipd, type Kmipd } from '../harness/kmipd.ts'
import type { Target } from '../runner/connection.ts'
import { CARDS } from './clients/cards.ts'
import type { Stage } from './clients/card.ts'
import { Peer } from './clients/peer.ts'

let server: Kmipd
beforeAll(async () => {
  server = await startKmipd()
}, 60_000)
afterAll(async () => {
  await server.stop()
}, 60_000)

/** Plays a script, and closes what it has opened. */
async function play(target: Target, script: (stage: Stage) => Promise<void>): Promise<void> {
  const peers: Peer[] = []
  try {
    await script({
      target,
      connect: async (reader, manner) => {
        const peer = await Peer.open(target, reader, manner)
        peers.push(peer)
        return peer
      },
    })
  } finally {
    for (const peer of peers) peer.close()
  }
}

describe.each(CARDS)('$product', ({ product, scripts }) => {
  let target: Target
  beforeAll(async () => {
    target = await server.targetFor(product.replace(/\W+/gu, '-').toLowerCase())
  })

  test.each(Object.entries(scripts))('%s', async (_, script) => {
    await play(target, script)
  })
})

test('docs/clients.md names every product', () => {
  const guide = readFileSync(new URL('../../docs/clients.md', import.meta.url), 'utf8')
  const named = guide.matchAll(/^\| (?<product>[^|]+?) +\| [\d., to]+ +\|/gmu)
  const products = [...named].map(({ groups }) => groups?.['product'])
  expect(products.sort()).toEqual(['PyKMIP', ...CARDS.map(({ product }) => product)].sort())
})
