import { isAbsolute } from 'node:path'
import { KmipFault } from '../../fault/fault.ts'
import { isCredentialName, type SecretSource } from '../secret-source.ts'

/** Which token, as people name it. */
export interface TokenPlace {
  /** Path of the vendor's library. */
  readonly module: string
  /** What a library is told when it begins, for those that want to be told something. */
  readonly moduleParameters?: string | undefined
  /** Identifier of the slot, or else the label of the token. */
  readonly slot?: number | undefined
  readonly label?: string | undefined
}

/** What the token does with the root key; the hash of OAEP is also that of its mask. */
export type RootMechanism = 'aes-gcm' | 'rsa-oaep-sha1' | 'rsa-oaep-sha256'

/** How a root key in a token is found and used. Public: it lies beside the store as JSON. */
export interface TokenRootParameters extends TokenPlace {
  /** `CKA_ID` of the key, in lower-case hex. */
  readonly keyId: string
  readonly mechanism: RootMechanism
  /** Whether the token says of the keys that it made that it made them (`CKA_LOCAL`): some never do. */
  readonly isLocal: boolean
  /** Where the PIN is; without it every command is told. */
  readonly pin?: RecordedPin | undefined
  /** The key that RSA carries, in base64. */
  readonly carried?: string | undefined
}

/** Where a PIN is that is read again: descriptors are gone with the process that had them. */
export type RecordedPin = Exclude<SecretSource, { readonly kind: 'descriptor' }>

/** Reads parameters from parsed JSON. Throws `UNAVAILABLE` when they are not there whole. */
export function readTokenParameters(value: unknown): TokenRootParameters {
  const given = recordOf(value)
  const { keyId, isLocal } = given
  const mechanism = MECHANISMS.find((each) => each === given['mechanism'])
  if (mechanism === undefined || typeof isLocal !== 'boolean') throw damaged()
  if (typeof keyId !== 'string' || !/^(?:[0-9a-f]{2}){1,255}$/.test(keyId)) throw damaged()
  const carried = optional(given['carried'], isText)
  if ((carried === undefined) !== (mechanism === 'aes-gcm')) throw damaged()
  const pin = given['pin'] === undefined ? undefined : readPinPlace(recordOf(given['pin']))
  return { ...readPlace(given), keyId, mechanism, isLocal, pin, carried }
}

function readPlace(given: Given): TokenPlace {
  const { module } = given
  if (!isText(module) || !isAbsolute(module)) throw damaged()
  const slot = optional(given['slot'], isSlot)
  const label = optional(given['label'], isText)
  if ((slot === undefined) === (label === undefined)) throw damaged()
  return { module, slot, label, moduleParameters: optional(given['moduleParameters'], isText) }
}

function readPinPlace({ kind, path, name }: Given): RecordedPin {
  if (kind === 'file' && isText(path)) return { kind, path }
  if (kind === 'credential' && isText(name) && isCredentialName(name)) return { kind, name }
  throw damaged()
}

type Given = Readonly<Record<string, unknown>>

function recordOf(value: unknown): Given {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw damaged()
  return Object.fromEntries(Object.entries(value))
}

function optional<T>(value: unknown, is: (value: unknown) => value is T): T | undefined {
  if (value === undefined || is(value)) return value
  throw damaged()
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= LONGEST
}

function isSlot(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function damaged(): KmipFault {
  return new KmipFault('UNAVAILABLE', 'The parameters of the root key in the token are damaged')
}

const MECHANISMS: readonly RootMechanism[] = ['aes-gcm', 'rsa-oaep-sha1', 'rsa-oaep-sha256']
const LONGEST = 4_096
