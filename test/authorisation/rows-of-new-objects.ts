import { attribute1, name1 } from '../operation/harness.ts'
import type { Relation } from './cases.ts'
import {
  bytes,
  enumeration,
  grouped1,
  integer,
  kindOf,
  mask1,
  uidText,
  type Kind,
} from './kinds.ts'
import type { Row } from './row.ts'

const AES = `${attribute1('Cryptographic Algorithm', 'Enumeration', 'AES')}
  ${attribute1('Cryptographic Length', 'Integer', '128')}`
const EC = `${attribute1('Cryptographic Algorithm', 'Enumeration', 'EC')}
  ${attribute1('Cryptographic Length', 'Integer', '256')}`
const X509 = attribute1('Certificate Type', 'Enumeration', 'X_509')
const BESIDE = attribute1('Object Group', 'TextString', 'g-beside')

/** Attributes of what is to be made. */
function attributes(
  { name, relation }: { readonly name: string; readonly relation: Relation },
  rest: string,
  tag = 'TemplateAttribute',
): string {
  return `<${tag}>${name1(name)}${grouped1(relation)}${rest}</${tag}>`
}

const made = (operation: string, payload: Row['payload'], row: Partial<Row> = {}): Row => ({
  ...{ operation, what: 'what is made', about: 'new', version: '1.4' },
  ...{ payload, touches: [] },
  ...row,
})

const registered = (kind: Kind): Row => {
  const { type, usage, object } = kindOf(kind)
  return {
    ...made('Register', (scene) => {
      return enumeration('ObjectType', type) + attributes(scene, mask1(usage)) + object
    }),
    what: `a ${kind} that is made`,
  }
}

const ENCRYPT = mask1(['Encrypt'])
const SPLIT = `${integer('SplitKeyParts', 2)}${integer('SplitKeyThreshold', 2)}
  ${enumeration('SplitKeyMethod', 'XOR')}`
const firstOf = (operation: string) => [{ which: 0, as: operation }] as const

const GENERATED: readonly Row[] = [
  made('Create', (scene) => {
    return enumeration('ObjectType', 'SymmetricKey') + attributes(scene, AES + ENCRYPT)
  }),
  made('CreateKeyPair', (scene) => {
    const common = `<CommonTemplateAttribute>${EC}</CommonTemplateAttribute>`
    const own = attributes(scene, mask1(['Sign']), 'PrivateKeyTemplateAttribute')
    return `${common}${own}<PublicKeyTemplateAttribute>${BESIDE}${mask1(['Verify'])}
      </PublicKeyTemplateAttribute>`
  }),
  registered('symmetric'),
  registered('private'),
  registered('certificate'),
  made('Import', (scene) => {
    const own = attributes(scene, ENCRYPT).replace(/<\/?TemplateAttribute>/g, '')
    return uidText(scene.chosen) + own + kindOf('symmetric').object
  }),
]

const COPIED: readonly Row[] = [
  made(
    'DeriveKey',
    (scene) => `${enumeration('ObjectType', 'SymmetricKey')}${uidText(scene.beside[0]?.id ?? '')}
      ${enumeration('DerivationMethod', 'HMAC')}<DerivationParameters><CryptographicParameters>
      ${enumeration('HashingAlgorithm', 'SHA_256')}</CryptographicParameters>
      ${bytes('DerivationData', '00')}</DerivationParameters>${attributes(scene, AES + ENCRYPT)}`,
    { beside: ['derivation'], touches: firstOf('DeriveKey') },
  ),
  made('Certify', (scene) => uidText(scene.beside[0]?.id ?? '') + attributes(scene, X509), {
    beside: ['public'],
    touches: firstOf('Certify'),
  }),
  made(
    'CreateSplitKey',
    (scene) =>
      `${enumeration('ObjectType', 'SplitKey')}${SPLIT}${attributes(scene, AES + ENCRYPT)}`,
  ),
  made(
    'JoinSplitKey',
    (scene) => {
      const parts = scene.beside.map(({ id }) => uidText(id)).join('')
      return enumeration('ObjectType', 'SymmetricKey') + parts + attributes(scene, '')
    },
    {
      beside: ['part1', 'part2'],
      touches: [...firstOf('JoinSplitKey'), { which: 1, as: 'JoinSplitKey' }],
    },
  ),
  made('ReKey', (scene) => uidText(scene.beside[0]?.id ?? '') + attributes(scene, ''), {
    beside: ['symmetric'],
    touches: firstOf('ReKey'),
  }),
]

/** What a request names by a Name, and what stands in the way of a new object. */
const IN_THE_WAY: readonly Row[] = [
  {
    ...{ operation: 'Create', what: 'a template', about: 'template', version: '1.3' },
    // It has no state, and one that is destroyed is not found by its name.
    states: ['PreActive'],
    payload: ({ name }) => `${enumeration('ObjectType', 'SymmetricKey')}<TemplateAttribute><Name>
      <NameValue type="TextString" value="${name}"/>
      ${enumeration('NameType', 'UninterpretedTextString')}</Name>${AES}${BESIDE}${ENCRYPT}
      </TemplateAttribute>`,
    touches: [
      { which: 'it', as: 'Locate' },
      { which: 'it', as: 'Create' },
    ],
  },
  {
    ...{ operation: 'Create', what: 'of its name', about: 'symmetric', version: '1.4' },
    payload: ({ name }) => `${enumeration('ObjectType', 'SymmetricKey')}<TemplateAttribute>
      ${name1(name)}${AES}${BESIDE}${ENCRYPT}</TemplateAttribute>`,
    touches: [],
  },
  {
    ...{ operation: 'Import', what: 'of its identifier', about: 'symmetric', version: '1.4' },
    payload: ({ id }) => uidText(id) + BESIDE + ENCRYPT + kindOf('symmetric').object,
    touches: [],
  },
  {
    ...{ operation: 'Import', what: 'in its place', about: 'symmetric', version: '1.4' },
    payload: ({ id }) => `${uidText(id)}<ReplaceExisting type="Boolean" value="true"/>
      ${BESIDE}${ENCRYPT}${kindOf('symmetric').object}`,
    touches: [{ which: 'it', as: 'Import' }],
    hiddenHere: '1 There is no such object',
  },
]

/** Operations that make objects, of every relation in which new ones can be. */
export const OF_NEW_OBJECTS: readonly Row[] = [...GENERATED, ...COPIED, ...IN_THE_WAY]
