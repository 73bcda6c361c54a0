import { bytes, enumeration, requestText } from './kinds.ts'
import { ASKER, HERE, type Relation } from './cases.ts'
import type { Fate } from './oracle.ts'
import { membersOf } from '../../src/schema/enumeration.ts'
import { PKCS_11ReturnCode } from '../../src/spec/enum/pkcs-11-return-code.ts'
import { ItemType } from '../../src/ttlv/item.ts'
import { find } from '../operation/harness.ts'
import { Tag } from '../../src/spec/tag.ts'
import { bytesAttribute, count, template, ulong } from '../operation/pkcs11/client.ts'
import type { Row, Scene } from './row.ts'
import { bytesIn, FREE, type Stage, type Told } from './stage.ts'

const free = { name: ASKER, role: FREE, namespace: HERE }

const alone = (operation: string, payload = ''): Row => ({
  ...{ operation, about: 'nothing', touches: [] },
  payload: () => payload,
})

const ENTROPY = bytes('Data', '00'.repeat(16))
const RIGHTS = `<Rights><Right><Operations>${enumeration('Operation', 'Get')}</Operations></Right></Rights>`
const ALONE: readonly Row[] = [
  alone('DiscoverVersions'),
  alone('Query', enumeration('QueryFunction', 'QueryOperations')),
  alone('Ping'),
  alone(
    'Hash',
    `<CryptographicParameters>${enumeration('HashingAlgorithm', 'SHA_256')}
      </CryptographicParameters>${ENTROPY}`,
  ),
  alone('RNGRetrieve', '<DataLength type="Integer" value="8"/>'),
  alone('RNGSeed', ENTROPY),
  alone('QueryAsynchronousRequests'),
  alone('Log', '<LogMessage type="TextString" value="a line"/>'),
  alone('Login'),
  alone('DelegatedLogin', RIGHTS),
  alone('SetEndpointRole', enumeration('EndpointRole', 'Server')),
  alone('PKCS_11', enumeration('PKCS_11Function', 'C_GetInfo')),
  alone('GetConstraints'),
  alone('SetConstraints', '<Constraints/>'),
  alone('SetDefaults'),
  alone(
    'Interop',
    enumeration('InteropFunction', 'Begin') + '<InteropIdentifier type="TextString" value="t"/>',
  ),
  alone('ReProvision', `<CertificateRequest>${requestText()}</CertificateRequest>`),
]

/** What was asked for is nobody else's. */
const fateOf = ({ owner, namespace = HERE }: Relation): Fate =>
  owner === ASKER && namespace === HERE ? 'allowed' : 'hidden'

const pending = (operation: string): Row => ({
  ...{ operation, about: 'job', fateOf },
  payload: ({ id }) => bytes('AsynchronousCorrelationValue', id),
})

const logout: Row = {
  ...{ operation: 'Logout', about: 'nothing', touches: [] },
  learn: async (stage) => bytesIn(await stage.ask(free, 'Login'), Tag.TicketValue),
  payload: ({ learnt }) =>
    `<Ticket>${enumeration('TicketType', 'Login')}${bytes('TicketValue', learnt)}</Ticket>`,
}

/** What a PKCS#11 function does is asked for as the operation of KMIP that it is. */
const cryptoki: Row = {
  ...{ operation: 'PKCS_11', what: 'attributes', about: 'symmetric' },
  learn: handleOf,
  payload: ({ learnt }) => learnt,
  touches: [{ which: 'it', as: 'GetAttributes', isOperation: true }],
  // What is destroyed or archived has no handle.
  states: ['PreActive', 'Active', 'Deactivated', 'Compromised'],
  told: async (_, told) => Promise.resolve(returnCodeOf(told)),
}

const RETURN_CODES = membersOf(PKCS_11ReturnCode)

function returnCodeOf({ payload }: Told): string {
  const code = find(payload, Tag.PKCS_11ReturnCode)
  if (code?.type !== ItemType.Enumeration) return 'nothing'
  return RETURN_CODES.nameOf(code.value) ?? 'unknown'
}

/** The payload of C_GetAttributeValue for what an application has found, or for a handle of nothing. */
async function handleOf(stage: Stage, { name }: Scene): Promise<string> {
  const call = async (application: string, called: string, input: string) => {
    const value = application === '' ? '' : bytes('CorrelationValue', application)
    const payload = `${enumeration('PKCS_11Function', called)}${value}${bytes('PKCS_11InputParameters', input)}`
    return { payload, told: await stage.ask(free, 'PKCS_11', { payload }) }
  }
  const begun = await call('', 'C_Initialize', '01')
  const application = bytesIn(begun.told, Tag.CorrelationValue)
  const output = async (called: string, input: string): Promise<string> =>
    bytesIn((await call(application, called, input)).told, Tag.PKCS_11OutputParameters)
  const session = await output('C_OpenSession', ulong(1) + ulong(6))
  await output('C_FindObjectsInit', session + template(bytesAttribute(0x3, name)))
  const found = await output('C_FindObjects', session + count(1))
  const handle = found.length < 24 ? ulong(0xffff) : found.slice(8, 24)
  const wanted = template(`${ulong(0x3)}0101${count(100)}`)
  const value = bytes('CorrelationValue', application)
  return `${enumeration('PKCS_11Function', 'C_GetAttributeValue')}${value}
    ${bytes('PKCS_11InputParameters', session + handle + wanted)}`
}

const listed: Row = {
  ...{ operation: 'QueryAsynchronousRequests', what: 'one', about: 'job', fateOf },
  payload: ({ id }) => `<AsynchronousCorrelationValues>
    ${bytes('AsynchronousCorrelationValue', id)}</AsynchronousCorrelationValues>`,
  touches: [{ which: 'it', as: 'QueryAsynchronousRequests', isOptional: true }],
}

/** Of what is there, the client's own is erased as far as it can find it. */
const reset: Row = {
  ...{ operation: 'Interop', what: 'a reset', about: 'symmetric' },
  payload: () =>
    enumeration('InteropFunction', 'Reset') + '<InteropIdentifier type="TextString" value="t"/>',
  touches: ({ owner, namespace = HERE }) =>
    owner === ASKER && namespace === HERE
      ? [
          { which: 'it', as: 'Locate', isOptional: true },
          { which: 'it', as: 'Interop' },
        ]
      : [],
}

/** Operations that have to do with no object, and those that have to do with what was asked for before. */
export const WITHOUT_OBJECTS: readonly Row[] = [
  ...ALONE,
  logout,
  cryptoki,
  reset,
  listed,
  pending('Poll'),
  pending('Cancel'),
  pending('Process'),
]
