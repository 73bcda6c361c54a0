import type { XmlElement } from '../../src/ttlv/xml-parser.ts'
import { CaseError, type Case, type Step } from './case.ts'
import { matches, type Erratum } from './settings.ts'

/**
 * The case with its known mistakes corrected.
 *
 * @throws CaseError for a correction of something that the file does not have
 */
export function correct(conversation: Case, errata: readonly Erratum[]): Case {
  return errata
    .filter((erratum) => matches(erratum.case, conversation.id))
    .reduce((corrected, erratum) => {
      if (corrected.steps[erratum.step] === undefined) throw misplaced(erratum)
      const steps = corrected.steps.map((step) =>
        step.index === erratum.step ? correctStep(step, erratum) : step,
      )
      return { ...corrected, steps }
    }, conversation)
}

function correctStep(step: Step, erratum: Erratum): Step {
  const [root, ...path] = erratum.path.split('/')
  // Questions are sent as they were published.
  if (root !== 'ResponseMessage') throw misplaced(erratum)
  return { ...step, response: replaceAt(step.response, path, erratum) }
}

function replaceAt(element: XmlElement, path: readonly string[], erratum: Erratum): XmlElement {
  const [label, ...rest] = path
  if (label === undefined) {
    return { ...element, attributes: new Map(element.attributes).set('value', erratum.value) }
  }
  const { name, position } = /^(?<name>\w+)(?:\[(?<position>\d+)\])?$/u.exec(label)?.groups ?? {}
  const target = element.children.filter((child) => child.name === name)[Number(position ?? '0')]
  if (target === undefined) throw misplaced(erratum)
  const children = element.children.map((child) =>
    child === target ? replaceAt(child, rest, erratum) : child,
  )
  return { ...element, children }
}

function misplaced({ case: name, step, path }: Erratum): CaseError {
  return new CaseError(`the erratum of ${name} step ${step} finds no ${path}`)
}
