import { expect, test } from 'vitest'
import { readAuditLine } from '../../../src/model/audit-entry.ts'
import { Party } from '../../../src/server/audit/party.ts'

test('a party is told of by the place of the item, and by who it is at the moment', () => {
  const party = new Party({ number: 7, address: '192.0.2.1:50000', tls: 'TLSv1.3 X' })
  const [alice, bob] = ['alice', 'bob'].map((name) => ({ id: `id of ${name}`, name, role: 'user' }))
  if (alice === undefined || bob === undefined) throw new Error('there are two')
  const read = (members: string) => {
    const { connection, item, client, name, role, address, tls } =
      readAuditLine(`{"kind":"event","time":"now"${members}}`) ?? {}
    return [connection, item, client, name, role, address, tls]
  }
  const where = ['192.0.2.1:50000', 'TLSv1.3 X']
  expect(read(party.membersOf(alice, 0))).toEqual([7, 0, 'id of alice', 'alice', 'user', ...where])
  expect(read(party.membersOf(alice, 3))).toEqual([7, 3, 'id of alice', 'alice', 'user', ...where])
  expect(read(party.membersOf(bob, 0))).toEqual([7, 0, 'id of bob', 'bob', 'user', ...where])
  const noItem = read(party.membersOf(bob))
  expect(noItem).toEqual([7, undefined, 'id of bob', 'bob', 'user', ...where])
})
