import { describe, expect, it } from 'vitest'
import type { Question } from '../../form/model'
import type { Session } from '../interview/session'
import { commentsAt, isAtOffice, isMeant, keptFor, markRemoved } from './comments'

const kept = (name: string) => ({ name, contentType: 'audio/webm', part: 'a1', sha256: '', size: 1, instance: 'uuid:1' })
const comment = (path: string | null) => ({ path, text: 'x', by: 'M', at: '' })
const session = {
  returned: {
    comments: [comment(null), comment('/data/member/age'), comment('/data/member[2]/age')],
    kept: [kept('talk-12345678.webm'), kept('photo-12345678.jpg')],
    here: ['photo-12345678.jpg'],
  },
} as unknown as Session
const at = (reference: string) => ({ reference }) as Question

describe('comments', () => {
  it('mean the question with their path, or each entry where they name none', () => {
    expect(isMeant('/data/age', '/data/age')).toBe(true)
    expect(isMeant('/data/member/age', '/data/member[3]/age')).toBe(true)
    expect(isMeant('/data/member[2]/age', '/data/member[3]/age')).toBe(false)
    expect(isMeant('/data/ag', '/data/age')).toBe(false)
    expect(commentsAt(session, at('/data/member[2]/age'))).toHaveLength(2)
    expect(commentsAt(session, at('/data/member[1]/age'))).toHaveLength(1)
    expect(commentsAt({ returned: null } as Session, at('/data/member[1]/age'))).toEqual([])
  })
})

describe('files of the former version', () => {
  it('lie at the office unless they came along', () => {
    expect(isAtOffice(session, 'talk-12345678.webm')).toBe(true)
    expect(isAtOffice(session, 'photo-12345678.jpg')).toBe(false)
    expect(isAtOffice(session, '')).toBe(false)
    expect([keptFor(session, 'talk'), keptFor(session, 'photo'), keptFor(session, 'tal')]).toEqual(['talk-12345678.webm', null, null])
  })
  it('are known as taken away until they are brought back', () => {
    const own = { returned: session.returned } as Session
    markRemoved(own, 'talk-12345678.webm', true)
    markRemoved(own, 'talk-12345678.webm', true)
    expect(own.returned?.removed).toEqual(['talk-12345678.webm'])
    markRemoved(own, 'talk-12345678.webm', false)
    expect(own.returned?.removed).toEqual([])
  })
})
