// Reads the texts of the standard and writes the facts of their tables (names, numbers, types, yes and no) as
// test/fixtures/spec/kmip-<version>.json, which the tests hold the tables of src/spec against.
//
//   node tools/spec-extract.mjs FOLDER    a folder with kmip-spec-v1.4.txt, kmip-spec-v2.0.txt and kmip-spec-v2.1.txt
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { captionedTablesOf, correct, sectionsOf, tablesOf } from './spec-text.mjs'

const VERSIONS = ['1.4', '2.0', '2.1']

const NUMBER = /^(?:0x)?[0-9A-FX]{6,8}/i

/** Joins the lines of a two-column table whose cells were wrapped: a row begins where the second cell has a number. */
function joinPairs(rows) {
  const pairs = []
  for (const [name = '', value = ''] of rows) {
    const last = pairs.at(-1)
    if (NUMBER.test(value)) pairs.push({ name, value })
    else if (last !== undefined) {
      last.name = `${last.name} ${name}`.trim()
      last.value = `${last.value} ${value}`.trim()
    }
  }
  return pairs
}

/** The one number of a cell; undefined for ranges and for patterns such as 8XXXXXXX. */
function numberOf(value) {
  const [, digits] = /^(?:0x)?([0-9A-F]{6,8})(?: \(.*)?$/i.exec(value) ?? []
  return digits === undefined ? undefined : Number.parseInt(digits, 16)
}

/** Names and numbers of a table of tags, enumeration members or bits; reserved numbers are told apart. */
function membersOf(rows) {
  const members = {}
  const reserved = []
  for (const { name, value } of joinPairs(rows)) {
    const number = numberOf(value)
    if (number === undefined) continue
    if (/^\(?reserved\)?$/i.test(name)) reserved.push(number)
    else members[name.replace(/^\(/, '')] = number
  }
  return reserved.length === 0 ? { members } : { members, reserved }
}

function isMemberTable(table) {
  return table.some(([name, value = '']) => /^(Name|Object)$/.test(name) && /Value$/.test(value))
}

/** Every table of numbers, by the title of its section: tags, enumerations and masks. */
function extractNumbers(sections) {
  const found = {}
  for (const { clause, title, lines } of sections) {
    if (!/(Enumeration|Mask|Tags)$/.test(title)) continue
    const table = tablesOf(lines).find(isMemberTable)
    const name = title.replace(/ Enumeration$/, '').replace(/^Tags$/, 'Tag')
    if (table !== undefined) found[name] = { clause, ...membersOf(table) }
  }
  return found
}

const RULE_LABELS = [
  ['shall always have a value', 'alwaysPresent'],
  ['initially set by', 'setBy'],
  ['modifiable by server', 'serverModifies'],
  ['modifiable by client', 'clientModifies'],
  ['deletable by client', 'clientDeletes'],
  ['multiple instances', 'multiple'],
  ['when implicit', 'implicitlySetBy'],
  ['applies to object', 'appliesTo'],
]

/** The text beside each label of a table of rules, its wrapped lines joined. */
function cellsByRule(rows) {
  const cells = {}
  let key
  for (const [label = '', value = ''] of rows) {
    key = RULE_LABELS.find(([start]) => label.toLowerCase().startsWith(start))?.[1] ?? key
    if (key !== undefined) cells[key] = `${cells[key] ?? ''} ${value}`.trim()
  }
  return cells
}

const isYes = (cell = '') => cell.startsWith('Yes')
const listOf = (cell = '') => [...new Set(cell.split(/, ?/).filter((part) => part !== ''))]

/** Yes and no, and lists of names; conditions in words are left to the reader of the standard. */
function rulesOf(cells, operations) {
  const except = /except for (.*)\)/i.exec(cells.alwaysPresent)?.[1]
  return {
    alwaysPresent: isYes(cells.alwaysPresent),
    absentFrom: except === undefined ? [] : except.split(' and '),
    setBy: ['Server', 'Client'].filter((setter) => cells.setBy.includes(setter)),
    serverModifies: isYes(cells.serverModifies),
    clientModifies: isYes(cells.clientModifies),
    clientDeletes: isYes(cells.clientDeletes),
    multiple: isYes(cells.multiple),
    implicitlySetBy: listOf(correct(cells.implicitlySetBy ?? '')).filter((name) =>
      operations.has(name),
    ),
    appliesTo: listOf(cells.appliesTo),
  }
}

/** The rows of a table of encodings, their wrapped cells joined: a row begins with a name and an encoding. */
function fieldsOf(table = []) {
  const fields = []
  for (const [name = '', encoding = '', needed = ''] of table.slice(1)) {
    const last = fields.at(-1)
    if (name !== '' && /^[A-Z]/.test(encoding)) fields.push([name, encoding, needed])
    else if (last !== undefined) {
      for (const [index, cell] of [name, encoding, needed].entries()) {
        last[index] = `${last[index]} ${cell}`.trim()
      }
    }
  }
  return fields.map(([name, encoding, needed]) => ({
    name: name.replace(/,.*$/, ''),
    encoding: encoding.replace(/[,(;:].*$/, '').trim(),
    required: isYes(needed),
    repeated: /MAY be repeated/i.test(`${name} ${encoding} ${needed}`),
  }))
}

const isEncodingTable = ([head = []]) => /^Encoding/.test(head[1] ?? '')

/** Structures by name; those that have no name of their own go by what their caption or heading says they are for. */
function extractStructures(sections) {
  const found = {}
  for (const { title, lines } of sections) {
    for (const { rows, caption } of captionedTablesOf(lines)) {
      const [head, ...fields] = isEncodingTable(rows) ? fieldsOf(rows) : []
      if (head?.encoding !== 'Structure' || fields.length === 0) continue
      const byUse = {
        'Key Material': title,
        'Credential Value': caption.replace(/^.* for the /, ''),
      }
      found[byUse[head.name] ?? head.name] ??= fields.map(({ name, required, repeated }) => ({
        name,
        required,
        repeated,
      }))
    }
  }
  return found
}

/** How each tag is encoded, wherever a table says so. */
function extractEncodings(sections) {
  const found = {}
  for (const { lines } of sections) {
    for (const table of tablesOf(lines).filter(isEncodingTable)) {
      for (const { name, encoding } of fieldsOf(table)) {
        found[name] = [...new Set([...(found[name] ?? []), encoding])].sort()
      }
    }
  }
  return found
}

/** The rules of every attribute, by the title of its section. */
function extractAttributes(sections, chapter, operations) {
  const found = {}
  for (const { clause, title, lines } of sections) {
    const tables = tablesOf(lines)
    const rules = tables.find((table) => /^SHALL always/i.test(table[0]?.[0] ?? ''))
    if (!clause.startsWith(`${chapter}.`) || rules === undefined) continue
    found[title] = { clause, ...rulesOf(cellsByRule(rules), operations) }
  }
  return found
}

/** Names of reasons in a text of nothing but such names; throws where it holds something else. */
function reasonsIn(text, names) {
  const canonical = new Map(names.map((name) => [name.toLowerCase(), name]))
  // What 1.4 says of an unsupported Key Wrap Type, for which it has no reason of its own.
  canonical.set('not supported', 'Feature Not Supported')
  const longestFirst = [...canonical.keys()].sort((a, b) => b.length - a.length)
  const any = new RegExp(longestFirst.join('|'), 'gi')
  const corrected = correct(text.replace(/\s+/g, ' '))
  const rest = corrected.replace(any, '').replace(/[\s,.?]|N\/A/g, '')
  if (rest !== '') throw new Error(`no reason: ${rest}`)
  const found = [...corrected.matchAll(any)].map(([name]) => canonical.get(name.toLowerCase()))
  return [...new Set(found)].sort()
}

function reasonText(lines) {
  const [table] = tablesOf(lines).filter(([head = []]) => head.at(-1) === 'Result Reason')
  return table
    ?.slice(1)
    .map((row) => row.at(-1))
    .join(' ')
}

/** The reasons that each table of errors lists, by the title of its section. */
function extractReasons(sections, chapter, names) {
  const found = {}
  for (const { clause, title, lines } of sections) {
    const text = clause.startsWith(`${chapter}.`) ? reasonText(lines) : undefined
    if (text === undefined || title === 'Batch Items') continue
    const name = title.replace(/^Error Handling(?: [-–])? /, '').replace('HASH', 'Hash')
    found[name] ??= reasonsIn(text, names)
  }
  return found
}

/** The section that describes each operation; a client's own before the server's of the same name. */
function extractOperations(sections, depth, names) {
  const byName = new Map(names.map((name) => [name.toLowerCase(), name]))
  const found = {}
  for (const { clause, title } of sections) {
    const name = byName.get(title.toLowerCase())
    if (name !== undefined && depth.test(clause)) found[name] ??= clause
  }
  return found
}

/** The rows of a payload's table, their wrapped cells joined: a row begins where something says whether it is needed. */
function payloadFields(rows) {
  const fields = []
  for (const [name = '', needed = '', description = ''] of rows) {
    const last = fields.at(-1)
    if (name !== '' && needed !== '') fields.push([name, needed, description])
    else if (last !== undefined) {
      for (const [index, cell] of [name, needed, description].entries()) {
        last[index] = `${last[index]} ${cell}`.trim()
      }
    }
  }
  return fields.map(([name, needed, description]) => ({
    name: name.replace(/,.*$/, ''),
    required: isYes(needed),
    repeated: /MAY be repeated/i.test(`${name} ${needed} ${description}`),
  }))
}

/** The fields of the requests and responses of each operation, by the title of its section. */
function extractPayloads(sections, operations) {
  const found = {}
  for (const { clause, title, lines } of sections) {
    const name = Object.keys(operations).find((each) => operations[each] === clause)
    if (name === undefined || title.toLowerCase() !== name.toLowerCase()) continue
    const payload = (kind) => {
      const table = tablesOf(lines).find(([[head = ''] = []]) => head === `${kind} Payload`)
      return table === undefined ? undefined : payloadFields(table.slice(2))
    }
    found[name] = { request: payload('Request'), response: payload('Response') }
  }
  return found
}

const CHAPTERS = {
  1.4: { attributes: '3', operations: /^[45]\.\d+$/, reasons: '11' },
  '2.0': { attributes: '4', operations: /^6\.[12]\.\d+$/, reasons: '6' },
  2.1: { attributes: '4', operations: /^6\.[12]\.\d+$/, reasons: '6' },
}

/**
 * The facts of the text of one version.
 *
 * @param {string} version
 * @param {string} text
 * @returns {Record<string, unknown>}
 */
export function extract(version, text) {
  const sections = sectionsOf(text)
  const numbers = extractNumbers(sections)
  const operations = Object.keys(numbers.Operation.members)
  const reasons = Object.keys(numbers['Result Reason'].members)
  const chapters = CHAPTERS[version]
  const clauses = extractOperations(sections, chapters.operations, operations)
  return {
    version,
    numbers,
    encodings: extractEncodings(sections),
    structures: extractStructures(sections),
    attributes: extractAttributes(sections, chapters.attributes, new Set(operations)),
    operations: clauses,
    payloads: extractPayloads(sections, clauses),
    reasons: extractReasons(sections, chapters.reasons, reasons),
  }
}

function main(folder) {
  for (const version of VERSIONS) {
    const text = readFileSync(join(folder, `kmip-spec-v${version}.txt`), 'utf8')
    const target = new URL(`../test/fixtures/spec/kmip-${version}.json`, import.meta.url)
    writeFileSync(target, `${JSON.stringify(extract(version, text), undefined, 1)}\n`)
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const folder = process.argv[2]
  if (folder === undefined) {
    process.stderr.write('usage: node tools/spec-extract.mjs FOLDER\n')
    process.exitCode = 2
  } else main(folder)
}
