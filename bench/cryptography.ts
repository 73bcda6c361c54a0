import {
  createCipheriv,
  createDecipheriv,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto'
import { KeyFormatType } from '../src/spec/enum/key-format-type.ts'
import { BlockCipherMode } from '../src/spec/enum/block-cipher-mode.ts'
import { CryptographicAlgorithm } from '../src/spec/enum/cryptographic-algorithm.ts'
import { DigitalSignatureAlgorithm } from '../src/spec/enum/digital-signature-algorithm.ts'
import { ObjectType } from '../src/spec/enum/object-type.ts'
import { CryptographicUsageMask } from '../src/spec/mask/cryptographic-usage-mask.ts'
import { Tag } from '../src/spec/tag.ts'
import type { Item } from '../src/ttlv/item.ts'
import { childOf, TAGS, textOf } from '../test/system/answer.ts'
import { connectClient, type Client, type Credentials } from '../test/system/client.ts'
import {
  attribute,
  bytes,
  create,
  dateTime,
  enumeration,
  integer,
  item,
  on,
  request,
  structure,
} from '../test/system/request.ts'
import { createSite } from '../test/system/server.ts'
import { startEchoApart } from './echo-apart.ts'
import { figuresOf, type Figures } from './figures.ts'
import { runLoadApart, type LoadResult } from './tls-load.ts'

/** Enough to keep the server busy without making the load wait for itself. */
const CONNECTIONS = 8

/** One cryptographic operation over the wire, beside node:crypto alone and the echo of the same sizes. */
export interface CryptographyRow {
  readonly work: string
  readonly server: Figures
  readonly echo: Figures
  /** Operations a second of one core with node:crypto alone. */
  readonly bare: number
}

interface Work {
  readonly work: string
  readonly request: Uint8Array
  /** The same with node:crypto alone. */
  readonly bare: () => unknown
}

export interface CryptographyOptions {
  readonly milliseconds?: number
  readonly rounds?: number
}

/** Measures Encrypt, Decrypt and Sign of the built server, which runs in a process of its own. */
export async function measureCryptography({
  milliseconds = 1_500,
  rounds = 3,
}: CryptographyOptions = {}): Promise<CryptographyRow[]> {
  using site = await createSite()
  const server = await site.start()
  const credentials = await site.addClient('bench')
  const client = await connectClient(server.port, credentials)
  const rows: CryptographyRow[] = []
  for (const work of [...(await ciphers(client)), ...(await signatures(client))]) {
    const row = await measure(work, {
      client,
      credentials,
      port: server.port,
      milliseconds,
      rounds,
    })
    rows.push(row)
    console.info(`${row.work}: ${row.server.perSecond.toFixed(0)}/s, bare ${row.bare.toFixed(0)}/s`)
  }
  client.close()
  await server.stop()
  return rows
}

interface Setting {
  readonly client: Client
  readonly credentials: Credentials
  readonly port: number
  readonly milliseconds: number
  readonly rounds: number
}

async function measure(work: Work, setting: Setting): Promise<CryptographyRow> {
  const { client, credentials, port, milliseconds, rounds } = setting
  const answer = await client.ask(work.request)
  const echo = await startEchoApart([work.request.length, answer.bytes])
  const load = { connections: CONNECTIONS, milliseconds, requests: [work.request] }
  const results = { server: [] as LoadResult[], echo: [] as LoadResult[], bare: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    results.echo.push(await runLoadApart({ ...load, ...echo.credentials, port: echo.port }))
    results.server.push(await runLoadApart({ ...load, ...credentials, port }))
    results.bare.push(rateOf(work.bare, milliseconds / 3))
  }
  echo.process.kill()
  const bare = results.bare.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? NaN
  return {
    work: work.work,
    server: figuresOf(results.server),
    echo: figuresOf(results.echo),
    bare,
  }
}

/** How often something can be done in a second, by the processor time that it takes. */
function rateOf(act: () => unknown, milliseconds: number): number {
  for (let warm = 0; warm < 20; warm += 1) act()
  const before = process.cpuUsage()
  const until = performance.now() + milliseconds
  let count = 0
  for (; performance.now() < until; count += 1) act()
  const { user, system } = process.cpuUsage(before)
  return count / ((user + system) / 1e6)
}

const ACTIVE = attribute('Activation Date', dateTime(0, 1))

function usable(mask: number): Item[] {
  return [attribute('Cryptographic Usage Mask', integer(0, mask)), ACTIVE]
}

async function identifierOf(client: Client, asked: Item): Promise<string> {
  const { items } = await client.ask(request([asked]))
  return textOf(childOf(items[0]?.payload, TAGS.uniqueIdentifier)) ?? ''
}

const GCM = structure(
  Tag.CryptographicParameters.number,
  enumeration(Tag.BlockCipherMode.number, BlockCipherMode.GCM),
  integer(Tag.TagLength.number, 16),
)

async function ciphers(client: Client): Promise<Work[]> {
  const identifier = await identifierOf(client, create(ACTIVE))
  const key = randomBytes(32)
  const works: Work[] = []
  for (const size of [64, 1_024, 65_536]) {
    const data = randomBytes(size)
    const encrypt = request([on(identifier, 'Encrypt', GCM, bytes(Tag.Data.number, data))])
    const { items } = await client.ask(encrypt)
    const made = [Tag.Data, Tag.IVCounterNonce, Tag.AuthenticatedEncryptionTag].flatMap(
      ({ number }) => childOf(items[0]?.payload, number) ?? [],
    )
    const decrypt = request([on(identifier, 'Decrypt', GCM, ...made)])
    const label = size < 1_024 ? `${size} B` : `${size / 1_024} KiB`
    works.push({
      work: `AES-256-GCM Encrypt, ${label}`,
      request: encrypt,
      bare: () => sealed(key, data),
    })
    const { iv, text, tag } = sealed(key, data)
    works.push({
      work: `AES-256-GCM Decrypt, ${label}`,
      request: decrypt,
      bare() {
        const cipher = createDecipheriv('aes-256-gcm', key, iv).setAuthTag(tag)
        return [cipher.update(text), cipher.final()]
      },
    })
  }
  return works
}

function sealed(key: Buffer, data: Buffer) {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  const text = Buffer.concat([cipher.update(data), cipher.final()])
  return { iv, text, tag: cipher.getAuthTag() }
}

async function signatures(client: Client): Promise<Work[]> {
  const rsa = async (bits: number): Promise<Work> =>
    signature(client, {
      work: `RSA-${bits} Sign`,
      key: generateKeyPairSync('rsa', { modulusLength: bits }).privateKey,
      algorithm: CryptographicAlgorithm.RSA,
      bits,
      how: DigitalSignatureAlgorithm.SHA_256WithRSAEncryption,
    })
  const p256: Signing = {
    work: 'ECDSA P-256 Sign',
    key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    algorithm: CryptographicAlgorithm.ECDSA,
    bits: 256,
    how: DigitalSignatureAlgorithm.ECDSAWithSHA256,
  }
  return [await rsa(2_048), await rsa(4_096), await signature(client, p256)]
}

interface Signing {
  readonly work: string
  readonly key: KeyObject
  readonly algorithm: CryptographicAlgorithm
  readonly bits: number
  readonly how: DigitalSignatureAlgorithm
}

async function signature(client: Client, signing: Signing): Promise<Work> {
  const identifier = await identifierOf(client, privateKey(signing))
  const data = randomBytes(64)
  const parameters = structure(
    Tag.CryptographicParameters.number,
    enumeration(Tag.DigitalSignatureAlgorithm.number, signing.how),
  )
  return {
    work: signing.work,
    request: request([on(identifier, 'Sign', parameters, bytes(Tag.Data.number, data))]),
    bare: () => sign('sha256', data, signing.key),
  }
}

function privateKey({ key, algorithm, bits }: Signing): Item {
  const block = structure(
    Tag.KeyBlock.number,
    enumeration(Tag.KeyFormatType.number, KeyFormatType.PKCS_8),
    structure(
      Tag.KeyValue.number,
      bytes(Tag.KeyMaterial.number, key.export({ type: 'pkcs8', format: 'der' })),
    ),
    enumeration(Tag.CryptographicAlgorithm.number, algorithm),
    integer(Tag.CryptographicLength.number, bits),
  )
  return item(
    'Register',
    enumeration(Tag.ObjectType.number, ObjectType.PrivateKey),
    structure(Tag.TemplateAttribute.number, ...usable(CryptographicUsageMask.Sign)),
    structure(Tag.PrivateKey.number, block),
  )
}
