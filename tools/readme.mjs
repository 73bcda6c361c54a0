// Writes the README's table of operations from the built tables: run it after `npm run build`.
import { readFileSync, writeFileSync } from 'node:fs'
import { membersOf } from '../dist/schema/enumeration.js'
import { VERSIONS, existsIn } from '../dist/schema/version.js'
import { OFFER } from '../dist/server/offer.js'
import { Operation } from '../dist/spec/enum/operation.js'
import { OPERATIONS } from '../dist/spec/operation.js'
import { operationTable, withTable } from './operation-table.mjs'

const readme = new URL('../README.md', import.meta.url)
const table = operationTable({
  operations: Object.values(OPERATIONS),
  built: new Set(OFFER.operations.map(membersOf(Operation).nameOf)),
  versions: VERSIONS,
  existsIn,
})
writeFileSync(readme, withTable(readFileSync(readme, 'utf8'), table))
