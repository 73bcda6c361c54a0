import { AttributeSet, type AttributeEntry } from '../model/attribute-set.ts'
import { destroyContent } from '../model/content.ts'
import type { KeyBlock } from '../model/key-block.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import type { Sealer } from '../port/sealer.ts'
import { Secret } from '../secret/secret.ts'
import { CryptographicAlgorithm } from '../spec/enum/cryptographic-algorithm.ts'
import { HashingAlgorithm } from '../spec/enum/hashing-algorithm.ts'
import { KeyFormatType } from '../spec/enum/key-format-type.ts'
import { NameType } from '../spec/enum/name-type.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { State } from '../spec/enum/state.ts'
import { openObject, sealObject } from './object-record.ts'

/**
 * A record of nothing, which is opened where there is no record: that another tenant has an object must not be seen by
 * the time that opening it takes.
 */
export class Decoy {
  readonly #sealer: Sealer
  #value: Uint8Array | undefined

  constructor(sealer: Sealer) {
    this.#sealer = sealer
  }

  open(): void {
    this.#value ??= this.#make()
    try {
      const { object } = openObject(this.#sealer, PLACE, { ...ENTRY, value: this.#value })
      if (object.content !== undefined) destroyContent(object.content)
    } catch {
      // The key that it was sealed under is gone: the next is sealed under a newer one.
      this.#value = undefined
    }
  }

  #make(): Uint8Array {
    const keyBlock: KeyBlock = {
      keyFormatType: KeyFormatType.Raw,
      keyValue: { form: 'bytes', material: Secret.copyOf(new Uint8Array(32)), attributes: [] },
      cryptographicAlgorithm: CryptographicAlgorithm.AES,
      cryptographicLength: 256,
    }
    const object: ManagedObject = {
      uniqueIdentifier: PLACE,
      objectType: ObjectType.SymmetricKey,
      owner: PLACE,
      attributes: AttributeSet.from(ENTRIES),
      content: { objectType: ObjectType.SymmetricKey, keyBlock },
    }
    return sealObject(this.#sealer, { object, place: PLACE, sequence: 1n }, 1)
  }
}

/** As long as the identifiers that the server makes. */
const PLACE = 'decoy-00-0000-0000-0000-000000000000'
const ENTRY = { key: new Uint8Array(0), revision: 0n }

/** What keys usually have. */
const ENTRIES: readonly AttributeEntry[] = [
  { reference: { name: 'UniqueIdentifier' }, value: PLACE },
  { reference: { name: 'ObjectType' }, value: ObjectType.SymmetricKey },
  {
    reference: { name: 'Name' },
    value: { nameValue: PLACE, nameType: NameType.UninterpretedTextString },
  },
  { reference: { name: 'CryptographicAlgorithm' }, value: CryptographicAlgorithm.AES },
  { reference: { name: 'CryptographicLength' }, value: 256 },
  { reference: { name: 'CryptographicUsageMask' }, value: 12 },
  {
    reference: { name: 'Digest' },
    value: {
      hashingAlgorithm: HashingAlgorithm.SHA_256,
      digestValue: new Uint8Array(32),
      keyFormatType: KeyFormatType.Raw,
    },
  },
  { reference: { name: 'State' }, value: State.Active },
  { reference: { name: 'InitialDate' }, value: 1 },
  { reference: { name: 'ActivationDate' }, value: 1 },
  { reference: { name: 'LastChangeDate' }, value: 1 },
  { reference: { name: 'OriginalCreationDate' }, value: 1 },
  { reference: { name: 'LeaseTime' }, value: 3_600 },
  { reference: { name: 'Sensitive' }, value: false },
  { reference: { name: 'AlwaysSensitive' }, value: false },
  { reference: { name: 'Extractable' }, value: true },
  { reference: { name: 'NeverExtractable' }, value: false },
  { reference: { name: 'Fresh' }, value: true },
]
