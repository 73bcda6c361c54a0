import ts from 'typescript'
import { VERSIONS } from '../../src/schema/version.ts'
import type { Findings } from './rules.ts'
import { nodesOf, placeOf } from './source.ts'

/** The folders that may decide by the version of the protocol. */
const DECIDERS = /^src\/(schema|spec|message)\//

/** Files elsewhere that may, each with why. */
const EXEMPT: Readonly<Record<string, string>> = {
  'src/operation/discover-versions.ts': 'versions are what the operation is about',
}

const COMPARISONS = new Set([
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.LessThanToken,
  ts.SyntaxKind.LessThanEqualsToken,
  ts.SyntaxKind.GreaterThanToken,
  ts.SyntaxKind.GreaterThanEqualsToken,
])
const LOOKUPS = new Set(['includes', 'indexOf', 'startsWith', 'localeCompare', 'has', 'get'])
const PREDICATES = new Set(['majorOf', 'isNewestOfMajor', 'existsIn', 'existsInMajor'])
const NUMBERS = /^(protocolVersion)?(major|minor)$/i
const known: ReadonlySet<string> = new Set(VERSIONS)

/**
 * No decision by the protocol's version outside `schema`, `spec` and `message`. The compiler's types say what a version
 * is, so neither another name nor a detour over a variable hides one. A decision is
 *
 * - a comparison or a `switch` on a version, or on a property called `major` or `minor`;
 * - a look-up by a version: `table[version]`, `list.includes(version)`, `map.get(version)`;
 * - an import or a call of one of the predicates of `schema/version.ts`.
 *
 * What is left is passing a version on, which is not a decision.
 */
export function checkVersions(program: ts.Program): Findings {
  const checker = program.getTypeChecker()
  return program
    .getSourceFiles()
    .filter(({ fileName }) => /(^|\/)src\//.test(fileName) && !fileName.includes('node_modules'))
    .flatMap((tree) => {
      const path = tree.fileName.slice(tree.fileName.lastIndexOf('src/'))
      if (DECIDERS.test(path) || path in EXEMPT) return []
      return nodesOf(tree)
        .filter((node) => decides(node, checker))
        .map((node) => `${placeOf({ path, tree }, node)} decides by the version`)
    })
}

function decides(node: ts.Node, checker: ts.TypeChecker): boolean {
  if (ts.isBinaryExpression(node) && COMPARISONS.has(node.operatorToken.kind)) {
    const sides = [node.left, node.right]
    return sides.some((side) => isVersion(side, checker)) && !sides.some((side) => isAbsence(side))
  }
  if (ts.isImportSpecifier(node)) return PREDICATES.has((node.propertyName ?? node.name).text)
  if (ts.isSwitchStatement(node)) return isVersion(node.expression, checker)
  if (ts.isElementAccessExpression(node)) return isVersion(node.argumentExpression, checker)
  return ts.isCallExpression(node) && decidesByCall(node, checker)
}

function decidesByCall(call: ts.CallExpression, checker: ts.TypeChecker): boolean {
  const { expression } = call
  if (ts.isIdentifier(expression)) return PREDICATES.has(expression.text)
  return (
    ts.isPropertyAccessExpression(expression) &&
    LOOKUPS.has(expression.name.text) &&
    [expression.expression, ...call.arguments].some((part) => isVersion(part, checker))
  )
}

/** Asking whether there is a version at all does not ask which. */
function isAbsence(node: ts.Expression): boolean {
  return (
    node.kind === ts.SyntaxKind.NullKeyword || (ts.isIdentifier(node) && node.text === 'undefined')
  )
}

function isVersion(node: ts.Expression, checker: ts.TypeChecker): boolean {
  if (ts.isPropertyAccessExpression(node) && NUMBERS.test(node.name.text)) return true
  const type = checker.getTypeAtLocation(node)
  const parts = (type.isUnion() ? type.types : [type]).filter(
    (part) => (part.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null)) === 0,
  )
  return parts.length > 0 && parts.every((part) => part.isStringLiteral() && known.has(part.value))
}
