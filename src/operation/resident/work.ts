import { KmipFault } from '../../fault/fault.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import type { Secret } from '../../secret/secret.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import type { CryptographicParameters } from '../../spec/structure/cryptographic-parameters.ts'
import type { OperationContext } from '../context.ts'
import { cipherRequest, madeIv, type CipherWishes } from '../shared/cipher.ts'
import { parametersFor } from '../shared/key-material.ts'
import { checkAlgorithm, digestParameters } from '../shared/signing.ts'
import { gathered } from '../shared/work.ts'
import type { Outcome, Part, Work } from '../streams.ts'
import { mechanismMissing } from './refusal.ts'
import { ResidentKey } from './resident-key.ts'

/** What a request wants of a key, for one that is in the token. */
export type ResidentTask =
  | ({ readonly use: 'encrypt' } & CipherTask)
  | ({ readonly use: 'decrypt'; readonly tag: Uint8Array | undefined } & CipherTask)
  | {
      readonly use: 'sign'
      readonly parameters: CryptographicParameters | undefined
      readonly digestedData: Uint8Array | undefined
    }
  | {
      readonly use: 'mac' | 'verifyMac'
      readonly parameters: CryptographicParameters | undefined
    }

/** As the fields of a request have it. */
interface CipherTask {
  readonly parameters: CryptographicParameters | undefined
  readonly iv: Uint8Array | undefined
  readonly associated: Uint8Array | undefined
}

/**
 * The use of a key in the token, as a piece of work by parts: all data is kept until the end, but for signatures, whose
 * data is digested here. Throws what the parameters are refused with.
 */
export function residentWork(
  object: ManagedObject,
  task: ResidentTask,
  context: OperationContext,
): Work {
  const key = new ResidentKey(object, context)
  switch (task.use) {
    case 'encrypt':
      return encryption(object, key, { task, context })
    case 'decrypt':
      return decryption(object, key, { task, context })
    case 'sign':
      return signing(object, key, { task, context })
    case 'mac':
    case 'verifyMac':
      return authentication(object, key, task)
  }
}

interface Order<U extends ResidentTask['use']> {
  readonly task: Extract<ResidentTask, { use: U }>
  readonly context: OperationContext
}

function wishesOf(object: ManagedObject, { parameters, iv, associated }: CipherTask): CipherWishes {
  return { parameters: parametersFor(parameters, object, 'cipher'), iv, associated }
}

function encryption(
  object: ManagedObject,
  key: ResidentKey,
  { task, context }: Order<'encrypt'>,
): Work {
  if (object.objectType !== ObjectType.SymmetricKey) throw wrongType()
  const wishes = wishesOf(object, task)
  const iv = madeIv(object, wishes, context)
  const cipher = cipherRequest(object, { ...wishes, iv: wishes.iv ?? iv }, context)
  return new GatheringWork(async (all) => key.encrypt(cipher, all), iv === undefined ? {} : { iv })
}

function decryption(
  object: ManagedObject,
  key: ResidentKey,
  { task, context }: Order<'decrypt'>,
): Work {
  if (object.objectType === ObjectType.PrivateKey) {
    const parameters = parametersFor(task.parameters, object, 'keyEncryption')
    return new GatheringWork(async (all) => ({ data: await key.decryptByPrivate(parameters, all) }))
  }
  const cipher = cipherRequest(object, wishesOf(object, task), context)
  return new GatheringWork(async (all) => ({ data: await key.decrypt(cipher, all, task.tag) }))
}

function signing(object: ManagedObject, key: ResidentKey, { task, context }: Order<'sign'>): Work {
  if (object.objectType !== ObjectType.PrivateKey) throw wrongType()
  const { hashes, signatures } = context.crypto
  const { digestedData } = task
  const asked = parametersFor(task.parameters, object, 'signature')
  checkAlgorithm(key, asked)
  const parameters =
    digestedData === undefined
      ? asked
      : digestParameters(asked, digestedData.length, context.crypto)
  const scheme = signatures.schemeOf(key, parameters)
  if (scheme.kind === 'EdDSA') throw mechanismMissing()
  if (digestedData === undefined) {
    const hash = hashes.begin(scheme.hash)
    return {
      gathers: false,
      take({ data }) {
        if (data !== undefined) hash.update(data)
        return {}
      },
      finish: () => {
        const digest = hash.finish()
        return { rest: once(async () => ({ proof: await key.sign({ scheme, digest }) })) }
      },
      destroy: () => undefined,
    }
  }
  if (digestedData.length !== hashes.size(scheme.hash)) {
    throw new KmipFault(
      'INVALID_FIELD',
      'The Digested Data has not the length of the Hashing Algorithm',
    )
  }
  return new GatheringWork(async () => ({
    proof: await key.sign({ scheme, digest: digestedData }),
  }))
}

function authentication(
  object: ManagedObject,
  key: ResidentKey,
  { use, parameters: asked }: Extract<ResidentTask, { use: 'mac' | 'verifyMac' }>,
): Work {
  if (object.objectType !== ObjectType.SymmetricKey) throw wrongType()
  const parameters = parametersFor(asked, object, 'mac')
  if (use === 'mac') {
    return new GatheringWork(async (all) => ({ proof: await key.mac(parameters, all) }))
  }
  return new CheckingWork(async (all, mac) => ({
    isValid: await key.isMacOf(mac, parameters, all),
  }))
}

/** Keeps all data until the end, and has it worked on then. */
class GatheringWork implements Work {
  readonly gathers = true
  readonly #perform: (all: Secret) => Promise<Outcome>
  #first: Outcome
  #parts: Secret[] = []

  /** @param first - what is told with the first part */
  constructor(perform: (all: Secret) => Promise<Outcome>, first: Outcome = {}) {
    this.#perform = perform
    this.#first = first
  }

  take({ data }: Part): Outcome {
    if (data !== undefined) this.#parts.push(data.clone())
    const told = this.#first
    this.#first = {}
    return told
  }

  finish(): Outcome {
    const all = gathered(this.#parts)
    const work = async (): Promise<Outcome> => {
      try {
        return await this.#perform(all)
      } finally {
        all.destroy()
      }
    }
    return { rest: once(work) }
  }

  destroy(): void {
    for (const part of this.#parts) part.destroy()
    this.#parts = []
  }
}

/** The same for a check of something that may come with any part, once. */
class CheckingWork extends GatheringWork {
  #proof: Uint8Array | undefined

  constructor(check: (all: Secret, proof: Uint8Array) => Promise<Outcome>) {
    super(async (all) => check(all, this.#proof ?? new Uint8Array(0)))
  }

  override take(part: Part): Outcome {
    if (part.proof !== undefined && this.#proof !== undefined) {
      throw new KmipFault('INVALID_FIELD', 'What is to be verified came before')
    }
    this.#proof ??= part.proof
    return super.take(part)
  }

  override finish(): Outcome {
    if (this.#proof === undefined) {
      throw new KmipFault('MISSING_FIELD', 'What is to be verified is missing')
    }
    return super.finish()
  }
}

/** A batch item may be tried anew: what it has had done is not done again. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return async () => (result ??= work())
}

function wrongType(): KmipFault {
  return new KmipFault('WRONG_OBJECT_TYPE', 'An object of this type is no key for this operation')
}
