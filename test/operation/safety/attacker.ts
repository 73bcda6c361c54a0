import { Tag } from '../../../src/spec/tag.ts'
import { decode } from '../../../src/ttlv/decode.ts'
import { encode } from '../../../src/ttlv/encode.ts'
import { ItemType, type Item } from '../../../src/ttlv/item.ts'
import type { Dice } from '../../system/dice.ts'
import { find, findAll, messageOf, textOf, type Bench } from '../harness.ts'
import { ACTIVE, mode, NO_ENCODING, registerText, wrapping } from '../wrapping/sample.ts'

const SENSITIVE = '<Sensitive type="Boolean" value="true"/>'
const OPEN = '<Sensitive type="Boolean" value="false"/><Extractable type="Boolean" value="true"/>'
const LOCKED = '<Extractable type="Boolean" value="false"/>'
const SYMMETRIC = '<ObjectType type="Enumeration" value="SymmetricKey"/>'
const NOT_WRAPPED = '<KeyWrapType type="Enumeration" value="NotWrapped"/>'
const BYTES = 32

/** What a client has in its hands. A step puts the identifiers and bytes of its answer there, for those behind it. */
interface Hands {
  /** The sensitive key. */
  key: string
  /** A key that sensitive ones may leave under, where policy has such. */
  readonly trusted: string
  /** What was made last. */
  made: string
  /** The wrapping key that was made last. */
  wrapper: string
  parts: readonly string[]
  /** What was last wrapped, the IV of it, and under which key. */
  wrapped: Uint8Array
  iv: Uint8Array
  under: string
}

/** One call, in the hope of something to see. */
interface Step {
  readonly operation: string
  /** XML of the payload; `$key` and the like stand for what is in the client's hands. */
  readonly payload: string
  /** What the answer puts there. */
  readonly take?: (answer: Item, hands: Hands) => void
}

const id = (name: string): string => `<UniqueIdentifier type="TextString" value="${name}"/>`
const mask = (bits: string): string => `<CryptographicUsageMask type="Integer" value="${bits}"/>`
const under = (name: string, by: string): string =>
  wrapping({ encryption: [name, by], rest: NO_ENCODING })

function aes(bits: string, attributes: string): string {
  return `${SYMMETRIC}<Attributes><CryptographicAlgorithm type="Enumeration" value="AES"/>
    <CryptographicLength type="Integer" value="256"/>${mask(bits)}${attributes}</Attributes>`
}

/** What was wrapped, as an object that comes. */
function wrappedText(bits: string): string {
  const data = wrapping({ encryption: ['$under', mode('NISTKeyWrap')], rest: NO_ENCODING })
  const behind = data.replaceAll('KeyWrappingSpecification', 'KeyWrappingData')
  const text = { attributes: OPEN + ACTIVE, length: 8 * BYTES, mask: bits, behind }
  return registerText('<KeyValue type="ByteString" value="57"/>', text)
}

const fromAttributes = (text: string): string => text.slice(text.indexOf('<Attributes>'))

const takeMade = (answer: Item, hands: Hands): void => {
  hands.made = textOf(find(answer, Tag.UniqueIdentifier)) ?? hands.made
}
const takeWrapper = (answer: Item, hands: Hands): void => {
  hands.wrapper = textOf(find(answer, Tag.UniqueIdentifier)) ?? hands.wrapper
}
const takeWrapped = (answer: Item, hands: Hands): void => {
  hands.wrapped = bytesOf(find(answer, Tag.KeyValue)) ?? hands.wrapped
  hands.iv = bytesOf(find(answer, Tag.IVCounterNonce)) ?? hands.iv
  hands.under =
    textOf(find(find(answer, Tag.EncryptionKeyInformation), Tag.UniqueIdentifier)) ?? hands.under
}
const takeParts = (answer: Item, hands: Hands): void => {
  const parts = findAll(answer, Tag.UniqueIdentifier).map((item) => textOf(item) ?? '')
  if (parts.length === 2) hands.parts = parts
}

function bytesOf(item: Item | undefined): Uint8Array | undefined {
  return item?.type === ItemType.ByteString ? Uint8Array.from(item.value) : undefined
}

const split = (
  name: string,
): string => `<ObjectType type="Enumeration" value="SplitKey"/>${id(name)}
  <SplitKeyParts type="Integer" value="2"/><SplitKeyThreshold type="Integer" value="2"/>
  <SplitKeyMethod type="Enumeration" value="XOR"/><Attributes>${OPEN}</Attributes>`

const decrypt = (name: string, by: string): string => `${id(name)}
  <CryptographicParameters>${by}</CryptographicParameters>
  <Data type="ByteString" value="57"/><IVCounterNonce type="ByteString" value="49"/>`

/** Every step that a sequence is made of, by its name. */
const STEPS: Readonly<Record<string, Step>> = {
  'get the key': { operation: 'Get', payload: id('$key') },
  'get what was made': { operation: 'Get', payload: id('$made') + NOT_WRAPPED },
  'export what was made': { operation: 'Export', payload: id('$made') },
  'wrap by the wrapper': {
    operation: 'Get',
    payload: id('$key') + under('$wrapper', mode('NISTKeyWrap')),
    take: takeWrapped,
  },
  'wrap by the wrapper, in CBC': {
    operation: 'Get',
    payload: id('$key') + under('$wrapper', mode('CBC')),
    take: takeWrapped,
  },
  'wrap by the trusted key': {
    operation: 'Get',
    payload: id('$key') + under('$trusted', mode('NISTKeyWrap')),
    take: takeWrapped,
  },
  'make it not sensitive': {
    operation: 'SetAttribute',
    payload: `${id('$key')}<NewAttribute><Sensitive type="Boolean" value="false"/></NewAttribute>`,
  },
  'negate its sensitivity': {
    operation: 'AdjustAttribute',
    payload: `${id('$key')}<AttributeReference type="Enumeration" value="Sensitive"/>
      <AdjustmentType type="Enumeration" value="Negate"/>`,
  },
  'create a wrapper': {
    operation: 'Create',
    payload: aes('WrapKey UnwrapKey', ACTIVE),
    take: takeWrapper,
  },
  'create a wrapper that decrypts': {
    operation: 'Create',
    payload: aes('WrapKey Decrypt', ACTIVE),
    take: takeWrapper,
  },
  'mark the wrapper': {
    operation: 'AddAttribute',
    payload: `${id('$wrapper')}<NewAttribute><Attribute>
      <VendorIdentification type="TextString" value="y"/>
      <AttributeName type="TextString" value="Wrapping Trust"/>
      <AttributeValue type="TextString" value="trusted"/></Attribute></NewAttribute>`,
  },
  'register what was wrapped': {
    operation: 'Register',
    payload: wrappedText('Encrypt Decrypt'),
    take: takeMade,
  },
  'import what was wrapped, unwrapped': {
    operation: 'Import',
    payload: `${id('$fresh')}${SYMMETRIC}${NOT_WRAPPED}${fromAttributes(wrappedText('Decrypt'))}`,
    take: takeMade,
  },
  'import over the key': {
    operation: 'Import',
    payload: `${id('$key')}${SYMMETRIC}<ReplaceExisting type="Boolean" value="true"/>
      ${fromAttributes(registerText('00'.repeat(BYTES), { attributes: OPEN }))}`,
  },
  'decrypt what was wrapped': {
    operation: 'Decrypt',
    payload: decrypt('$wrapper', mode('CBC', 'None')),
  },
  'decrypt it by the trusted key': {
    operation: 'Decrypt',
    payload: decrypt('$trusted', mode('ECB', 'None')),
  },
  'decrypt it by what was made': {
    operation: 'Decrypt',
    payload: decrypt('$made', mode('ECB', 'None')),
  },
  'replace the key': {
    operation: 'ReKey',
    payload: `${id('$key')}<Attributes>${OPEN}</Attributes>`,
    take: takeMade,
  },
  'derive from the key': {
    operation: 'DeriveKey',
    payload: `${SYMMETRIC}${id('$key')}<DerivationMethod type="Enumeration" value="HASH"/>
      <DerivationParameters><CryptographicParameters>
      <HashingAlgorithm type="Enumeration" value="SHA_256"/></CryptographicParameters>
      </DerivationParameters>${aes('Decrypt', OPEN + ACTIVE).slice(SYMMETRIC.length)}`,
    take: takeMade,
  },
  'split the key': { operation: 'CreateSplitKey', payload: split('$key'), take: takeParts },
  'split the trusted key': {
    operation: 'CreateSplitKey',
    payload: split('$trusted'),
    take: takeParts,
  },
  'get a part': { operation: 'Get', payload: id('$part0') },
  'join the parts': {
    operation: 'JoinSplitKey',
    payload: `${SYMMETRIC}${id('$part0')}${id('$part1')}
      <Attributes>${mask('WrapKey Decrypt')}${OPEN}${ACTIVE}</Attributes>`,
    take: takeMade,
  },
  'encrypt nothing by what was made': {
    operation: 'Encrypt',
    payload: `${id('$made')}<CryptographicParameters>${mode('ECB', 'None')}
      </CryptographicParameters><Data type="ByteString" value="${'00'.repeat(16)}"/>`,
  },
  'all attributes of the key': { operation: 'GetAttributes', payload: id('$key') },
}

export const STEP_NAMES = Object.keys(STEPS)

/** The operations whose answers hold more than identifiers. */
const TELLING = ['Get', 'Export', 'Decrypt', 'Encrypt', 'GetAttributes']

/** The steps whose answers may show something. */
export const SHOWING = Object.entries(STEPS).flatMap(([name, { operation }]) =>
  TELLING.includes(operation) ? [name] : [],
)

/** A client that has a sensitive key and wants to see it, on a server of its own. */
export class Attacker {
  readonly #bench: Bench
  readonly #secret: Uint8Array
  readonly #windows: readonly Buffer[]
  readonly #messages = new Map<string, Item>()
  readonly #start: Hands
  #count = 0
  #isWorn = false
  /** Answers that said Success. */
  successes = 0
  answers = 0

  private constructor(bench: Bench, secret: Uint8Array, start: Hands) {
    this.#bench = bench
    this.#secret = secret
    this.#start = start
    const bytes = Buffer.from(secret)
    this.#windows = Array.from({ length: BYTES - 15 }, (_, at) => bytes.subarray(at, at + 16))
  }

  /** @param trust - marks a key as whoever runs the server would */
  static async begin(
    bench: Bench,
    dice: Dice,
    trust: (identifier: string) => Promise<unknown>,
  ): Promise<Attacker> {
    const secret = Uint8Array.from({ length: BYTES }, () => dice.below(256))
    const nothing = { made: '', wrapper: '', parts: ['', ''], under: '' }
    const empty = { wrapped: new Uint8Array(BYTES), iv: new Uint8Array(16) }
    const made = await bench.ask(
      '2.1',
      'Create',
      aes('WrapKey UnwrapKey', ACTIVE + SENSITIVE + LOCKED),
    )
    const trusted = textOf(find(made.payload, Tag.UniqueIdentifier)) ?? ''
    await trust(trusted)
    const attacker = new Attacker(bench, secret, { key: '', trusted, ...nothing, ...empty })
    await attacker.#renew()
    return attacker
  }

  /**
   * Takes the steps of `beginning`, and behind them each of `ends` by itself.
   *
   * @returns the steps that showed a window of the key; undefined where none did
   */
  async try(
    beginning: readonly string[],
    ends: readonly string[] = [],
  ): Promise<readonly string[] | undefined> {
    if (this.#isWorn) await this.#renew()
    const hands = { ...this.#start }
    for (const [index, name] of beginning.entries()) {
      if (await this.#shows(name, hands)) return beginning.slice(0, index + 1)
      this.#isWorn ||= name === 'import over the key'
    }
    for (const name of ends) {
      if (await this.#shows(name, { ...hands })) return [...beginning, name]
    }
    return undefined
  }

  async #shows(name: string, hands: Hands): Promise<boolean> {
    const bytes = await this.#take(name, hands)
    return this.#windows.some((window) => bytes.includes(window))
  }

  /** Another key of the same bytes, where the last one is not what it was. */
  async #renew(): Promise<void> {
    const text = registerText(Buffer.from(this.#secret).toString('hex'), {
      mask: 'DeriveKey',
      attributes: SENSITIVE + ACTIVE,
    })
    const { payload } = await this.#bench.ask('2.1', 'Register', text)
    this.#start.key = textOf(find(payload, Tag.UniqueIdentifier)) ?? ''
    this.#isWorn = false
  }

  async #take(name: string, hands: Hands): Promise<Buffer> {
    const step = STEPS[name]
    if (step === undefined) throw new RangeError(name)
    const { operation, payload, take } = step
    const message = this.#messages.get(name) ?? messageOf('2.1', [{ operation, payload }], {})
    this.#messages.set(name, message)
    const item = filled(message, this.#words(hands), hands)
    const identity = { id: 'alice', name: 'alice', role: 'client' }
    const reply = await this.#bench.handler.handle(encode(item), { identity, connection: 'c-1' })
    const bytes = Buffer.from(reply?.bytes ?? new Uint8Array(0))
    this.answers += 1
    if (SUCCESS.some((success) => bytes.includes(success))) {
      this.successes += 1
      if (take !== undefined) take(decode(bytes), hands)
    }
    return bytes
  }

  #words(hands: Hands): Readonly<Record<string, string>> {
    this.#count += 1
    const [part0 = '', part1 = ''] = hands.parts
    const { key, trusted, made, wrapper, under: wrapping } = hands
    const fresh = `fresh-${this.#count}`
    return {
      ...{ $key: key, $trusted: trusted, $made: made, $wrapper: wrapper, $under: wrapping },
      ...{ $part0: part0, $part1: part1, $fresh: fresh },
    }
  }
}

/** Result Status Success, as it is encoded. */
const SUCCESS = [Buffer.from('42007f05000000040000000000000000', 'hex')]

/** The message with what is in the client's hands where its words stand. */
function filled(item: Item, words: Readonly<Record<string, string>>, hands: Hands): Item {
  if (item.type === ItemType.Structure) {
    return { ...item, value: item.value.map((child) => filled(child, words, hands)) }
  }
  if (item.type === ItemType.TextString && item.value[0] === 0x24) {
    const word = words[new TextDecoder().decode(item.value)] ?? ''
    return { ...item, value: new TextEncoder().encode(word) }
  }
  if (item.type === ItemType.ByteString && item.value.length === 1) {
    if (item.value[0] === 0x57) return { ...item, value: Uint8Array.from(hands.wrapped) }
    if (item.value[0] === 0x49) return { ...item, value: Uint8Array.from(hands.iv) }
  }
  return item
}
