import { createCipheriv, createHash, createHmac } from 'node:crypto'
import { Agent, request as post } from 'node:https'
import { vocabulary } from '../../src/spec/vocabulary.ts'
import { Tag } from '../../src/spec/tag.ts'
import { encode } from '../../src/ttlv/encode.ts'
import { decode } from '../../src/ttlv/decode.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { decodeJson, encodeJson } from '../../src/ttlv/json.ts'
import { decodeXml, encodeXml } from '../../src/ttlv/xml.ts'
import { find, messageOf, type BatchItemText } from '../operation/harness.ts'
import { TAGS, childOf, readAnswer, textOf, type Answer } from './answer.ts'
import { connectClient, type Client, type Credentials } from './client.ts'
import {
  attribute,
  create,
  dateTime,
  on,
  register,
  registerFor,
  registerPassword,
  request,
  revoke,
} from './request.ts'

/** How something secret comes to a server, and goes from it. */
export const WAYS = [
  'register in TTLV',
  'register in XML',
  'register in JSON',
  'password',
  'create and get',
  'get in XML',
  'get in JSON',
  'encrypt',
  'decrypt',
  'derive',
  'wrap',
] as const
export type Way = (typeof WAYS)[number]

/** Of a hundred plants, how many come each way. */
const SHARES: Readonly<Record<Way, number>> = {
  'register in TTLV': 30,
  'register in XML': 10,
  'register in JSON': 10,
  password: 5,
  'create and get': 10,
  'get in XML': 5,
  'get in JSON': 5,
  encrypt: 5,
  decrypt: 5,
  derive: 10,
  wrap: 5,
}

/** Something secret that the server has, or had. */
export interface Plant {
  readonly way: Way
  readonly bytes: Buffer
}

/** Items of one message. */
const BATCH = 20
const TYPES = { xml: 'text/xml', json: 'application/json' } as const

/** A client that has secrets kept and used in every way, and remembers them. */
export class Planter {
  readonly plants: Plant[] = []
  /** Objects that hold a plant. */
  readonly objects: string[] = []
  readonly #client: Client
  readonly #agent: Agent
  readonly #port: number
  #wrapper = ''
  #cipher = ''
  #base = ''

  constructor(client: Client, port: number, credentials: Credentials) {
    this.#client = client
    this.#port = port
    this.#agent = new Agent({ ...credentials, keepAlive: true, maxSockets: 1 })
  }

  static async connect(port: number, credentials: Credentials): Promise<Planter> {
    const planter = new Planter(await connectClient(port, credentials), port, credentials)
    const wrapper = Buffer.alloc(32, 0x5a)
    const cipher = drawn('the key of the cipher')
    const base = drawn('the base of derivations')
    planter.#wrapper = await planter.#keep(wrapper, 0x10)
    planter.#cipher = await planter.#keep(cipher, 0xc)
    planter.#base = await planter.#keep(base, 0x200)
    return planter
  }

  close(): void {
    this.#client.close()
    this.#agent.destroy()
  }

  /** Plants as many in each way as its share is of `count`. */
  async plant(count: number): Promise<void> {
    for (const way of WAYS) {
      const wanted = Math.ceil((count * SHARES[way]) / 100)
      for (let done = 0; done < wanted; done += BATCH) {
        const names = Array.from(
          { length: Math.min(BATCH, wanted - done) },
          (_, index) => `${way} ${done + index}`,
        )
        await this.#plantBy(way, names.map(drawn))
      }
    }
  }

  /** Destroys every object that was made, and forgets none of the plants. */
  async destroy(): Promise<void> {
    const all = [...this.objects, this.#cipher, this.#base, this.#wrapper]
    for (let at = 0; at < all.length; at += BATCH) {
      const some = all.slice(at, at + BATCH)
      // What was never active needs no Revoke; what was is compromised by it.
      await this.#client.ask(request(some.map((id) => revoke(id, 'compromised'))))
      const answer = await this.#client.ask(request(some.map((id) => on(id, 'Destroy'))))
      expectSuccess(answer, 'Destroy')
    }
  }

  /** Asks for what holds no plant, so that memory that was let go of is used again. */
  async stir(rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round += 1) {
      const answer = await this.#client.ask(request([create()]))
      const made = identifiersOf(answer)[0] ?? ''
      for (const type of ['xml', 'json'] as const)
        await this.#post(type, request([on(made, 'Get')]))
      await this.#client.ask(request([on(made, 'Get'), on(made, 'Destroy')]))
    }
  }

  async #plantBy(way: Way, secrets: readonly Buffer[]): Promise<void> {
    switch (way) {
      case 'register in TTLV':
        return this.#register(way, secrets, async (bytes) => this.#client.ask(bytes))
      case 'register in XML':
        return this.#register(way, secrets, async (bytes) => this.#post('xml', bytes))
      case 'register in JSON':
        return this.#register(way, secrets, async (bytes) => this.#post('json', bytes))
      case 'password':
        return this.#kept(way, secrets, request(secrets.map((each) => registerPassword(each))))
      case 'create and get':
        return this.#fetch(way, secrets.length, async (bytes) => this.#client.ask(bytes))
      case 'get in XML':
        return this.#fetch(way, secrets.length, async (bytes) => this.#post('xml', bytes))
      case 'get in JSON':
        return this.#fetch(way, secrets.length, async (bytes) => this.#post('json', bytes))
      case 'wrap':
        return this.#wrap(way, secrets)
      case 'encrypt':
      case 'decrypt':
      case 'derive':
        return this.#use(way, secrets)
    }
  }

  async #register(
    way: Way,
    secrets: readonly Buffer[],
    ask: (bytes: Uint8Array) => Promise<Answer>,
  ): Promise<void> {
    const answer = await ask(request(secrets.map((each) => register(each))))
    expectSuccess(answer, way)
    this.objects.push(...identifiersOf(answer))
    this.#remember(way, secrets)
  }

  async #kept(way: Way, secrets: readonly Buffer[], message: Uint8Array): Promise<void> {
    const answer = await this.#client.ask(message)
    expectSuccess(answer, way)
    this.objects.push(...identifiersOf(answer))
    this.#remember(way, secrets)
  }

  async #fetch(
    way: Way,
    count: number,
    ask: (bytes: Uint8Array) => Promise<Answer>,
  ): Promise<void> {
    const made = await this.#client.ask(request(Array.from({ length: count }, () => create())))
    expectSuccess(made, way)
    const identifiers = identifiersOf(made)
    this.objects.push(...identifiers)
    const given = await ask(request(identifiers.map((id) => on(id, 'Get'))))
    expectSuccess(given, way)
    this.#remember(
      way,
      given.items.map(({ payload }) => bytesIn(payload, Tag.KeyMaterial)),
    )
  }

  async #wrap(way: Way, secrets: readonly Buffer[]): Promise<void> {
    const answer = await this.#client.ask(request(secrets.map((each) => register(each))))
    expectSuccess(answer, way)
    const identifiers = identifiersOf(answer)
    this.objects.push(...identifiers)
    const payload = `<KeyWrappingSpecification>
      <WrappingMethod type="Enumeration" value="Encrypt"/>
      <EncryptionKeyInformation><UniqueIdentifier type="TextString" value="${this.#wrapper}"/>
      <CryptographicParameters><BlockCipherMode type="Enumeration" value="NISTKeyWrap"/></CryptographicParameters>
      </EncryptionKeyInformation><EncodingOption type="Enumeration" value="NoEncoding"/>
      </KeyWrappingSpecification>`
    const items = identifiers.map((id, index): BatchItemText => ({
      operation: 'Get',
      payload: `<UniqueIdentifier type="TextString" value="${id}"/>${payload}`,
      id: index.toString(16).padStart(2, '0'),
    }))
    expectSuccess(await this.#client.ask(encode(messageOf('1.4', items, {}))), way)
    this.#remember(way, secrets)
  }

  async #use(
    way: 'encrypt' | 'decrypt' | 'derive' | Way,
    secrets: readonly Buffer[],
  ): Promise<void> {
    const iv = '00'.repeat(16)
    const how = `<CryptographicParameters><BlockCipherMode type="Enumeration" value="CBC"/>
      <PaddingMethod type="Enumeration" value="PKCS5"/></CryptographicParameters>`
    const items = secrets.map((secret, index): BatchItemText => {
      const id = index.toString(16).padStart(2, '0')
      if (way === 'derive') return { operation: 'DeriveKey', payload: this.#derivation(secret), id }
      const data = way === 'encrypt' ? secret : encrypted(secret)
      const payload = `<UniqueIdentifier type="TextString" value="${this.#cipher}"/>${how}
        <Data type="ByteString" value="${data.toString('hex')}"/>
        <IVCounterNonce type="ByteString" value="${iv}"/>`
      return { operation: way === 'encrypt' ? 'Encrypt' : 'Decrypt', payload, id }
    })
    const answer = await this.#client.ask(encode(messageOf('1.4', items, {})))
    expectSuccess(answer, way)
    if (way === 'derive') this.objects.push(...identifiersOf(answer))
    const base = drawn('the base of derivations')
    this.#remember(
      way,
      way === 'derive'
        ? secrets.map((data) => createHmac('sha256', base).update(data).digest())
        : secrets,
    )
  }

  #derivation(data: Buffer): string {
    return `<ObjectType type="Enumeration" value="SymmetricKey"/>
      <UniqueIdentifier type="TextString" value="${this.#base}"/>
      <DerivationMethod type="Enumeration" value="HMAC"/>
      <DerivationParameters><CryptographicParameters>
      <HashingAlgorithm type="Enumeration" value="SHA_256"/></CryptographicParameters>
      <DerivationData type="ByteString" value="${data.toString('hex')}"/></DerivationParameters>
      <TemplateAttribute><Attribute><AttributeName type="TextString" value="Cryptographic Algorithm"/>
      <AttributeValue type="Enumeration" value="AES"/></Attribute>
      <Attribute><AttributeName type="TextString" value="Cryptographic Length"/>
      <AttributeValue type="Integer" value="256"/></Attribute></TemplateAttribute>`
  }

  async #keep(key: Uint8Array, mask: number): Promise<string> {
    const active = attribute('Activation Date', dateTime(0, 1_500_000_000))
    const answer = await this.#client.ask(request([registerFor(mask, key, active)]))
    expectSuccess(answer, 'Register')
    return identifiersOf(answer)[0] ?? ''
  }

  #remember(way: Way, secrets: readonly Buffer[]): void {
    this.plants.push(...secrets.map((bytes) => ({ way, bytes })))
  }

  async #post(type: 'xml' | 'json', message: Uint8Array): Promise<Answer> {
    const item = decode(message)
    const body = type === 'xml' ? encodeXml(item, vocabulary) : encodeJson(item, vocabulary)
    const answered = await new Promise<Buffer>((resolve, reject) => {
      const asked = post(
        {
          host: '127.0.0.1',
          port: this.#port,
          path: '/kmip',
          method: 'POST',
          agent: this.#agent,
          headers: { 'Content-Type': TYPES[type], 'Content-Length': body.length },
        },
        (response) => {
          const pieces: Buffer[] = []
          response.on('data', (piece: Buffer) => pieces.push(piece))
          response.on('end', () => {
            resolve(Buffer.concat(pieces))
          })
        },
      )
      asked.once('error', reject)
      asked.end(body)
    })
    const read = type === 'xml' ? decodeXml : decodeJson
    return readAnswer(encode(read(answered, vocabulary)))
  }
}

/** Bytes that are nowhere else. */
export function drawn(name: string): Buffer {
  return createHash('sha256').update(`canary ${name}`).digest()
}

function encrypted(plain: Buffer): Buffer {
  const key = drawn('the key of the cipher')
  const cipher = createCipheriv('aes-256-cbc', key, Buffer.alloc(16))
  return Buffer.concat([cipher.update(plain), cipher.final()])
}

function bytesIn(payload: Item | undefined, tag: Parameters<typeof find>[1]): Buffer {
  const found = find(payload, tag)
  if (found?.type !== ItemType.ByteString) throw new TypeError('there are no bytes')
  return Buffer.from(found.value)
}

function identifiersOf({ items }: Answer): readonly string[] {
  return items.flatMap(({ payload }) => textOf(childOf(payload, TAGS.uniqueIdentifier)) ?? [])
}

function expectSuccess({ items }: Answer, what: string): void {
  const failed = items.find(({ status }) => status !== 0)
  if (failed !== undefined) throw new Error(`${what}: ${failed.message ?? 'failed'}`)
}
