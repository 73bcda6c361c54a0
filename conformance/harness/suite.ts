import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Case } from '../runner/case.ts'
import { openChannel } from '../runner/connection.ts'
import { textOfResult } from '../runner/report.ts'
import { groupsOf, isGood, runCases } from '../runner/run.ts'
import { alternativeOf, type Settings } from '../runner/settings.ts'
import { startKmipd, type Kmipd } from './kmipd.ts'

/**
 * One test for each case, or chain of cases, each as a client of its own. One server serves all that want nothing out of
 * the ordinary, and one more is started for each configuration that cases want.
 */
export function describeCases(title: string, cases: readonly Case[], settings: Settings): void {
  describe(title, () => {
    const servers = new Map<string, Promise<Kmipd>>()
    const serverFor = async (id: string): Promise<Kmipd> => {
      const config = alternativeOf(id, settings)?.config
      const key = JSON.stringify(config ?? {})
      const server = servers.get(key) ?? startKmipd(config)
      servers.set(key, server)
      return server
    }
    beforeAll(async () => {
      await serverFor('')
    }, 60_000)
    afterAll(async () => {
      for (const server of servers.values()) await (await server).stop()
    }, 60_000)

    const groups = groupsOf(cases, settings).map((group) => ({
      group,
      name: group.map(({ id }) => id).join(', '),
    }))
    test.each(groups)(
      '$name',
      async ({ group }) => {
        const results = await runCases(group, {
          settings,
          now: () => Math.floor(Date.now() / 1000),
          open: async ([first = 'case']) => {
            const server = await serverFor(first)
            const target = await server.targetFor(first.replace(/[^\w.-]/gu, '-'))
            return async () => openChannel(target)
          },
        })
        const wrong = results.filter((result) => !isGood(result)).map(textOfResult)
        expect(wrong.join('\n'), wrong.join('\n')).toBe('')
      },
      PATIENCE,
    )
  })
}

/** For the first case of a configuration its server must start. */
const PATIENCE = 60_000
