import { describe, expect, test } from 'vitest'
import {
  checkDialects,
  checkFolderOrder,
  checkName,
  checkNamedExports,
  checkProcess,
  checkSuppressions,
} from './rules.ts'
import { parse } from './source.ts'

describe('the folder order', () => {
  test.each([
    ["import { a } from '../server/a.ts'", 1],
    ["import type { A } from '../cli/a.ts'", 1],
    ["export { a } from '../server/a.ts'", 1],
    ["export const load = async () => import('../server/a.ts')", 1],
    ["export type A = import('../server/a.ts').A", 1],
    ["import { a } from '../../test/a.ts'", 1],
    ["import { a } from '../../../elsewhere/a.ts'", 1],
    ["import { a } from '../schema/a.ts'", 0],
    ["import { a } from './a.ts'", 0],
    ["import { tmpdir } from 'node:os'", 0],
    ["// import { a } from '../server/a.ts'", 0],
  ])('%s in model has %i findings', (text, count) => {
    expect(checkFolderOrder(parse('src/model/b.ts', text))).toHaveLength(count)
  })

  test('a folder without a place in the order is found', () => {
    expect(checkFolderOrder(parse('src/extra/a.ts', ''))).toHaveLength(1)
    expect(checkFolderOrder(parse('src/a.ts', ''))).toHaveLength(1)
  })

  test('a finding says file, line and both folders', () => {
    const source = parse('src/ttlv/a.ts', "\nimport { b } from '../schema/b.ts'")
    expect(checkFolderOrder(source)).toEqual(['src/ttlv/a.ts:2 ttlv imports from schema'])
  })
})

describe('the dialects', () => {
  test.each([
    ['src/operation/a.ts', "import { a } from '../message/v1/a.ts'", 1],
    ['src/server/a.ts', "import type { A } from '../message/v2/a.ts'", 1],
    ['src/message/v1/a.ts', "import { a } from '../v2/a.ts'", 1],
    ['src/message/v1/a.ts', "import { b } from './b.ts'", 0],
    ['src/message/v1/a.ts', "import { b } from '../b.ts'", 0],
    ['src/message/a.ts', "import { b } from './v2/b.ts'", 0],
    ['src/operation/a.ts', "import { a } from '../message/a.ts'", 0],
  ])('%s with %s has %i findings', (path, text, count) => {
    expect(checkDialects(parse(path, text))).toHaveLength(count)
  })
})

describe('the process', () => {
  test.each([
    ['src/server/a.ts', 'export const a = process.env', 1],
    ['src/server/a.ts', "export const a = process['env']", 1],
    ['src/adapter/a.ts', "import { env } from 'node:process'", 1],
    ['src/adapter/a.ts', "import process from 'process'", 1],
    ['src/adapter/a.ts', "export const a = 'process.env' // process.env", 0],
    ['src/cli/a.ts', 'export const a = process.env', 0],
  ])('%s with %s has %i findings', (path, text, count) => {
    expect(checkProcess(parse(path, text))).toHaveLength(count)
  })
})

describe('exports', () => {
  test.each([
    ['export default 1', 1],
    ['export default function a() {}', 1],
    ['export default class {}', 1],
    ['const a = 1\nexport { a as default }', 1],
    ["export { default } from './a.ts'", 1],
    ['export const a = 1', 0],
    ['export function f(a: number) { switch (a) { default: return 1 } }', 0],
  ])('%s has %i findings', (text, count) => {
    expect(checkNamedExports(parse('src/model/a.ts', text))).toHaveLength(count)
  })
})

describe('names', () => {
  test.each([
    ['src/model/utils.ts', 1],
    ['src/model/helpers/a.ts', 1],
    ['src/misc/a.ts', 1],
    ['src/model/types.ts', 1],
    ['src/model/keyBlock.ts', 1],
    ['src/model/key_block.ts', 1],
    ['src/keyBlock/a.ts', 1],
    ['test/model/key-Block.test.ts', 1],
    ['src/model/key-block.ts', 0],
    ['src/spec/enum/pkcs-11-function.ts', 0],
    ['test/model/key-block.prop.test.ts', 0],
    ['test/model/key-block.test-d.ts', 0],
  ])('%s has %i findings', (path, count) => {
    expect(checkName(path)).toHaveLength(count)
  })
})

describe('suppressions', () => {
  const word = 'eslint-disable'
  const compiler = ['ignore', 'nocheck'] as const
  test.each([
    [`// ${word}-next-line no-console`, 1],
    [`// ${word}-next-line no-console -- because`, 1],
    [`/* ${word} */`, 1],
    [`// ${word}-next-line -- no rule is named here`, 1],
    [`// @ts-${compiler[0]}`, 1],
    [`// @ts-${compiler[1]}`, 1],
    [`// ${word}-next-line no-console -- the report is read by people`, 0],
    ['const a = 1', 0],
  ])('%s has %i findings', (text, count) => {
    expect(checkSuppressions('src/model/a.ts', text)).toHaveLength(count)
  })
})
