import { ItemType } from '../../src/ttlv/item.ts'
import { dependsOnChance, dependsOnGenerated, isOutput } from './chance.ts'
import {
  attributeNameOf,
  isGenerated,
  isWithin,
  namesAttributes,
  parentOf,
  subjectOf,
  type Place,
} from './place.ts'
import { childOf, childrenOf, valueOf } from './template.ts'

/** How an answer may differ from the file: in a value, by something more, or by something less. */
export type VariationKind = 'value' | 'extra' | 'missing'

/** One line of the profiles' list of permitted test case variations. */
export interface Variation {
  /** Its number there, as in `8.4.1.6`. */
  readonly rule: string
  readonly what: string
  readonly kinds: readonly VariationKind[]
  readonly permits: (place: Place) => boolean
}

/** The variation that permits a difference, if one does. Everything else is a failure. */
export function variationFor(kind: VariationKind, place: Place): Variation | undefined {
  return VARIATIONS.find(({ kinds, permits }) => kinds.includes(kind) && permits(place))
}

/**
 * Dates that the server may choose, unless the question gave the attribute that very date (rule 9). The list names
 * two that no version of KMIP has, where Process Start Date and Protect Stop Date must be meant.
 */
const SERVER_DATES: ReadonlySet<string> = new Set([
  'ActivationDate',
  'ArchiveDate',
  'CompromiseDate',
  'CompromiseOccurrenceDate',
  'DeactivationDate',
  'DestroyDate',
  'InitialDate',
  'LastChangeDate',
  'ProtectStopDate',
  'ProcessStartDate',
  'ValidityDate',
  'OriginalCreationDate',
])

/** Farthest that a date of the server's own may lie from the time stamp of its answer, in seconds. */
const DATE_TOLERANCE = 300

const CREATING = new Set([
  'Create',
  'CreateKeyPair',
  'Register',
  'DeriveKey',
  'ReKey',
  'ReKeyKeyPair',
  'Certify',
  'ReCertify',
])

const about =
  (...names: readonly string[]) =>
  (place: Place): boolean =>
    names.includes(subjectOf(place))

const queried =
  (...names: readonly string[]) =>
  (place: Place): boolean =>
    place.facts.operation === 'Query' &&
    parentOf(place) === 'ResponsePayload' &&
    names.includes(subjectOf(place))

/**
 * The list of the profiles (Permitted Test Case Variations, section 8.4.1), all of it and nothing more.
 *
 * Rules 1 to 5 and 10 have no line: the files write those values as `$NAMES`, and a name is bound to the first value
 * that comes and compared with it ever after. Rule 18 has none because the runner sends what the file says, without
 * prefixes; what came back must be what was sent.
 */
export const VARIATIONS: readonly Variation[] = [
  {
    rule: '8.4.1.6',
    what: 'Time Stamp',
    kinds: ['value'],
    permits: about('TimeStamp'),
  },
  {
    rule: '8.4.1.7',
    what: 'material of keys that the server made, or wrapped by what it made',
    kinds: ['value'],
    permits: (place) => isGenerated(place.facts) && isMaterial(place),
  },
  {
    rule: '8.4.1.8',
    what: 'output of cryptography that depends on a generated key or on chance',
    kinds: ['value'],
    permits: (place) => isOutput(place) && (dependsOnChance(place) || dependsOnGenerated(place)),
  },
  {
    rule: '8.4.1.9',
    what: 'dates that the question did not fix',
    kinds: ['value'],
    permits: isServerDate,
  },
  {
    rule: '8.4.1.11',
    what: 'Digest Value of what the server made',
    kinds: ['value'],
    permits: (place) => subjectOf(place) === 'DigestValue' && isGenerated(place.facts),
  },
  {
    rule: '8.4.1.12',
    what: 'Key Format Type that the server chose for what it made',
    kinds: ['value'],
    permits: (place) =>
      subjectOf(place) === 'KeyFormatType' &&
      isGenerated(place.facts) &&
      childOf(place.facts.asked, 'KeyFormatType') === undefined,
  },
  {
    rule: '8.4.1.13',
    what: 'hash function of a Digest, and its value then',
    kinds: ['value'],
    permits: (place) => isWithin(place, 'Digest') && isOfAnotherHash(place),
  },
  {
    rule: '8.4.1.14',
    what: 'extensions that Query lists',
    kinds: ['value', 'extra', 'missing'],
    permits: (place) =>
      queried('ExtensionInformation')(place) ||
      (place.facts.operation === 'Query' && isWithin(place, 'ExtensionInformation')),
  },
  {
    rule: '8.4.1.15',
    what: 'application namespaces that Query lists',
    kinds: ['value', 'extra', 'missing'],
    permits: queried('ApplicationNamespace'),
  },
  {
    rule: '8.4.1.16',
    what: 'more object types than the case needs',
    kinds: ['extra'],
    permits: queried('ObjectType'),
  },
  {
    rule: '8.4.1.17',
    what: 'more operations than the case needs',
    kinds: ['extra'],
    permits: queried('Operation'),
  },
  {
    rule: '8.4.1.19',
    what: 'more attributes, where the question asked for all',
    kinds: ['extra'],
    permits: isFurtherAttribute,
  },
  {
    rule: '8.4.1.20',
    what: 'Object Groups that no question gave',
    kinds: ['extra'],
    permits: (place) => isAttribute(place, (name) => /^Object ?Group$/u.test(name)),
  },
  {
    rule: '8.4.1.21',
    what: "the server's own custom attributes",
    kinds: ['extra', 'missing'],
    permits: (place) => isAttribute(place, (name) => name.startsWith('y-')),
  },
  {
    rule: '8.4.1.22',
    what: 'Message Extensions that are not critical',
    kinds: ['extra', 'missing'],
    permits: isHarmlessExtension,
  },
  {
    rule: '8.4.1.23',
    what: 'Template-Attribute of what was created',
    kinds: ['extra', 'missing'],
    permits: (place) =>
      /^(Private Key |Public Key |PrivateKey|PublicKey)?TemplateAttribute$/u.test(
        subjectOf(place),
      ) &&
      CREATING.has(place.facts.operation) &&
      parentOf(place) === 'ResponsePayload',
  },
  {
    rule: '8.4.1.24',
    what: 'Attribute Index 0, from 1.1 on',
    kinds: ['extra', 'missing'],
    permits: (place) => {
      const node = place.expected ?? place.actual
      return (
        node?.name === 'AttributeIndex' && valueOf(node) === '0' && place.facts.version !== '1.0'
      )
    },
  },
  {
    rule: '8.4.1.25',
    what: 'Result Message',
    kinds: ['value', 'extra', 'missing'],
    permits: (place) => subjectOf(place) === 'ResultMessage' && parentOf(place) === 'BatchItem',
  },
  {
    rule: '8.4.1.26',
    what: 'more versions, where the question named none',
    kinds: ['extra'],
    permits: ({ facts, actual }) =>
      facts.operation === 'DiscoverVersions' &&
      actual?.name === 'ProtocolVersion' &&
      (facts.asked === undefined || childrenOf(facts.asked, 'ProtocolVersion').length === 0),
  },
  {
    rule: '8.4.1.27',
    what: "the vendor's name in Query",
    kinds: ['value', 'missing'],
    permits: queried('VendorIdentification'),
  },
]

const MATERIAL_TYPES: readonly ItemType[] = [ItemType.ByteString, ItemType.BigInteger]

function isMaterial(place: Place): boolean {
  const { expected, actual } = place
  if (isWithin(place, 'KeyMaterial') || subjectOf(place) === 'KeyMaterial') {
    // A symmetric key may have another value, but not another length.
    // Which curve it lies on, or how it is compressed, is no material.
    if (expected !== undefined && !MATERIAL_TYPES.includes(expected.item.type)) return false
    const raw = isWithin(place, 'SymmetricKey') && expected?.item.type === ItemType.ByteString
    return !raw || isWrapped(place) || lengthOf(expected) === lengthOf(actual)
  }
  return subjectOf(place) === 'KeyValue' && expected?.item.type === ItemType.ByteString
}

function isWrapped({ facts }: Place): boolean {
  return childOf(facts.asked, 'KeyWrappingSpecification') !== undefined
}

function lengthOf(node: Place['actual']): number {
  return node === undefined ? 0 : valueOf(node).length
}

function isServerDate(place: Place): boolean {
  const { expected, actual, facts } = place
  if (expected?.item.type !== ItemType.DateTime || actual?.item.type !== ItemType.DateTime) {
    return false
  }
  const subject = subjectOf(place)
  const spelling = expected.placeholder ?? valueOf(expected)
  if (!SERVER_DATES.has(subject)) return false
  if (facts.bindings.sentDate(subject, spelling) !== undefined) return false
  if (expected.placeholder === undefined) return true
  const shift = Number(expected.placeholder.slice('$NOW'.length))
  const distance = Number(actual.item.value) - (facts.serverTime + shift)
  return Math.abs(distance) <= DATE_TOLERANCE
}

function isOfAnotherHash(place: Place): boolean {
  const subject = subjectOf(place)
  if (subject === 'HashingAlgorithm') return true
  const ours = childOf(place.around?.expected, 'HashingAlgorithm')
  const theirs = childOf(place.around?.actual, 'HashingAlgorithm')
  if (subject !== 'DigestValue' || ours === undefined || theirs === undefined) return false
  return valueOf(ours) !== valueOf(theirs)
}

/** The name of the attribute that stands at a place, in whichever form answers hold attributes and their names. */
function attributeAt(place: Place): string | undefined {
  const node = place.actual ?? place.expected
  if (node === undefined) return undefined
  const parent = parentOf(place)
  const listed = ['Attribute', 'AttributeName', 'AttributeReference'].includes(node.name)
  if (parent === 'Attributes' || (listed && LISTS.has(parent))) return attributeNameOf(node)
  return undefined
}

const LISTS = new Set(['ResponsePayload', 'RequestPayload', 'TemplateAttribute'])
/** Export lists every attribute, as Get Attributes does that names none. */
const LISTING = new Set(['Export', 'GetAttributes', 'GetAttributeList', 'Put', 'Notify'])

function isAttribute(place: Place, matches: (name: string) => boolean): boolean {
  const name = attributeAt(place)
  return name !== undefined && LISTING.has(place.facts.operation) && matches(name)
}

/**
 * An attribute asked for by name and not shown is shown to be absent: the cases on key states say so on purpose, so the
 * rule does not reach there.
 */
function isFurtherAttribute(place: Place): boolean {
  return isAttribute(place, () => true) && !namesAttributes(place.facts)
}

function isHarmlessExtension(place: Place): boolean {
  const node = place.actual ?? place.expected
  if (node?.name !== 'MessageExtension' || parentOf(place) !== 'BatchItem') return false
  const critical = childOf(node, 'CriticalityIndicator')
  return critical !== undefined && valueOf(critical) === 'false'
}
