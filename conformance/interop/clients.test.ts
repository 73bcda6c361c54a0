import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startKmipd, type Kmipd } from '../harness/kmipd.ts'
import type { Target } from '../runner/connection.ts'
import { CARDS } from './clients/cards.ts'
import type { Card, Stage } from './clients/card.ts'
import { Peer } from './clients/peer.ts'
import { Poster } from './clients/poster.ts'

const servers = new Map<string, Promise<Kmipd>>()

/** One server for all clients, and one more for each configuration that some need. */
async function serverFor(config: Card['config']): Promise<Kmipd> {
  const key = JSON.stringify(config ?? {})
  const server = servers.get(key) ?? startKmipd(config)
  servers.set(key, server)
  return server
}

afterAll(async () => {
  for (const server of servers.values()) await (await server).stop()
}, 60_000)

/** Plays a script, and closes what it has opened. */
async function play(target: Target, script: (stage: Stage) => Promise<void>): Promise<void> {
  const peers: (Peer | Poster)[] = []
  try {
    await script({
      target,
      connect: async (reader, manner) => {
        const peer = await Peer.open(target, reader, manner)
        peers.push(peer)
        return peer
      },
      post(form, reader) {
        const poster = new Poster(target, form, reader)
        peers.push(poster)
        return poster
      },
    })
  } finally {
    for (const peer of peers) peer.close()
  }
}

describe.each(CARDS)('$product', ({ product, config, scripts }) => {
  let target: Target
  beforeAll(async () => {
    const server = await serverFor(config)
    target = await server.targetFor(product.replace(/\W+/gu, '-').toLowerCase())
  }, 60_000)

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
