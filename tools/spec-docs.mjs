// Writes docs/reference from the built tables: run it after `npm run build`.
import { mkdirSync, writeFileSync } from 'node:fs'
import { membersOf } from '../dist/schema/enumeration.js'
import { MEMBER_ALIASES } from '../dist/spec/alias.js'
import { Attribute } from '../dist/spec/attribute.js'
import { ENUMERATIONS } from '../dist/spec/enum/index.js'
import { MASKS } from '../dist/spec/mask/index.js'
import { GENERAL_REASONS, OPERATION_REASONS } from '../dist/spec/operation-reasons.js'
import { OPERATIONS } from '../dist/spec/operation.js'
import { RESULT_REASONS } from '../dist/spec/result-reason.js'
import { Tag } from '../dist/spec/tag.js'
import { vocabulary } from '../dist/spec/vocabulary.js'
import { ItemType } from '../dist/ttlv/item.js'
import { pagesOf } from './spec-docs-pages.mjs'

const folder = new URL('../docs/reference/', import.meta.url)
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
  isSecret: vocabulary.isSecret,
})
mkdirSync(folder, { recursive: true })
for (const [name, text] of Object.entries(pages)) writeFileSync(new URL(name, folder), text)
