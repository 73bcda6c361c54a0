// The text of a standard as sections and tables; see spec-extract.mjs.

/** What the texts write otherwise than their own tables do. */
const MISPRINTS = [
  [
    'Key Format Type and/or Key Compression Type Not Supported',
    'Key Format Type Not Supported Key Compression Type Not Supported',
  ],
  ['Not Extractble', 'Not Extractable'],
  ['Activate Certify', 'Activate, Certify'],
  ['Revoke Certify', 'Revoke, Certify'],
]

/** Mends what is known to be misprinted. */
export function correct(text) {
  return MISPRINTS.reduce((corrected, [wrong, right]) => corrected.replaceAll(wrong, right), text)
}

/** Cuts a text at its numbered headings, leaving the contents pages out. */
export function sectionsOf(text) {
  const sections = []
  const body = text.slice(text.lastIndexOf('\n1 Introduction'))
  for (const line of body.split('\n')) {
    const heading = /^(\d+(?:\.\d+)*) +([A-Z].*)$/.exec(line)
    if (heading === null) sections.at(-1)?.lines.push(line)
    else sections.push({ clause: heading[1], title: heading[2].trim(), lines: [] })
  }
  return sections
}

/** The tables among the lines of a section: rows of cells, and the caption that stands below. */
export function captionedTablesOf(lines) {
  const tables = []
  let rows
  for (const line of lines) {
    if (!line.startsWith('│')) {
      rows = undefined
      const last = tables.at(-1)
      if (last?.caption === '' && line.startsWith('Table ')) last.caption = line
      continue
    }
    if (rows === undefined) tables.push({ rows: (rows = []), caption: '' })
    const cells = line.split('│').slice(1, -1)
    rows.push(cells.map((cell) => cell.trim()))
  }
  return tables
}

/** The tables without their captions. */
export function tablesOf(lines) {
  return captionedTablesOf(lines).map(({ rows }) => rows)
}
