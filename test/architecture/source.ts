import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** A source file by its path from the root of the repository, with forward slashes. */
export interface Source {
  readonly path: string
  readonly tree: ts.SourceFile
}

/** The files under a folder whose names end so; an absent folder has none. */
export function filesUnder(folder: string, ending: string): readonly string[] {
  return readdirSync(ROOT, { withFileTypes: true }).some(({ name }) => name === folder)
    ? readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
        .filter((path) => path.endsWith(ending) && !path.includes('node_modules/'))
        .sort()
    : []
}

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** A file as a syntax tree whose nodes know their parents. */
export function parse(path: string, text: string): Source {
  return { path, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true) }
}

/** All nodes of a tree, outermost first. */
export function nodesOf(tree: ts.Node): readonly ts.Node[] {
  const nodes: ts.Node[] = [tree]
  for (const node of nodes) {
    ts.forEachChild(node, (child) => {
      nodes.push(child)
    })
  }
  return nodes
}

/** Where a node stands, as in `src/ttlv/item.ts:12`. */
export function placeOf(source: Source, node: ts.Node): string {
  const { line } = source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree))
  return `${source.path}:${line + 1}`
}

/** One thing that a file asks another for, be it a value or a type. */
export interface Import {
  readonly node: ts.Node
  /** A path from the root where it was relative, otherwise the name of a package. */
  readonly target: string
}

/** Everything that a file imports or exports from elsewhere, dynamic and type imports included. */
export function importsOf(source: Source): readonly Import[] {
  return nodesOf(source.tree).flatMap((node) => {
    const name = moduleNameOf(node)
    if (name === undefined) return []
    const target = name.startsWith('.') ? posix.join(posix.dirname(source.path), name) : name
    return [{ node, target }]
  })
}

function moduleNameOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    return textOf(node.moduleSpecifier)
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return textOf(node.argument.literal)
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return textOf(node.arguments[0])
  }
  return undefined
}

function textOf(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined
}
