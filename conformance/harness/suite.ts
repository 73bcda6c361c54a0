import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Case } from '../runner/case.ts'
import { openChannel } from '../runner/connection.ts'
import { textOfResult } from '../runner/report.ts'
import { groupsOf, isGood, runCases } from '../runner/run.ts'
import type { Settings } from '../runner/settings.ts'
import { startKmipd, type Kmipd } from './kmipd.ts'

/** One test for each case, or chain of cases, each as a client of its own of one server for all. */
export function describeCases(title: string, cases: readonly Case[], settings: Settings): void {
  describe(title, () => {
    let server: Kmipd
    beforeAll(async () => {
      server = await startKmipd()
    }, 60_000)
    afterAll(async () => {
      await server.stop()
    }, 60_000)

    const groups = groupsOf(cases, settings).map((group) => ({
      group,
      name: group.map(({ id }) => id).join(', '),
    }))
    test.each(groups)('$name', async ({ group }) => {
      const results = await runCases(group, {
        settings,
        now: () => Math.floor(Date.now() / 1000),
        open: async ([first = 'case']) => {
          const target = await server.targetFor(first.replace(/[^\w.-]/gu, '-'))
          return async () => openChannel(target)
        },
      })
      const wrong = results.filter((result) => !isGood(result)).map(textOfResult)
      expect(wrong.join('\n'), wrong.join('\n')).toBe('')
    })
  })
}
