// The reference pages as text, made from the tables of src/spec. Pure: spec-docs.mjs writes them, a test compares them.

/**
 * @typedef {object} Tables
 * @property {any} tags rows by name
 * @property {any} enumerations by name
 * @property {any} masks by name
 * @property {any} attributes rows by name
 * @property {any} operations rows
 * @property {any} reasons rows
 * @property {any} generalReasons of any operation
 * @property {any} operationReasons by name of the operation
 * @property {any} aliases other spellings by name of the enumeration
 * @property {any} membersOf gives the members of an enumeration or mask
 * @property {any} itemTypes numbers of the wire types by name
 * @property {any} isSecret tells of a tag whether its value is redacted
 */

/**
 * Every page by its file name.
 *
 * @param {Tables} tables
 * @returns {Record<string, string>}
 */
export function pagesOf(tables) {
  return {
    'README.md': indexPage(),
    'attributes.md': attributesPage(tables),
    'enumerations.md': membersPage('Enumerations', tables.enumerations, tables, 8),
    'masks.md': membersPage('Bit masks', tables.masks, tables, 8),
    'operations.md': operationsPage(tables),
    'reasons.md': reasonsPage(tables),
    'tags.md': tagsPage(tables),
  }
}

const NOTICE = 'Generated from the tables in `src/spec` by `node tools/spec-docs.mjs`; do not edit.'

function page(title, ...parts) {
  return `${[`# ${title}`, NOTICE, ...parts].join('\n\n')}\n`
}

function tableOf(heads, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')
}

const hex = (number, digits) => `\`0x${number.toString(16).padStart(digits, '0')}\``
const list = (names) => (names.length === 0 ? '–' : names.join(', '))
const yes = (value) => (value ? 'yes' : 'no')

function life({ since = '1.0', until }) {
  return until === undefined ? since : `${since} – ${until}`
}

function clause({ v1, v2 }) {
  const parts = [v1 === undefined ? [] : [`1.4 §${v1}`], v2 === undefined ? [] : [`2.1 §${v2}`]]
  return list(parts.flat())
}

function indexPage() {
  return page(
    'Reference',
    [
      '- [Tags](tags.md)',
      '- [Enumerations](enumerations.md)',
      '- [Bit masks](masks.md)',
      '- [Attributes](attributes.md)',
      '- [Operations](operations.md)',
      '- [Result reasons](reasons.md)',
    ].join('\n'),
    'Names are normalised as the JSON and XML encodings write them. "Versions" gives the first version of the protocol ' +
      'that has a thing, and the last where a later one has it no more.',
  )
}

function tagsPage({ tags, enumerations, masks, itemTypes, isSecret }) {
  const typeNames = new Map(Object.entries(itemTypes).map(([name, value]) => [value, name]))
  const valuesOf = (name) => {
    if (Object.hasOwn(masks, name)) return `[mask](masks.md#${name.toLowerCase()})`
    const known = Object.hasOwn(enumerations, name)
    return known ? `[enumeration](enumerations.md#${name.toLowerCase()})` : ''
  }
  const rows = Object.values(tags).map((row) => [
    hex(row.number, 6),
    row.name,
    typeNames.get(row.codec.itemType) ?? 'depends',
    valuesOf(row.name),
    isSecret(row.number) ? 'secret' : '',
    life(row),
  ])
  return page(
    'Tags',
    'The type is that of KMIP 1.x where 2.x has another. Values of secret tags are never shown.',
    tableOf(['Number', 'Name', 'Type', 'Values', 'Secrecy', 'Versions'], rows),
  )
}

function membersPage(title, tables, { membersOf, aliases }, digits) {
  const sections = Object.keys(tables)
    .sort()
    .flatMap((name) => {
      const { members } = membersOf(tables[name])
      const rows = members.map((member) => [hex(member.value, digits), member.name, life(member)])
      const others = Object.entries(aliases[name] ?? {})
      const also = others.map(([alias, member]) => `\`${alias}\` is understood as ${member}.`)
      const table = tableOf(['Value', 'Name', 'Versions'], rows)
      return [`## ${name}`, rows.length === 0 ? 'Extensions only.' : table, ...also]
    })
  return page(title, ...sections)
}

function attributesPage({ attributes, enumerations, membersOf }) {
  const rows = Object.values(attributes)
  const objectTypes = membersOf(enumerations.ObjectType).members.length
  const summary = tableOf(
    ['Name', 'Name in 1.x', 'Several', 'Always present', 'Versions', 'Clause'],
    rows.map((row) => [
      `[${row.name}](#${row.name.toLowerCase()})`,
      (row.since ?? '1.0') < '2' ? row.title : '–',
      yes(row.multiple),
      yes(row.alwaysPresent),
      life(row),
      clause(row.clause),
    ]),
  )
  return page('Attributes', summary, ...rows.flatMap((row) => attributeSection(row, objectTypes)))
}

const WHILE = {
  preActive: 'while the object is Pre-Active',
  preActiveOrActive: 'while the object is Pre-Active or Active',
  notReached: 'while the object is Pre-Active or Active and the date has not come',
  unallocated: 'until something of the limit is allocated',
}

function attributeSection(row, objectTypes) {
  const condition = row.changeableWhile === undefined ? '' : `, ${WHILE[row.changeableWhile]}`
  const except = row.absentFrom.length === 0 ? '' : `, but for ${list(row.absentFrom)}`
  return [
    `## ${row.name}`,
    [
      `- always present: ${yes(row.alwaysPresent)}${except}`,
      `- set by: ${list(row.setBy)}`,
      `- set without being asked by: ${list(row.implicitlySetBy)}`,
      `- changed by the server: ${yes(row.serverModifies)}`,
      `- changed by a client: ${yes(row.clientModifies)}${row.clientModifies ? condition : ''}`,
      `- deleted by a client: ${yes(row.clientDeletes)}${row.clientDeletes ? condition : ''}`,
      `- of: ${row.appliesTo.length === objectTypes ? 'all objects' : list(row.appliesTo)}`,
    ].join('\n'),
  ]
}

function operationsPage({ operations, generalReasons, operationReasons }) {
  const rows = operations.map((row) => [hex(row.code, 2), row.name, life(row), clause(row.clause)])
  const sections = operations.flatMap(({ name }) => [
    `### ${name}`,
    reasonLines(operationReasons[name]),
  ])
  return page(
    'Operations',
    tableOf(['Code', 'Name', 'Versions', 'Clause'], rows),
    '## Reasons of failure',
    'Any operation may fail for these:',
    reasonLines(generalReasons),
    'And each for those that the standard lists with it. A server may answer with another that fits better.',
    ...sections,
  )
}

function reasonLines({ v1, v2 }) {
  return `- 1.x: ${list(v1)}\n- 2.x: ${list(v2)}`
}

function reasonsPage({ reasons }) {
  const rows = reasons.map((row) => [hex(row.value, 4), row.name, life(row)])
  return page('Result reasons', tableOf(['Value', 'Name', 'Versions'], rows))
}
