import { CryptographicAlgorithm } from '../src/spec/enum/cryptographic-algorithm.ts'
import { CryptographicUsageMask } from '../src/spec/mask/cryptographic-usage-mask.ts'
import { Tag } from '../src/spec/tag.ts'
import { childOf, TAGS, textOf } from '../test/system/answer.ts'
import { connectClient } from '../test/system/client.ts'
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
  const shared = { ...credentials, port: server.port, milliseconds }
  const reading = { ...shared, connections: READERS, requests: [get] }
  const making = { ...shared, connections: FLOODERS, requests: [request([createRsaPair()])] }
  const results = { calm: [] as LoadResult[], flooded: [] as LoadResult[], pairs: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    results.calm.push(await runLoadApart(reading))
    const [flooded, made] = await Promise.all([
      runLoadApart(reading),
      runLoadApart({ ...making, milliseconds: milliseconds * 2 }),
    ])
    results.flooded.push(flooded)
    results.pairs.push(made.perSecond)
  }
  client.close()
  await server.stop()
  const pairs = results.pairs.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? NaN
  return { calm: figuresOf(results.calm), flooded: figuresOf(results.flooded), pairs }
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
