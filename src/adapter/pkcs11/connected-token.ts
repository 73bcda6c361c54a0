import {
  TokenRefusal,
  type Token,
  type TokenAnswer,
  type TokenAttribute,
  type TokenMechanism,
  type TokenMechanismRow,
  type TokenObject,
  type TokenTask,
} from '../../port/token.ts'
import { PKCS_11ReturnCode as RC } from '../../spec/enum/pkcs-11-return-code.ts'
import { CRYPTOKI_ATTRIBUTES as CKA } from '../../spec/pkcs11/attribute.ts'
import type { LibraryCall, LibraryResult } from './child.ts'
import type { Connection, TokenSettings } from './connection.ts'
import { HandleCache } from './handle-cache.ts'
import { bindingMechanism, bindingTemplate, numberOf, valueOf } from './value.ts'

/** Pairs of keys take so many times as long as anything else. */
const PAIR = 12
/** Bytes that may come out beyond those that went in: a signature, a block, a tag. */
const SLACK = 2_048
/** Objects whose attributes are read in one go. */
const CHUNK = 200

type CallsOf = (session: Uint8Array) => readonly LibraryCall[]

/** The token by way of whatever connection there is. */
export class ConnectedToken implements Token {
  readonly mechanisms: readonly TokenMechanismRow[]
  readonly #connection: () => Promise<Connection>
  readonly #close: () => void
  readonly #settings: TokenSettings
  readonly #handles = new HandleCache()

  constructor(
    first: Connection,
    settings: TokenSettings,
    keeper: { connection(): Promise<Connection>; close(): void },
  ) {
    this.mechanisms = first.mechanisms
    this.#settings = settings
    this.#connection = async () => keeper.connection()
    this.#close = () => {
      keeper.close()
    }
  }

  async find(template: readonly TokenAttribute[], most: number): Promise<readonly TokenObject[]> {
    const connection = await this.#connection()
    const handles = await this.#search(connection, template, most)
    const found: TokenObject[] = []
    for (let start = 0; start < handles.length; start += CHUNK) {
      found.push(...(await described(connection, handles.slice(start, start + CHUNK))))
    }
    return found
  }

  async count(template: readonly TokenAttribute[], most: number): Promise<number> {
    return (await this.#search(await this.#connection(), template, most)).length
  }

  async read(object: TokenObject, types: readonly number[]): Promise<readonly TokenAnswer[]> {
    return this.#withHandle(object, async (handle, { pool }) => {
      const results = await pool.use(
        (session) => types.map((type) => ['C_GetAttributeValue', session, handle, [{ type }]]),
        { each: true },
      )
      checkHandle(results)
      return types.map((type, index) => answerOf(type, results[index]))
    })
  }

  async generate(mechanism: TokenMechanism, template: readonly TokenAttribute[]): Promise<void> {
    const wanted = bindingTemplate(template)
    await this.#done((session) => [['C_GenerateKey', session, bindingMechanism(mechanism), wanted]])
  }

  async generatePair(
    mechanism: TokenMechanism,
    ofPublic: readonly TokenAttribute[],
    ofPrivate: readonly TokenAttribute[],
  ): Promise<void> {
    const templates = [bindingTemplate(ofPublic), bindingTemplate(ofPrivate)]
    await this.#done(
      (session) => [['C_GenerateKeyPair', session, bindingMechanism(mechanism), ...templates]],
      this.#settings.deadlineMs * PAIR,
    )
  }

  async create(template: readonly TokenAttribute[]): Promise<void> {
    const wanted = bindingTemplate(template)
    await this.#done((session) => [['C_CreateObject', session, wanted]])
  }

  async destroy(object: TokenObject): Promise<void> {
    await this.#withHandle(object, async (handle, { pool }) => {
      succeeded(await pool.use((session) => [['C_DestroyObject', session, handle]]))
    })
    this.#handles.forget(object)
  }

  async perform(task: TokenTask): Promise<Uint8Array> {
    const { key } = task
    if (key === undefined) return this.#perform(task, await this.#connection())
    return this.#withHandle(key, async (handle, connection) =>
      this.#perform(task, connection, handle),
    )
  }

  async random(length: number): Promise<Uint8Array> {
    const result = await this.#done((session) => [['C_GenerateRandom', session, { room: length }]])
    return bytesOf(result)
  }

  async close(): Promise<void> {
    this.#close()
    return Promise.resolve()
  }

  async #perform(
    { use, mechanism, data, proof }: TokenTask,
    { pool }: Connection,
    handle?: Uint8Array,
  ): Promise<Uint8Array> {
    const name = `C_${use.charAt(0).toUpperCase()}${use.slice(1)}`
    const wanted = bindingMechanism(mechanism)
    return data.expose(async (bytes) => {
      const into = proof ?? { room: bytes.length + SLACK }
      const results = await pool.use((session) => [
        handle === undefined
          ? [`${name}Init`, session, wanted]
          : [`${name}Init`, session, wanted, handle],
        [name, session, bytes, into],
      ])
      const result = succeeded(results)
      if (use !== 'verify') return bytesOf(result)
      if (result.value !== true) throw new TokenRefusal(RC.SIGNATURE_INVALID)
      return new Uint8Array(0)
    })
  }

  async #done(callsOf: CallsOf, deadline = this.#settings.deadlineMs): Promise<LibraryResult> {
    const { pool } = await this.#connection()
    return succeeded(await pool.use(callsOf, { deadline }))
  }

  async #search(
    { pool }: Connection,
    template: readonly TokenAttribute[],
    most: number,
  ): Promise<readonly Uint8Array[]> {
    const wanted = bindingTemplate(template)
    const results = await pool.use((session) => [
      ['C_FindObjectsInit', session, wanted],
      ['C_FindObjects', session, most],
      ['C_FindObjectsFinal', session],
    ])
    succeeded(results)
    const found = results[1]?.value
    return Array.isArray(found) ? found.filter((each) => each instanceof Uint8Array) : []
  }

  /** A handle that is not good any more is looked for anew, once. */
  async #withHandle<R>(
    object: TokenObject,
    use: (handle: Uint8Array, connection: Connection) => Promise<R>,
  ): Promise<R> {
    const connection = await this.#connection()
    const known = this.#handles.find(connection, object)
    if (known !== undefined) {
      try {
        return await use(known, connection)
      } catch (error) {
        if (!(error instanceof TokenRefusal) || !STALE.includes(error.returnCode)) throw error
        this.#handles.forget(object)
      }
    }
    const [handle] = await this.#search(connection, templateOf(object), 1)
    if (handle === undefined) throw new TokenRefusal(RC.OBJECT_HANDLE_INVALID)
    this.#handles.keep(connection, object, handle)
    return use(handle, connection)
  }
}

const STALE: readonly number[] = [RC.OBJECT_HANDLE_INVALID, RC.KEY_HANDLE_INVALID]
const KNOWN_BY = [CKA.CLASS[0], CKA.LABEL[0], CKA.ID[0]]

function templateOf({ objectClass, label, id }: TokenObject): readonly TokenAttribute[] {
  return [
    { type: CKA.CLASS[0], value: objectClass },
    { type: CKA.LABEL[0], value: label },
    { type: CKA.ID[0], value: id },
  ]
}

/** What objects are known by; those that lack any of it are left out. */
async function described(
  { pool }: Connection,
  handles: readonly Uint8Array[],
): Promise<readonly TokenObject[]> {
  const results = await pool.use(
    (session) =>
      handles.flatMap((handle) =>
        KNOWN_BY.map((type) => ['C_GetAttributeValue', session, handle, [{ type }]] as const),
      ),
    { each: true },
  )
  return handles.flatMap((_, index) => {
    const [objectClass, label, id] = results
      .slice(index * KNOWN_BY.length, (index + 1) * KNOWN_BY.length)
      .map(attributeBytes)
    if (objectClass === undefined || label === undefined || id === undefined) return []
    return [{ objectClass: numberOf(objectClass), label, id }]
  })
}

function answerOf(type: number, result: LibraryResult | undefined): TokenAnswer {
  if (result?.code !== undefined) return { returnCode: result.code }
  const bytes = attributeBytes(result)
  return bytes === undefined
    ? { returnCode: RC.ATTRIBUTE_TYPE_INVALID }
    : { value: valueOf(type, bytes) }
}

function attributeBytes(result: LibraryResult | undefined): Uint8Array | undefined {
  const list: readonly unknown[] = Array.isArray(result?.value) ? result.value : []
  const [first] = list
  if (typeof first !== 'object' || first === null || !('value' in first)) return undefined
  return first.value instanceof Uint8Array ? first.value : undefined
}

/** Reading goes on behind a refusal; one of the handle is one of everything. */
function checkHandle(results: readonly LibraryResult[]): void {
  const stale = results.find(({ code }) => code !== undefined && STALE.includes(code))
  if (stale?.code !== undefined) throw new TokenRefusal(stale.code)
}

/** The last result. Throws `TokenRefusal` for the first that is one. */
function succeeded(results: readonly LibraryResult[]): LibraryResult {
  const refused = results.find(({ code }) => code !== undefined)
  if (refused?.code !== undefined) throw new TokenRefusal(refused.code)
  return results.at(-1) ?? {}
}

function bytesOf({ value }: LibraryResult): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TokenRefusal(RC.GENERAL_ERROR)
  const copy = Uint8Array.from(value)
  value.fill(0)
  return copy
}
