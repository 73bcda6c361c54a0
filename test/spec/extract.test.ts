import { expect, test } from 'vitest'
import { extract } from '../../tools/spec-extract.mjs'

/** A standard in the form of the texts: contents first, wrapped cells, a caption below each table. */
const TEXT = `
1 Introduction. 7
3.1 Colour. 9

1 Introduction

2.1.2 Paint

│Object │Encoding │REQUIRED │
│Paint │Structure │ │
│Colour │Enumeration, see 9.1│Yes │
│Thinned With │Text String │No, MAY be │
│ │ │repeated │

Table 1: Paint Structure

3.1 Colour

│Object │Encoding │
│Colour │Enumeration │

Table 2: Colour

│SHALL always have a value│Yes (except for Opaque │
│ │Object) │
│Initially set by │Client or Server │
│Modifiable by server │No │
│Modifiable by client │Yes, only while wet │
│Deletable by client │No │
│Multiple instances │Yes │
│permitted │ │
│When implicitly set │Mix, Pour │
│Applies to Object Types │All Objects │

Table 3: Colour Rules

4.1 Mix

│Request Payload │
│Item │REQUIRED │Description │
│Colour │Yes, MAY be │What to mix │
│ │repeated │ │
│Amount Of │No │How much │
│Paint │ │ │

│Response Payload │
│Item │REQUIRED │Description │
│ │ │ │

6.1.1 Mix

9.1 Colour Enumeration

│ Colour │
│Name │Value │
│Red │00000001 │
│Dark Blue With A Long │00000002 (deprecated as of│
│Name │version 1.1) │
│(Reserved) │00000003 │
│Extensions │8XXXXXXX │

9.2 Operation Enumeration

│Name │Value │
│Mix │00000001 │

9.3 Result Reason Enumeration

│Name │Value │
│Dried │00000001 │
│Dried Up │00000002 │

11.1 Mix

│Error Definition │Result Status │Result Reason │
│The paint is │Operation Failed │Dried Up │
│old │ │ │
│It is very old │Operation Failed │Dried │
`

test('the extractor reads tables whose cells are wrapped', () => {
  expect(extract('1.4', TEXT)).toEqual({
    version: '1.4',
    numbers: {
      Colour: {
        clause: '9.1',
        members: { Red: 1, 'Dark Blue With A Long Name': 2 },
        reserved: [3],
      },
      Operation: { clause: '9.2', members: { Mix: 1 } },
      'Result Reason': { clause: '9.3', members: { Dried: 1, 'Dried Up': 2 } },
    },
    encodings: { Paint: ['Structure'], Colour: ['Enumeration'], 'Thinned With': ['Text String'] },
    structures: {
      Paint: [
        { name: 'Colour', required: true, repeated: false },
        { name: 'Thinned With', required: false, repeated: true },
      ],
    },
    attributes: {
      Colour: {
        clause: '3.1',
        alwaysPresent: true,
        absentFrom: ['Opaque Object'],
        setBy: ['Server', 'Client'],
        serverModifies: false,
        clientModifies: true,
        clientDeletes: false,
        multiple: true,
        implicitlySetBy: ['Mix'],
        appliesTo: ['All Objects'],
      },
    },
    operations: { Mix: '4.1' },
    payloads: {
      Mix: {
        request: [
          { name: 'Colour', required: true, repeated: true },
          { name: 'Amount Of Paint', required: false, repeated: false },
        ],
        response: [],
      },
    },
    reasons: { Mix: ['Dried', 'Dried Up'] },
  })
})

test('the extractor refuses a reason that the standard does not have', () => {
  expect(() => extract('1.4', TEXT.replace('Failed │Dried │', 'Failed │Dryed │'))).toThrow(
    'no reason: Dryed',
  )
})
