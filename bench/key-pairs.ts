import { CryptographicAlgorithm } from '../src/spec/enum/cryptographic-algorithm.ts'
import { CryptographicUsageMask } from '../src/spec/mask/cryptographic-usage-mask.ts'
import { Tag } from '../src/spec/tag.ts'
import { childOf, TAGS, textOf } from '../test/system/answer.ts'
import { connectClient, type Credentials } from '../test/system/client.ts'
import {
  attribute,
  create,
  enumeration,
  integer,
  item,
  on,
  request,
  structure,
} from '../test/system/request.ts'
import { createSite } from '../test/system/server.ts'
import { figuresOf, type Figures } from './figures.ts'
import { runLoadApart, type LoadResult } from './tls-load.ts'

const READERS = 32
const FLOODERS = 8

/** What Get costs its clients while others have key pairs made. */
export interface FloodFigures {
  readonly calm: Figures
  readonly flooded: Figures
  /** Key pairs made in a second of the flood. */
  readonly pairs: number
}

/** Measures Get at 32 connections, alone and while eight clients ask for RSA-4096 pairs without a pause. */
export async function measureFlood({
  milliseconds = 5_000,
  rounds = 3,
} = {}): Promise<FloodFigures> {
  using site = await createSite()
  const server = await site.start()
  const credentials = await site.addClient('bench')
  const client = await connectClient(server.port, credentials)
  const { items } = await client.ask(request([create()]))
  const identifier = textOf(childOf(items[0]?.payload, TAGS.uniqueIdentifier)) ?? ''
  const get = request([on(identifier, 'Get')])
  await client.ask(get)
  client.close()
  const load = { ...credentials, port: server.port, milliseconds, connections: READERS }
  const reading = { ...load, requests: [get] }
  const results = { calm: [] as LoadResult[], flooded: [] as LoadResult[], pairs: 0, seconds: 0 }
  for (let round = 0; round < rounds; round += 1) {
    results.calm.push(await runLoadApart(reading))
    const flood = await beginFlood(server.port, credentials)
    results.flooded.push(await runLoadApart(reading))
    const { pairs, seconds } = await flood.end()
    results.pairs += pairs
    results.seconds += seconds
  }
  await server.stop()
  const { calm, flooded, pairs, seconds } = results
  return { calm: figuresOf(calm), flooded: figuresOf(flooded), pairs: pairs / seconds }
}

/** Eight clients that ask again as soon as they have a pair; `end` waits for the last of them. */
async function beginFlood(port: number, credentials: Credentials) {
  const clients = await Promise.all(
    Array.from({ length: FLOODERS }, async () => connectClient(port, credentials)),
  )
  const began = performance.now()
  let isOver = false
  let pairs = 0
  const working = clients.map(async (client) => {
    while (!isOver) {
      const { items } = await client.ask(request([createRsaPair()]))
      if (items[0]?.status !== 0) throw new Error(`no pair was made: ${items[0]?.message ?? ''}`)
      pairs += 1
    }
    client.close()
  })
  return {
    async end() {
      isOver = true
      await Promise.all(working)
      return { pairs, seconds: (performance.now() - began) / 1_000 }
    },
  }
}

function createRsaPair() {
  const template = (tag: number, mask: number) =>
    structure(tag, attribute('Cryptographic Usage Mask', integer(0, mask)))
  return item(
    'CreateKeyPair',
    structure(
      Tag.CommonTemplateAttribute.number,
      attribute('Cryptographic Algorithm', enumeration(0, CryptographicAlgorithm.RSA)),
      attribute('Cryptographic Length', integer(0, 4_096)),
    ),
    template(Tag.PrivateKeyTemplateAttribute.number, CryptographicUsageMask.Sign),
    template(Tag.PublicKeyTemplateAttribute.number, CryptographicUsageMask.Verify),
  )
}
