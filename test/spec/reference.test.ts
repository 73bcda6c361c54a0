import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { membersOf } from '../../src/schema/enumeration.ts'
import { MEMBER_ALIASES } from '../../src/spec/alias.ts'
import { Attribute } from '../../src/spec/attribute.ts'
import { ENUMERATIONS } from '../../src/spec/enum/index.ts'
import { MASKS } from '../../src/spec/mask/index.ts'
import { GENERAL_REASONS, OPERATION_REASONS } from '../../src/spec/operation-reasons.ts'
import { OPERATIONS } from '../../src/spec/operation.ts'
import { RESULT_REASONS } from '../../src/spec/result-reason.ts'
import { Tag } from '../../src/spec/tag.ts'
import { vocabulary } from '../../src/spec/vocabulary.ts'
import { ItemType } from '../../src/ttlv/item.ts'
import { pagesOf } from '../../tools/spec-docs-pages.mjs'

const REFERENCE = join(import.meta.dirname, '../../docs/reference')

const pages = pagesOf({
  tags: Tag,
  enumerations: ENUMERATIONS,
  masks: MASKS,
  attributes: Attribute,
  operations: OPERATIONS,
  reasons: RESULT_REASONS,
  generalReasons: GENERAL_REASONS,
  operationReasons: OPERATION_REASONS,
  aliases: MEMBER_ALIASES,
  membersOf,
  itemTypes: ItemType,
  isSecret: (tag: number) => vocabulary.isSecret(tag),
})

test('docs/reference has the pages that are generated, and no others', () => {
  expect(readdirSync(REFERENCE).sort()).toEqual(Object.keys(pages).sort())
})

test.each(Object.entries(pages))(
  'docs/reference/%s is what the tables say (else: npm run build && node tools/spec-docs.mjs)',
  (name, text) => {
    expect(readFileSync(join(REFERENCE, name), 'utf8')).toBe(text)
  },
)
