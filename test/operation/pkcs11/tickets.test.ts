import { expect, test } from 'vitest'
import { Tag } from '../../../src/spec/tag.ts'
import { ItemType } from '../../../src/ttlv/item.ts'
import { Bench, find } from '../harness.ts'
import { askWithTicket, operations, right, rights, ticketOf, usage } from '../ticket.fixture.ts'
import { array, buffer, count, mechanism, Pkcs11Client } from './client.ts'

/** Asks for a function with a ticket of certain rights: the name of the refusal, or the number of the return code. */
async function callWith(client: Pkcs11Client, ticket: string, name: string, input: string) {
  const payload = `<PKCS_11Function type="Enumeration" value="${name}"/>
    <CorrelationValue type="ByteString" value="${client.correlation ?? ''}"/>
    <PKCS_11InputParameters type="ByteString" value="${input}"/>`
  const item = await askWithTicket(client.bench, ticket, { operation: 'PKCS_11', payload })
  const code = find(item.payload, Tag.PKCS_11ReturnCode)
  return code?.type === ItemType.Enumeration ? code.value : item.reason
}

async function delegated(bench: Bench, of: string): Promise<string> {
  return ticketOf(await bench.ask('2.1', 'DelegatedLogin', rights(of)))
}

test('[KMIP 2.1 6.1.12] a ticket has to permit the operation behind a function too', async () => {
  const bench = await Bench.open()
  const client = await Pkcs11Client.begin(bench)
  const random = (await client.session()) + count(16)
  const alone = await delegated(bench, right(operations('PKCS_11')))
  const both = await delegated(bench, right(operations('PKCS_11', 'RNGRetrieve')))
  const neither = await delegated(bench, right(operations('Get')))
  expect(await callWith(client, alone, 'C_GenerateRandom', random)).toBe('PermissionDenied')
  expect(await callWith(client, both, 'C_GenerateRandom', random)).toBe(0)
  expect(await callWith(client, neither, 'C_GenerateRandom', random)).toBe('PermissionDenied')
})

test('[KMIP 2.1 7.34] bytes that a ticket permits are counted in parameters too', async () => {
  const bench = await Bench.open()
  const client = await Pkcs11Client.begin(bench)
  const session = await client.session()
  const few = await delegated(bench, right(operations('PKCS_11', 'Hash') + usage(64, 'Byte')))
  const digest = session + array(Buffer.alloc(48)) + buffer(32)
  await client.call('C_DigestInit', session + mechanism(0x250))
  expect(await callWith(client, few, 'C_Digest', digest)).not.toBe(0)
  expect((await client.call('C_Digest', digest)).code).toBe('OK')
})
