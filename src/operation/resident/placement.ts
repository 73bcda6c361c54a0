import type { FaultCode } from '../../fault/fault-code.ts'
import { KmipFault } from '../../fault/fault.ts'
import type { AttributeEntry } from '../../model/attribute-set.ts'
import { canReside, checkHidden, wantedStorage, type Storage } from '../../model/residence.ts'
import type { ObjectType } from '../../spec/enum/object-type.ts'
import { ProtectionStorageMask } from '../../spec/mask/protection-storage-mask.ts'
import type { ProtectionStorageMasks } from '../../spec/structure/protection-storage-masks.ts'
import type { Services } from '../context.ts'

type Place = Pick<Services, 'hsm' | 'policy'>

const { Software, Hardware } = ProtectionStorageMask

/** Where this server keeps objects (KMIP 2.1 section 12.2). */
export function offeredStorage(place: Place): readonly number[] {
  return offersToken(place) ? [Software, Hardware] : [Software]
}

function offersToken({ hsm, policy }: Place): boolean {
  return hsm !== undefined && policy.residentKeys !== 'never'
}

/** What a request says of the place of a key. */
export interface PlaceWish {
  readonly objectType: ObjectType
  readonly masks: ProtectionStorageMasks | undefined
  readonly entries: readonly AttributeEntry[]
  /** Those of the request, where the others are taken over from the key that is replaced. */
  readonly asked?: readonly AttributeEntry[]
}

/**
 * Where the key of a new object is to be kept: as its attribute Key Storage says, or else the first of the Protection
 * Storage Masks that can be honoured, or else where policy has it (KMIP 2.1 section 7.33).
 *
 * @param code - what to refuse with, where it is one half of a key pair that is to be stored
 * @throws KmipFault `code`, and `INVALID_ATTRIBUTE_VALUE` for a Key Storage that there is not, or a key in the token that
 *   is to be shown
 */
export function placeOf(
  { objectType, masks, entries, asked = entries }: PlaceWish,
  place: Place,
  code: FaultCode = 'STORAGE_UNAVAILABLE',
): Storage {
  const mayBeInToken = offersToken(place) && canReside(objectType)
  const isBound = mayBeInToken && place.policy.residentKeys === 'always'
  const usual: readonly Storage[] = isBound ? ['token'] : ['store', 'token']
  const named = masks?.protectionStorageMask ?? []
  const acceptable = named.length === 0 ? usual : named.flatMap(storageOf)
  const possible = acceptable.filter((each) => (each === 'token' ? mayBeInToken : !isBound))
  const wanted = wantedStorage(entries)
  const chosen = possible.find((each) => wanted === undefined || each === wanted)
  if (chosen === 'token') checkHidden(asked)
  if (chosen !== undefined) return chosen
  throw new KmipFault(code, 'The key cannot be kept where it is wanted')
}

/** Nothing is kept in both places. */
function storageOf(mask: number): readonly Storage[] {
  if (mask === Software) return ['store']
  return mask === Hardware ? ['token'] : []
}
