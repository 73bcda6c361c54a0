import ts from 'typescript'
import { LAYERS } from '../../tools/layers.mjs'
import { importsOf, nodesOf, placeOf, type Source } from './source.ts'

/** What a rule found, one sentence each, beginning with the place; empty when the file keeps it. */
export type Findings = readonly string[]

const BANNED_NAMES = /^(utils?|helpers?|misc|common|types)$/
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** The folder of src that a path lies in; undefined outside src. */
function layerOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1]
}

/** A folder of src imports only from itself and from the folders before it. */
export function checkFolderOrder(source: Source): Findings {
  const own = layerOf(source.path)
  const rank = LAYERS.indexOf(own ?? '')
  if (rank === -1) return [`${source.path} lies in no folder that has a place in the order`]
  return importsOf(source).flatMap(({ node, target }) => {
    if (target.startsWith('test/') || target.startsWith('..')) {
      return [`${placeOf(source, node)} imports from outside src`]
    }
    const other = layerOf(target)
    return other === undefined || LAYERS.indexOf(other) <= rank
      ? []
      : [`${placeOf(source, node)} ${own ?? ''} imports from ${other}`]
  })
}

/** Only `message` knows the dialects, and the dialects do not know one another. */
export function checkDialects(source: Source): Findings {
  const own = dialectOf(source.path)
  return importsOf(source).flatMap(({ node, target }) => {
    const dialect = dialectOf(target)
    const allowed = source.path.startsWith('src/message/') && (own ?? dialect) === dialect
    return dialect === undefined || allowed
      ? []
      : [`${placeOf(source, node)} imports from the dialect ${dialect}`]
  })
}

function dialectOf(path: string): string | undefined {
  return /^src\/message\/(v\d+)\//.exec(path)?.[1]
}

/** The process is known to the command line alone. */
export function checkProcess(source: Source): Findings {
  if (layerOf(source.path) === 'cli') return []
  const used = nodesOf(source.tree).filter(
    (node) =>
      (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) &&
      ts.isIdentifier(node.expression) &&
      node.expression.text === 'process',
  )
  const imported = importsOf(source)
    .filter(({ target }) => /^(node:)?process$/.test(target))
    .map(({ node }) => node)
  return [...used, ...imported].map((node) => `${placeOf(source, node)} uses the process`)
}

/** One thing has one name everywhere: nothing is exported as default. */
export function checkNamedExports(source: Source): Findings {
  return nodesOf(source.tree)
    .filter(
      (node) =>
        ts.isExportAssignment(node) ||
        node.kind === ts.SyntaxKind.DefaultKeyword ||
        (ts.isExportSpecifier(node) && node.name.text === 'default'),
    )
    .filter((node) => !ts.isCaseOrDefaultClause(node))
    .map((node) => `${placeOf(source, node)} has a default export`)
}

/** Files and folders are named in kebab-case, by what they hold. */
export function checkName(path: string): Findings {
  const [, ...segments] = path.split('/')
  return segments.flatMap((segment, index) => {
    const [stem = '', ...suffixes] = segment.split('.')
    const isFile = index === segments.length - 1
    if (BANNED_NAMES.test(stem)) return [`${path}: ${stem} says nothing about its content`]
    const plain = [stem, ...(isFile ? suffixes.slice(0, -1) : suffixes)]
    return plain.every((part) => KEBAB.test(part)) ? [] : [`${path}: ${segment} is not kebab-case`]
  })
}

/** Whoever switches a check off says why on the same line; the compiler's are not switched off at all. */
export function checkSuppressions(path: string, text: string): Findings {
  return text.split('\n').flatMap((line, index) => {
    const place = `${path}:${index + 1}`
    if (/@ts-(ignore|nocheck)\b/.test(line)) return [`${place} switches the compiler off`]
    if (!line.includes('eslint-disable')) return []
    return /eslint-disable(-next-line|-line)? [\w@/, -]+? -- \S+ \S+/.test(line)
      ? []
      : [`${place} switches a rule off without a reason, or all rules`]
  })
}
