import {
  TokenRefusal,
  type Token,
  type TokenAnswer,
  type TokenAttribute,
  type TokenMechanism,
  type TokenMechanismRow,
  type TokenObject,
  type TokenTask,
  type TokenValue,
} from '../../../src/port/token.ts'
import { PKCS_11ReturnCode as RC } from '../../../src/spec/enum/pkcs-11-return-code.ts'
import {
  CRYPTOKI_ATTRIBUTES as CKA,
  type CryptokiAttributeName,
} from '../../../src/spec/pkcs11/attribute.ts'
import { ObjectClass } from '../../../src/spec/pkcs11/constant.ts'

class FakeObject {
  readonly attributes: readonly TokenAttribute[]

  constructor(attributes: readonly TokenAttribute[]) {
    this.attributes = attributes
  }

  value(type: number): TokenValue | undefined {
    return this.attributes.find((each) => each.type === type)?.value
  }

  flag(name: CryptokiAttributeName): TokenValue | undefined {
    return this.value(CKA[name][0])
  }

  text(name: CryptokiAttributeName): string {
    return Buffer.from(bytesOf(this.value(CKA[name][0]))).toString()
  }

  get identity(): TokenObject {
    return {
      objectClass: Number(this.value(CKA.CLASS[0])),
      label: bytesOf(this.value(CKA.LABEL[0])),
      id: bytesOf(this.value(CKA.ID[0])),
    }
  }
}

/** A token without cryptography, which remembers what it was asked. */
export class FakeToken implements Token {
  mechanisms: readonly TokenMechanismRow[] = [
    { type: 0x1080, sizes: [16, 32], flags: 0x8000 },
    { type: 0x1081, sizes: [16, 32], flags: 0x300 },
    { type: 0x1, sizes: [1_024, 4_096], flags: 0x300 },
    { type: 0x0, sizes: [1_024, 4_096], flags: 0x1_0000 },
    // One that nobody here knows.
    { type: 0x8000_0000, sizes: [1, 1], flags: 0x300 },
  ]
  objects: readonly FakeObject[] = []
  /** Types of attributes that were asked for. */
  readonly asked: number[] = []
  /** What was done, and with how many bytes. */
  readonly worked: string[] = []
  fault: Error | undefined

  /** An object of somebody else who uses the token. */
  plant(attributes: Readonly<Partial<Record<CryptokiAttributeName, string | number>>>): void {
    const list = Object.entries(attributes).map(([name, value]) => ({
      type: Object.entries(CKA).find(([each]) => each === name)?.[1][0] ?? 0,
      value: typeof value === 'string' ? new TextEncoder().encode(value) : value,
    }))
    this.objects = [...this.objects, new FakeObject(list)]
  }

  async find(template: readonly TokenAttribute[], most: number): Promise<readonly TokenObject[]> {
    this.#check()
    return Promise.resolve(
      this.#matching(template)
        .slice(0, most)
        .map(({ identity }) => identity),
    )
  }

  async count(template: readonly TokenAttribute[], most: number): Promise<number> {
    this.#check()
    return Promise.resolve(Math.min(this.#matching(template).length, most))
  }

  async read(object: TokenObject, types: readonly number[]): Promise<readonly TokenAnswer[]> {
    this.#check()
    this.asked.push(...types)
    const found = this.#find(object)
    return Promise.resolve(
      types.map((type) => {
        const value = found.value(type)
        return value === undefined ? { returnCode: RC.ATTRIBUTE_TYPE_INVALID } : { value }
      }),
    )
  }

  async generate(_: TokenMechanism, template: readonly TokenAttribute[]): Promise<void> {
    this.#check()
    const value = new TextEncoder().encode('made in the token')
    this.#add([...template, { type: CKA.VALUE[0], value }], ObjectClass.SecretKey)
    return Promise.resolve()
  }

  async generatePair(
    _: TokenMechanism,
    ofPublic: readonly TokenAttribute[],
    ofPrivate: readonly TokenAttribute[],
  ): Promise<void> {
    this.#check()
    this.#add(ofPublic, ObjectClass.PublicKey)
    this.#add(ofPrivate, ObjectClass.PrivateKey)
    return Promise.resolve()
  }

  async create(template: readonly TokenAttribute[]): Promise<void> {
    this.#check()
    this.objects = [...this.objects, new FakeObject(template.map(copied))]
    return Promise.resolve()
  }

  async destroy(object: TokenObject): Promise<void> {
    this.#check()
    const found = this.#find(object)
    this.objects = this.objects.filter((each) => each !== found)
    return Promise.resolve()
  }

  async perform({ use, key, data }: TokenTask): Promise<Uint8Array> {
    this.#check()
    if (key !== undefined) this.#find(key)
    this.worked.push(`${use} ${data.length}`)
    return Promise.resolve(data.expose((bytes) => bytes.map((byte) => byte ^ 0xff)))
  }

  async random(length: number): Promise<Uint8Array> {
    this.#check()
    return Promise.resolve(new Uint8Array(length).fill(4))
  }

  async close(): Promise<void> {
    return Promise.resolve()
  }

  #check(): void {
    if (this.fault !== undefined) throw this.fault
  }

  #add(template: readonly TokenAttribute[], objectClass: number): void {
    const attributes = [...template.map(copied), { type: CKA.CLASS[0], value: objectClass }]
    this.objects = [...this.objects, new FakeObject(attributes)]
  }

  #matching(template: readonly TokenAttribute[]): readonly FakeObject[] {
    return this.objects.filter((object) =>
      template.every(({ type, value }) => isSame(object.value(type), value)),
    )
  }

  #find(wanted: TokenObject): FakeObject {
    const found = this.objects.find(
      ({ identity }) => JSON.stringify(identity) === JSON.stringify(wanted),
    )
    if (found === undefined) throw new TokenRefusal(RC.OBJECT_HANDLE_INVALID)
    return found
  }
}

/** Whoever asked may zero what it was. */
function copied({ type, value }: TokenAttribute): TokenAttribute {
  return { type, value: value instanceof Uint8Array ? Uint8Array.from(value) : value }
}

function bytesOf(value: TokenValue | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array(0)
}

function isSame(left: TokenValue | undefined, right: TokenValue): boolean {
  if (!(left instanceof Uint8Array) || !(right instanceof Uint8Array)) return left === right
  return Buffer.from(left).equals(right)
}
