import { describe, expect, test } from 'vitest'
import { AdminFailure } from '../../src/admin/failure.ts'
import { CommandFailure, describeFailure, wrongUsage } from '../../src/cli/failure.ts'
import { KmipFault } from '../../src/fault/fault.ts'

describe('an error on the command line', () => {
  test('is one line after the name of the program', () => {
    expect(describeFailure(new KmipFault('UNAVAILABLE', 'The store is in use.'))).toEqual({
      text: 'kmipd: error: the store is in use\n',
      exitCode: 1,
    })
  })

  test('has a hint on a second line where there is one', () => {
    expect(describeFailure(wrongUsage('no such thing', 'try another'))).toEqual({
      text: 'kmipd: error: no such thing\nhint: try another\n',
      exitCode: 2,
    })
  })

  test('names what the system said, once', () => {
    const cause = Object.assign(new Error('EACCES: secret detail'), { code: 'EACCES' })
    const fault = new KmipFault('UNAVAILABLE', 'Cannot open it', { cause, detail: 'for the log' })
    expect(describeFailure(fault).text).toBe('kmipd: error: cannot open it: permission denied\n')
  })

  test('of a port that is taken hints at the options that take another', () => {
    const cause = Object.assign(new Error('listen'), { code: 'EADDRINUSE' })
    const fault = new KmipFault('UNAVAILABLE', 'Cannot listen on ::1, port 5', { cause })
    expect(describeFailure(fault).text).toBe(
      'kmipd: error: cannot listen on ::1, port 5: address already in use\n' +
        "hint: '--port N' and '--https-port N' take other ports, 0 takes any that is free\n",
    )
  })

  test('cannot move the cursor or pretend to be several', () => {
    const { text } = describeFailure(new AdminFailure('X', 'a\nkmipd: error: b\u001b[2J\r'))
    expect(text).toBe('kmipd: error: a kmipd: error: b [2J\n')
  })

  test('of a bug tells where it is and not what it says', () => {
    const { text, exitCode } = describeFailure(new TypeError('cannot read 0123456789abcdef'))
    expect(exitCode).toBe(1)
    expect(text).toMatch(
      /^kmipd: error: internal error: TypeError at .*failure\.test\.ts:\d+:\d+\)?\n$/,
    )
    expect(text).not.toContain('0123456789abcdef')
    expect(describeFailure('thrown text').text).toBe('kmipd: error: internal error: string\n')
  })

  test('is a failure unless it says otherwise', () => {
    expect(describeFailure(new CommandFailure('no')).exitCode).toBe(1)
  })
})
