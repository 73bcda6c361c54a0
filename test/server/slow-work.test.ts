import { expect, test } from 'vitest'
import { SlowWork } from '../../src/server/slow-work.ts'

/** A piece of work that ends when it is told to, and what has begun so far. */
function pieces() {
  const begun: string[] = []
  const ends = new Map<string, (error?: Error) => void>()
  const piece = (name: string) => async () => {
    begun.push(name)
    await new Promise<void>((resolve, reject) => {
      ends.set(name, (error) => {
        if (error === undefined) resolve()
        else reject(error)
      })
    })
    return name
  }
  return { begun, piece, end: (name: string, error?: Error) => ends.get(name)?.(error) }
}

test('a client has one piece of slow work done at a time, and nobody waits for another client', async () => {
  const { begun, piece, end } = pieces()
  const work = new SlowWork(3)
  const first = work.run('alice', piece('a1'))
  const second = work.run('alice', piece('a2'))
  const other = work.run('bob', piece('b1'))
  await Promise.resolve()
  expect(begun).toEqual(['a1', 'b1'])
  end('a1')
  expect(await first).toBe('a1')
  expect(begun).toEqual(['a1', 'b1', 'a2'])
  end('a2')
  end('b1')
  expect(await Promise.all([second, other])).toEqual(['a2', 'b1'])
})

test('a client that has too much under way is refused, until something of it has ended', async () => {
  const { piece, end } = pieces()
  const work = new SlowWork(2)
  const first = work.run('alice', piece('a1'))
  const second = work.run('alice', piece('a2'))
  await expect(work.run('alice', piece('a3'))).rejects.toMatchObject({ code: 'SERVER_LIMIT' })
  end('a1')
  await first
  const third = work.run('alice', piece('a3'))
  end('a2')
  await second
  await Promise.resolve()
  end('a3')
  expect(await third).toBe('a3')
})

test('what fails does not stop what waits behind it', async () => {
  const { piece, end } = pieces()
  const work = new SlowWork(2)
  const first = work.run('alice', piece('a1'))
  const second = work.run('alice', piece('a2'))
  await Promise.resolve()
  end('a1', new Error('lost'))
  await expect(first).rejects.toThrow('lost')
  await Promise.resolve()
  end('a2')
  expect(await second).toBe('a2')
})
