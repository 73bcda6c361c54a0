import type { Difference } from './difference.ts'
import { checkFields } from './field-order.ts'
import { checkMessage } from './message-rules.ts'
import { versionOf } from './answer.ts'
import { childOf, childrenOf, memberOf, valueOf, type Node } from './template.ts'

/**
 * What every answer must be for the clients that are known: beside the message rules each item has the name of its
 * question, and each structure the fields of its table in their order, with nothing that was not asked for.
 */
export function checkAnswer(request: Node, response: Node): readonly Difference[] {
  const asked = childrenOf(request, 'BatchItem')
  return [
    ...checkMessage(request, response),
    ...checkFields(response, versionOf(request, 'RequestHeader')),
    ...childrenOf(response, 'BatchItem').flatMap((item, index) => {
      const question = asked[index]
      if (question === undefined) return []
      const path = `ResponseMessage/BatchItem[${index}]`
      return [...checkEcho(question, item, path), ...checkKeyValues(question, item, path)]
    }),
  ]
}

/** Clients tell items apart by what they called them, byte for byte; what was not called gets no name. */
function checkEcho(question: Node, item: Node, path: string): readonly Difference[] {
  // Poll is answered as the operation that it asks for.
  const isPoll = memberOf(childOf(question, 'Operation')) === 'Poll'
  const names = isPoll ? ['UniqueBatchItemID'] : ['Operation', 'UniqueBatchItemID']
  return names.flatMap((name) => {
    const expected = shown(childOf(question, name))
    const got = shown(childOf(item, name))
    return got === expected ? [] : [broken(path, `${name} ${expected}`, got)]
  })
}

function shown(node: Node | undefined): string {
  return node === undefined ? 'none' : valueOf(node)
}

/** Attributes inside a Key Value are for who names them in a Key Wrapping Specification. */
function checkKeyValues(question: Node, item: Node, path: string): readonly Difference[] {
  const specification = childOf(childOf(question, 'RequestPayload'), 'KeyWrappingSpecification')
  if (childOf(specification, 'AttributeName') !== undefined) return []
  return descendantsOf(item, 'KeyValue')
    .filter(({ children }) => children.some(({ name }) => name.startsWith('Attribute')))
    .map(() => broken(path, 'no attributes in a Key Value', 'some'))
}

function descendantsOf(node: Node, name: string): readonly Node[] {
  return node.children.flatMap((child) => [
    ...(child.name === name ? [child] : []),
    ...descendantsOf(child, name),
  ])
}

function broken(path: string, expected: string, got: string): Difference {
  return { kind: 'rule', path, expected, got }
}
