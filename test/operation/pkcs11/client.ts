import { membersOf } from '../../../src/schema/enumeration.ts'
import { PKCS_11ReturnCode } from '../../../src/spec/enum/pkcs-11-return-code.ts'
import { Tag } from '../../../src/spec/tag.ts'
import { ItemType } from '../../../src/ttlv/item.ts'
import { find, type AnswerItem, type Bench } from '../harness.ts'

/** What a function came back with. */
export interface Called {
  /** Name of the return code; of a refusal of KMIP's there is none. */
  readonly code: string | undefined
  readonly output: Buffer
  readonly item: AnswerItem
}

/** A CK_ULONG, eight bytes with the most significant first (KMIP Profiles 2.1 section 5.18.1). */
export function ulong(value: number | bigint): string {
  return BigInt.asUintN(64, BigInt(value)).toString(16).padStart(16, '0')
}

/** A count or a length, in four bytes. */
export function count(value: number): string {
  return value.toString(16).padStart(8, '0')
}

/** A byte array behind its length. */
export function array(value: Uint8Array | string): string {
  const hex = Buffer.from(value).toString('hex')
  return count(hex.length / 2) + hex
}

/** A buffer for so many bytes, or none. */
export function buffer(room: number | undefined): string {
  return room === undefined ? '00' + count(0) : '01' + count(room)
}

/** An attribute of bytes, and one of a number or flag, the length of which its kind says. */
export function bytesAttribute(type: number, value: Uint8Array | string): string {
  return ulong(type) + '0101' + array(value)
}
export function fixedAttribute(type: number, hex: string): string {
  return ulong(type) + '0101' + hex
}

export function template(...attributes: readonly string[]): string {
  return count(attributes.length) + attributes.join('')
}

export function mechanism(type: number, parameter?: string): string {
  if (parameter === undefined) return ulong(type) + '00'
  return ulong(type) + '01' + count(parameter.length / 2) + parameter
}

const codes = membersOf(PKCS_11ReturnCode)

/** A client of the PKCS#11 operation, over a bench. */
export class Pkcs11Client {
  readonly bench: Bench
  readonly name: string
  correlation: string | undefined

  constructor(bench: Bench, name = 'alice') {
    this.bench = bench
    this.name = name
  }

  /** An initialised client. */
  static async begin(bench: Bench, name = 'alice'): Promise<Pkcs11Client> {
    const client = new Pkcs11Client(bench, name)
    const { item } = await client.call('C_Initialize', '01')
    const value = find(item.payload, Tag.CorrelationValue)
    if (value?.type !== ItemType.ByteString) throw new TypeError('no Correlation Value')
    client.correlation = Buffer.from(value.value).toString('hex')
    return client
  }

  /** The handle of a new session that may write. */
  async session(flags = 6): Promise<string> {
    return (await this.call('C_OpenSession', ulong(1) + ulong(flags))).output.toString('hex')
  }

  async call(name: string, input = '', version = '2.1'): Promise<Called> {
    const correlation =
      this.correlation === undefined
        ? ''
        : `<CorrelationValue type="ByteString" value="${this.correlation}"/>`
    const parameters =
      input === '' ? '' : `<PKCS_11InputParameters type="ByteString" value="${input}"/>`
    const item = await this.bench.ask(
      version,
      'PKCS_11',
      `<PKCS_11Function type="Enumeration" value="${name}"/>${correlation}${parameters}`,
      this.name,
    )
    const code = find(item.payload, Tag.PKCS_11ReturnCode)
    const output = find(item.payload, Tag.PKCS_11OutputParameters)
    return {
      code: code?.type === ItemType.Enumeration ? codes.nameOf(code.value) : undefined,
      output: output?.type === ItemType.ByteString ? Buffer.from(output.value) : Buffer.alloc(0),
      item,
    }
  }

  /** The same for several functions one after another; gives the last, and the codes of all. */
  async codesOf(...calls: readonly (readonly [string, string])[]): Promise<(string | undefined)[]> {
    const all: (string | undefined)[] = []
    for (const [name, input] of calls) all.push((await this.call(name, input)).code)
    return all
  }

  /** The bytes that went into a buffer of the caller. */
  async into(name: string, input: string): Promise<Buffer> {
    const { code, output } = await this.call(name, input)
    if (code !== 'OK' || output[0] !== 1) throw new TypeError(`${name} gave ${code}`)
    return output.subarray(5)
  }

  /** The handle of a new AES key. */
  async aesKey(session: string, bytes = 32, ...more: readonly string[]): Promise<string> {
    const wanted = template(fixedAttribute(0x161, ulong(bytes)), ...more)
    const { code, output } = await this.call('C_GenerateKey', session + mechanism(0x1080) + wanted)
    if (code !== 'OK') throw new TypeError(`C_GenerateKey gave ${code}`)
    return output.toString('hex')
  }

  /** The value of one attribute of bytes, and the return code. */
  async attribute(session: string, object: string, type: number, room = 4_096) {
    const wanted = template(ulong(type) + '0101' + count(room))
    const { code, output } = await this.call('C_GetAttributeValue', session + object + wanted)
    return { code, value: output.subarray(4 + 10 + 4), flags: output.subarray(12, 14) }
  }
}
